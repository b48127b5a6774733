import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { blocks, unblock, windows, withPrevious } from '../../../models/ops/windows.ts';

beforeAll(() => tf.setBackend('cpu'));

const sequence = () => tf.tensor3d([[[1], [2], [3], [4], [5]]]);

it('cuts contiguous blocks and fills up the last', () => {
  expect(tf.squeeze(blocks(sequence(), 2)).arraySync()).toEqual([
    [1, 2],
    [3, 4],
    [5, 0],
  ]);
});

it('puts both neighbours beside each block', () => {
  expect(tf.squeeze(windows(sequence(), 2, -1)).arraySync()).toEqual([
    [-1, -1, 1, 2, 3, 4],
    [1, 2, 3, 4, 5, -1],
    [3, 4, 5, -1, -1, -1],
  ]);
});

it('puts the block before in front of each block', () => {
  expect(tf.squeeze(withPrevious(sequence(), 2, -1)).arraySync()).toEqual([
    [-1, -1, 1, 2],
    [1, 2, 3, 4],
    [3, 4, 5, -1],
  ]);
});

it('undoes the blocks', () => {
  const x = sequence();
  expect(unblock(blocks(x, 2), 5).arraySync()).toEqual(x.arraySync());
});

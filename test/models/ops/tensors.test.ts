import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { dims, pad, split, splitSizes, unstack } from '../../../models/ops/tensors.ts';

beforeAll(() => tf.setBackend('cpu'));

const x = () => tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);

it('gives the sizes of as many axes as there are, and refuses another number', () => {
  expect(dims(x(), 2)).toEqual([2, 3]);
  expect(() => dims(x(), 3)).toThrow('A tensor has 2 axes, expected 3.');
});

it('splits and unstacks into as many parts as it says', () => {
  const [a, b, c] = split(x(), 3, 1);
  expect([a, b, c].map((part) => part.arraySync())).toEqual([
    [[1], [4]],
    [[2], [5]],
    [[3], [6]],
  ]);
  const [narrow, wide] = splitSizes(x(), [1, 2], 1);
  expect([narrow.shape, wide.shape]).toEqual([
    [2, 1],
    [2, 2],
  ]);
  const [first, second] = unstack(x(), 2);
  expect([first.arraySync(), second.arraySync()]).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(() => unstack(x(), 3)).toThrow('A tensor has 2 entries, expected 3.');
});

it('pads one axis', () => {
  expect(pad(x(), 1, 1, 2, 7).arraySync()).toEqual([
    [7, 1, 2, 3, 7, 7],
    [7, 4, 5, 6, 7, 7],
  ]);
});

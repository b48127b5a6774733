import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { lastPosition, meanPosition } from '../../../models/ops/readout.ts';

beforeAll(() => tf.setBackend('cpu'));

const x = () =>
  tf.tensor3d([
    [[1], [2], [6]],
    [[4], [8], [9]],
  ]);

it('takes the mean over what is no padding', () => {
  const mask = tf.tensor2d([
    [1, 1, 0],
    [0, 0, 0],
  ]);
  expect(meanPosition(x(), mask).arraySync()).toEqual([[[1.5]], [[0]]]);
  expect([...meanPosition(x()).dataSync()]).toEqual([3, 7]);
});

it('takes the last position', () => {
  expect(lastPosition(x()).arraySync()).toEqual([[[6]], [[9]]]);
});

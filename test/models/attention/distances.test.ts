import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { distances } from '../../../models/attention/distances.ts';

beforeAll(() => tf.setBackend('cpu'));

it('has i − j at query i and key j', () => {
  expect(distances(0, 3).arraySync()).toEqual([
    [0, -1, -2],
    [1, 0, -1],
    [2, 1, 0],
  ]);
  expect(distances(2, 4).arraySync()).toEqual([
    [2, 1, 0, -1],
    [3, 2, 1, 0],
  ]);
});

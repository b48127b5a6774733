import tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { matrixFlops } from '../../../evaluate/engine/flops.ts';
import { trace } from '../../../evaluate/engine/trace.ts';

it('two for each multiplication and addition of a matrix product, batch included', () => {
  const graph = trace({
    name: 'products',
    inputs: {
      a: { shape: [3, 4, 5], dtype: 'float32' },
      b: { shape: [3, 5, 6], dtype: 'float32' },
      c: { shape: [7, 6], dtype: 'float32' },
    },
    build: ({ a, b, c }) => ({
      y: tf.matMul(tf.matMul(a!, b!).exp().reshape([12, 6]), c!, false, true),
    }),
  });
  expect(matrixFlops(graph)).toBe(2 * 3 * 4 * 5 * 6 + 2 * 12 * 6 * 7);
});

it('two for each tap of each channel that a convolution adds up', () => {
  const graph = trace({
    name: 'convolution',
    inputs: {
      x: { shape: [2, 10, 1, 4], dtype: 'float32' },
      filter: { shape: [3, 1, 4, 5], dtype: 'float32' },
    },
    build: ({ x, filter }) => ({
      y: tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
    }),
  });
  expect(matrixFlops(graph)).toBe(2 * (2 * 10 * 5) * (3 * 4));
});

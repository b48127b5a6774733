import tf from '@tensorflow/tfjs';
import type { Case } from '../parity.ts';

const weigh = (y: tf.Tensor) => y.mul(tf.range(0, y.size).reshape(y.shape)).sum();

export const normaliseCases: Case[] = [
  {
    name: 'softmax',
    inputs: { x: { shape: [2, 3, 5], low: -9, high: 9 } },
    build: ({ x }) => [
      tf.softmax(x!),
      tf.logSoftmax(x!),
      tf.grad((y) => weigh(tf.softmax(y)))(x!),
      tf.grad((y) => weigh(tf.logSoftmax(y)))(x!),
      tf.softmax(x!.add(tf.tensor1d([0, -Infinity, 0, -Infinity, 0]))),
    ],
  },
  {
    name: 'cross entropy',
    inputs: { x: { shape: [4, 3] }, labels: { shape: [4], dtype: 'int32', low: 0, high: 3 } },
    build: ({ x, labels }) =>
      tf.grad((y) => tf.losses.softmaxCrossEntropy(tf.oneHot(labels!, 3), y))(x!),
  },
  {
    name: 'batchNorm',
    inputs: {
      x: { shape: [2, 2, 3, 4] },
      mean: { shape: [4] },
      variance: { shape: [4], low: 0.5, high: 2 },
      scale: { shape: [4] },
      offset: { shape: [4] },
    },
    build: (given) => {
      const { x, mean, variance, scale, offset } = given as Record<string, tf.Tensor1D>;
      return [
        tf.batchNorm(x!, mean!, variance!, offset, scale, 0.01),
        tf.batchNorm(x!, mean!, variance!),
        tf.grad((y) => weigh(tf.batchNorm(y, mean!, variance!, offset, scale)))(x!),
      ];
    },
  },
];

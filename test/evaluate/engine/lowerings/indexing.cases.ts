import tf from '@tensorflow/tfjs';
import type { Case, Input } from '../parity.ts';

const indices = (shape: number[], below: number): Input => ({
  shape,
  dtype: 'int32',
  low: 0,
  high: below,
});

const gather = (shape: number[], at: number[], axis: number, batchDims = 0): Case[] => {
  const inputs = { x: { shape }, at: indices(at, shape.at(axis)!) };
  const name = `gather [${shape}] [${at}] axis ${axis} batch ${batchDims}`;
  const op = (x: tf.Tensor, i: tf.Tensor) => tf.gather(x, i, axis, batchDims);
  return [
    { name, inputs, build: (given) => op(given['x']!, given['at']!) },
    ...(batchDims > 1
      ? []
      : [
          {
            name: `gradient of ${name}`,
            inputs,
            build: (given: Record<string, tf.Tensor>) =>
              tf.grad((y) => op(y, given['at']!).square().sum())(given['x']!),
          },
        ]),
  ];
};

export const indexingCases: Case[] = [
  ...gather([5, 3], [7], 0),
  ...gather([5, 3], [2, 4], 0),
  ...gather([2, 5, 3], [4], 1),
  ...gather([2, 3, 5], [2, 2], -1),
  ...gather([2, 5, 3], [2, 4], 1, 1),
  ...gather([2, 4, 5], [2, 3], 2, 1),
  ...gather([2, 3, 4, 2], [2, 3, 5], 2, 2),
  {
    name: 'gather of int32',
    inputs: { x: { shape: [4, 2], dtype: 'int32' }, at: indices([3], 4) },
    build: ({ x, at }) => tf.gather(x!, at as tf.Tensor1D),
  },
  {
    name: 'gatherND',
    inputs: { x: { shape: [4, 3, 2] }, at: indices([5, 2], 3) },
    build: ({ x, at }) => tf.gatherND(x!, at!),
  },
  {
    name: 'unsortedSegmentSum',
    inputs: { x: { shape: [6, 2] }, at: indices([6], 3), n: { shape: [6], dtype: 'int32' } },
    build: ({ x, at, n }) => [
      tf.unsortedSegmentSum(x!, at as tf.Tensor1D, 4),
      tf.unsortedSegmentSum(n!, at as tf.Tensor1D, 3),
    ],
  },
  {
    name: 'oneHot',
    inputs: { at: indices([2, 3], 4) },
    build: ({ at }) => [
      tf.oneHot(at!, 4),
      tf.oneHot(at!, 3),
      tf.oneHot(at!, 4, 2, -1),
      tf.oneHot(at!, 4, 1, 0, 'float32'),
    ],
  },
  {
    name: 'bincount',
    inputs: { at: indices([2, 9], 5), weights: { shape: [9] } },
    build: ({ at, weights }) => [
      tf.bincount(at!.slice([0, 0], [1, 9]).reshape([9]), weights as tf.Tensor1D, 5),
      tf.bincount(at!.slice([1, 0], [1, 9]).reshape([9]), tf.tensor1d([]), 5),
      tf.denseBincount(at as tf.Tensor2D, tf.tensor2d([], [0, 9]), 5),
      tf.denseBincount(at as tf.Tensor2D, tf.tensor2d([], [0, 9]), 5, true),
    ],
  },
  {
    name: 'topk',
    onlyOnCpu: 'its indices are int64',
    inputs: { x: { shape: [3, 6] }, n: { shape: [2, 8], dtype: 'int32', low: 0, high: 3 } },
    build: ({ x, n }) => {
      const floats = tf.topk(x!, 4);
      const ties = tf.topk(n!, 5);
      return [floats.values, floats.indices, ties.values, ties.indices];
    },
  },
];

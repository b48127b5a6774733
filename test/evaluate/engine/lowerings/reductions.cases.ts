import tf from '@tensorflow/tfjs';
import type { Case } from '../parity.ts';

type Reduction = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

const of = (
  name: string,
  shape: number[],
  op: (x: tf.Tensor) => tf.Tensor | tf.Tensor[],
  dtype: 'float32' | 'int32' = 'float32',
): Case => ({ name, inputs: { x: { shape, dtype } }, build: ({ x }) => op(x!) });

const reductions: [string, Reduction][] = [
  ['sum', tf.sum],
  ['mean', tf.mean],
  ['max', tf.max],
  ['min', tf.min],
  ['prod', tf.prod],
  ['logSumExp', tf.logSumExp],
];

const gradients = (op: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) =>
  tf.grad((y) => op(y).square().sum())(x);

export const reductionCases: Case[] = [
  ...reductions.flatMap(([name, op]) => [
    of(name, [2, 3, 4], (x) => [
      op(x),
      op(x, 0),
      op(x, -1, true),
      op(x, [0, 2]),
      op(x, [1, 2], true),
    ]),
    of(`${name} of one`, [3, 1, 2], (x) => [op(x, 1), op(x, 1, true)]),
    of(`gradient of ${name}`, [2, 3, 4], (x) => [
      gradients((y) => op(y, 2))(x),
      gradients((y) => op(y, 1, true))(x),
      ...(name === 'prod' ? [] : [gradients((y) => op(y))(x)]),
    ]),
  ]),
  of('int32', [2, 5], (x) => [x.sum(1), x.max(1), x.min(0), x.prod(), x.mean(1)], 'int32'),
  of('logic', [3, 4], (x) => [
    x.greater(-1).all(),
    x.greater(0).any(1),
    x.greater(0).all(0, true),
    x.greater(0).sum(1),
    x.greater(0).toFloat().mean(),
  ]),
  of('moments', [4, 5], (x) => {
    const { mean, variance } = tf.moments(x, 1);
    return [mean, variance];
  }),
  of('norm', [3, 4], (x) => [x.norm(), x.norm('euclidean', 1), gradients((y) => y.norm())(x)]),
  of('argMax', [3, 5], (x) => [x.argMax(), x.argMax(-1), x.argMin(1), x.round().argMax(1)]),
  of('cumsum', [3, 4], (x) => [
    x.cumsum(),
    x.cumsum(1, true),
    x.cumsum(1, false, true),
    x.cumsum(0, true, true),
    gradients((y) => y.cumsum(1))(x),
  ]),
  of('cumprod', [2, 7], (x) => [
    tf.cumprod(x, 1),
    tf.cumprod(x, 1, true),
    tf.cumprod(x, 1, false, true),
    tf.cumprod(x, 0, true, true),
  ]),
];

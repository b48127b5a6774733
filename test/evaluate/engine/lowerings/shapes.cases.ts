import tf from '@tensorflow/tfjs';
import type { Case, Input } from '../parity.ts';

const x = (
  name: string,
  shape: number[],
  op: (x: tf.Tensor) => tf.Tensor | tf.Tensor[],
): Case[] => [{ name, inputs: { x: { shape } }, build: (inputs) => op(inputs['x']!) }];

/** The values, and the gradient of the sum of their squares. */
const both = (name: string, shape: number[], op: (x: tf.Tensor) => tf.Tensor): Case[] => [
  ...x(name, shape, op),
  ...x(`gradient of ${name}`, shape, (y) => tf.grad((z) => op(z).square().sum())(y)),
];

const whole = (
  name: string,
  shape: number[],
  op: (x: tf.Tensor) => tf.Tensor | tf.Tensor[],
): Case => {
  const input: Input = { shape, dtype: 'int32' };
  return { name: `${name} int32`, inputs: { x: input }, build: (inputs) => op(inputs['x']!) };
};

export const shapeCases: Case[] = [
  ...both('reshape', [2, 6], (y) => y.reshape([3, -1])),
  ...both('reshape to a scalar', [1, 1], (y) => y.reshape([])),
  ...both('expandDims', [2, 3], (y) => y.expandDims(1)),
  ...both('expandDims -1', [2, 3], (y) => y.expandDims(-1)),
  ...both('squeeze', [2, 1, 3, 1], (y) => y.squeeze([1])),
  ...both('broadcastTo', [3, 1], (y) => tf.broadcastTo(y, [2, 3, 4])),
  ...both('transpose', [2, 3, 4], (y) => y.transpose()),
  ...both('transpose 0 2 1 3', [2, 3, 2, 4], (y) => y.transpose([0, 2, 1, 3])),
  ...both('tile', [2, 3], (y) => y.tile([2, 3])),
  ...both('tile of ones', [1, 3], (y) => y.tile([4, 1])),
  ...both('reverse', [3, 4], (y) => y.reverse()),
  ...both('reverse 1', [3, 4], (y) => y.reverse(1)),
  ...both('slice', [4, 5, 3], (y) => y.slice([1, 0, 2], [2, 5, 1])),
  ...both('slice to the end', [4, 5], (y) => y.slice([1], [-1])),
  ...x('stridedSlice', [6, 7], (y) => [
    y.stridedSlice([1, 0], [5, 7], [2, 3]),
    y.stridedSlice([5, 6], [0, 0], [-2, -1]),
    y.stridedSlice([-1, 0], [-9, 4], [-1, 2]),
    y.stridedSlice([2, 1], [3, 6], [1, 1], 0, 0, 0, 0, 1),
    y.stridedSlice([0, 1], [0, 6], [1, 2], 1, 1),
  ]),
  ...both('concat 0', [2, 3], (y) => tf.concat([y, y.square(), y.neg()], 0)),
  ...both('concat -1', [2, 3], (y) => tf.concat([y, y.slice([0, 0], [2, 1])], -1)),
  ...both('stack', [2, 3], (y) => tf.stack([y, y.neg()])),
  ...both('stack 1', [2, 3], (y) => tf.stack([y, y.neg()], 1)),
  ...x('unstack', [3, 2], (y) => tf.unstack(y)),
  ...x('unstack 1', [3, 2], (y) => tf.unstack(y, 1)),
  ...x('gradient of unstack', [3, 2], (y) =>
    tf.grad((z) =>
      tf
        .unstack(z)
        .reduce((sum, part) => sum.mul(part))
        .sum(),
    )(y),
  ),
  ...x('split', [6, 2], (y) => tf.split(y, 3)),
  ...x('split by sizes', [2, 6], (y) => tf.split(y, [1, 2, 3], 1)),
  ...x('gradient of split', [6, 2], (y) =>
    tf.grad((z) => {
      const [a, b] = tf.split(z, 2);
      return a!.mul(b!.square()).sum();
    })(y),
  ),
  ...both('pad', [2, 3], (y) =>
    y.pad([
      [1, 0],
      [2, 1],
    ]),
  ),
  ...both('pad with a value', [3], (y) => y.pad([[1, 2]], 1.5)),
  ...both('mirrorPad reflect', [3, 4], (y) =>
    tf.mirrorPad(
      y,
      [
        [1, 2],
        [3, 0],
      ],
      'reflect',
    ),
  ),
  ...both('mirrorPad symmetric', [3, 4], (y) =>
    tf.mirrorPad(
      y,
      [
        [3, 1],
        [0, 2],
      ],
      'symmetric',
    ),
  ),
  ...x('like', [2, 2], (y) => [
    tf.zerosLike(y).add(y),
    tf.onesLike(y).add(y),
    tf.fill([2, 2], 0.5).mul(y),
  ]),
  ...x('range', [5], (y) => [
    y.add(tf.range(0, 5)),
    y.add(tf.range(5, 0)),
    y.add(tf.range(1, 0, -0.2)),
    tf.range(0, 10, 2, 'int32').add(y),
    y.add(tf.linspace(-1, 3, 5)),
  ]),
  ...both('clone', [2], (y) => y.clone()),
  whole('shapes', [2, 3], (y) => [
    y.transpose(),
    y.tile([1, 2]),
    y.reverse(1),
    y.slice([0, 1], [2, 2]),
    tf.concat([y, y], 1),
    y.pad([
      [1, 1],
      [0, 0],
    ]),
    y.expandDims(0),
    ...tf.split(y, 3, 1),
    tf.onesLike(y),
  ]),
  ...x('bool', [2, 3], (y) => [
    y.greater(0).reshape([3, 2]),
    y.greater(0).transpose(),
    y.greater(0).tile([2, 2]),
    y.greater(0).pad([
      [0, 1],
      [0, 1],
    ]),
    y.greater(0).slice([1, 0], [1, 2]),
    tf.concat([y.greater(0), y.less(1)]),
    tf.zerosLike(y.greater(0)),
  ]),
];

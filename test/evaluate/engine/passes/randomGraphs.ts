/**
 * Random small programs, full of what the passes look for: moves that undo each other, neutral
 * numbers, constants, parts that are joined and split again.
 */
import tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import type { Graph } from '../../../../evaluate/engine/graph.ts';
import { graphOf } from './graphs.ts';

/** Which operation, on which of the tensors so far, and what else there is to choose. */
type Choice = [operation: number, first: number, second: number, more: number];

/** Another tensor from those before; `pick` takes one of a list by a number of any size. */
type Operation = (x: tf.Tensor, y: tf.Tensor, more: number) => tf.Tensor;

const at = <T>(list: readonly T[], i: number): T => list[i % list.length]!;
const numbers = [0, 1, -1, 2, 0.1];
const axisOf = (x: tf.Tensor, more: number) => (x.rank === 0 ? 0 : more % x.rank);
const isLike = (x: tf.Tensor, y: tf.Tensor) => x.shape.join() === y.shape.join();

/** The permutation of that number: every axis in turn is one of those that are left. */
function permutation(rank: number, number: number): number[] {
  const left = Array.from({ length: rank }, (_, i) => i);
  const order: number[] = [];
  for (let rest = number; left.length > 0; rest = Math.floor(rest / 3)) {
    order.push(...left.splice(rest % left.length, 1));
  }
  return order;
}

function shapesOf(size: number): number[][] {
  const factors = [1, 2, 3, 4, 6].filter((factor) => size % factor === 0);
  return [
    [size],
    ...factors.flatMap((f) => [
      [f, size / f],
      [size / f, 1, f],
    ]),
  ];
}

function halves(x: tf.Tensor, axis: number): [tf.Tensor, tf.Tensor] | undefined {
  const length = x.shape[axis];
  if (length === undefined || length % 2 !== 0) return undefined;
  return tf.split(x, 2, axis) as [tf.Tensor, tf.Tensor];
}

const operations: Operation[] = [
  (x, _, more) => x.reshape(at(shapesOf(x.size), more)),
  (x, _, more) => x.transpose(permutation(x.rank, more)),
  (x, _, more) => x.mul(at(numbers, more)),
  (x, _, more) => x.div(at(numbers.slice(1), more)),
  (x, _, more) => x.add(at(numbers, more)),
  (x, _, more) => x.sub(at(numbers, more)),
  (x) => x.neg(),
  (x) => x.greater(0.25).toInt().toFloat(),
  (x, _, more) => x.mul(tf.fill(x.shape, at(numbers, more))),
  (x) =>
    x.add(
      tf.tensor(
        Array.from({ length: x.size }, (_, i) => i / 7),
        x.shape,
      ),
    ),
  (x, y) => (isLike(x, y) ? x.sub(y) : x),
  (x, y, more) =>
    isLike(x, y) && x.size < 64 && x.rank > 0 ? tf.concat([x, y], axisOf(x, more)) : x,
  (x, _, more) => halves(x, axisOf(x, more))?.[more % 2] ?? x,
  (x, _, more) => {
    const parts = halves(x, axisOf(x, more));
    return parts ? tf.concat(parts, axisOf(x, more)) : x;
  },
  (x, _, more) => (x.rank > 0 ? x.sum(axisOf(x, more), true).mul(tf.onesLike(x)) : x),
  (x, _, more) =>
    tf
      .tensor1d([1, 2, 3].map((i) => i * at(numbers, more)))
      .neg()
      .sum()
      .mul(x),
];

/** Three outputs: the last tensors that were made. */
export const randomGraph: fc.Arbitrary<Graph> = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), { minLength: 3, maxLength: 16 })
  .map((choices: Choice[]) =>
    graphOf({ x: [2, 3, 2], y: [2, 3, 2] }, ({ x, y }) => {
      const tensors = [x!, y!];
      for (const [operation, first, second, more] of choices) {
        const [a, b] = [at(tensors, first), at(tensors, second)];
        tensors.push(at(operations, operation)(a, b, more));
      }
      const last = tensors.slice(-3).map((tensor, i) => [`out${i}`, tensor.exp()] as const);
      return Object.fromEntries(last);
    }),
  );

/**
 * Where the prediction is taken: the mean over the tokens, as the Long Range Arena does, or the
 * last position, where controlled tasks put the question.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dims } from './tensors.ts';

/** Mean over the tokens that are no padding: x [B, L, d], mask [B, L] -> [B, 1, d]. */
export function meanPosition(x: Tensor, mask?: Tensor): Tensor {
  const [batch, length] = dims(x, 3);
  const ones = mask ?? tf.ones([batch, length]);
  const weights = tf.div(ones, tf.maximum(tf.sum(ones, 1, true), 1)); // [B, L]
  // As a product, because its gradient is one pass over [B, L, d] and a mean's is two.
  return tf.matMul(tf.reshape(weights, [batch, 1, length]), x);
}

/** x [B, L, d] -> [B, 1, d] */
export function lastPosition(x: Tensor): Tensor {
  const [batch, length, width] = dims(x, 3);
  return length === 1 ? x : tf.slice(x, [0, length - 1, 0], [batch, 1, width]);
}

/** The positions of a mixer's output that are used, all or the last: x [B, L, d] -> [B, L or 1, d]. */
export const usedPositions = (x: Tensor, lastOnly = false): Tensor =>
  lastOnly ? lastPosition(x) : x;

/** The rows at ascending positions: x [B, L, d] -> [B, positions.length, d]. */
export function positionsOf(x: Tensor, positions: readonly number[]): Tensor {
  const [batch, length, width] = dims(x, 3);
  const first = positions[0]!;
  const tail = tf.slice(x, [0, first, 0], [batch, length - first, width]);
  const rows = tf.tensor1d(
    positions.map((at) => at - first),
    'int32',
  );
  // As a product with rows of a unit matrix: a gradient by a product, where a gather's is a sum of rows.
  const chosen = tf.cast(tf.oneHot(rows, length - first), 'float32'); // [A, tail]
  return tf.matMul(tf.expandDims(chosen, 0), tail);
}

/** Padding as zeros: x [B, L, d], mask [B, L] -> [B, L, d]. */
export const withoutPadding = (x: Tensor, mask?: Tensor): Tensor =>
  mask ? tf.mul(x, tf.expandDims(mask, 2)) : x;

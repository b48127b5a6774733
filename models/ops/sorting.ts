/**
 * Putting the tokens of a sequence into another order, with a gradient that puts them back. An order
 * itself is made of whole numbers and has no gradient.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { withGradient } from './gradient.ts';

/**
 * keys [M, L], whole numbers that differ within a row -> where each place in ascending order takes
 * its token from, [M, L] int32. The order of an order is its inverse.
 */
export function sortOrder(keys: Tensor): Tensor {
  return tf.topk(tf.neg(keys), keys.shape[1]!).indices;
}

/** x [M, L, c] -> [M, L, c], place s taking its token from order[s]. */
export function reorder(x: Tensor, order: Tensor, inverse: Tensor): Tensor {
  return withGradient(
    (x) => ({ value: take(x!, order), saved: [inverse] }),
    (dy, inverse) => [take(dy, inverse!)],
  )(x);
}

/** Rows of x [M, L, c] by order [M, L]. */
export function take(x: Tensor, order: Tensor): Tensor {
  return tf.gather(x, order as tf.Tensor2D, 1, 1);
}

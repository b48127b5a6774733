/**
 * Where the prediction is taken: the mean over the tokens, as the Long Range Arena does, or the
 * last position, where controlled tasks put the query.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** Mean over the tokens that are no padding: x [B, L, d], mask [B, L] -> [B, 1, d]. */
export function meanPosition(x: Tensor, mask?: Tensor): Tensor {
  const [batch, length] = x.shape as [number, number, number];
  const ones = mask ?? tf.ones([batch, length]);
  const weights = tf.div(ones, tf.maximum(tf.sum(ones, 1, true), 1)); // [B, L]
  // As a product, because its gradient is one pass over [B, L, d] and a mean's is two.
  return tf.matMul(tf.reshape(weights, [batch, 1, length]), x);
}

/** x [B, L, d] -> [B, 1, d] */
export function lastPosition(x: Tensor): Tensor {
  const [batch, length, width] = x.shape as [number, number, number];
  return length === 1 ? x : tf.slice(x, [0, length - 1, 0], [batch, 1, width]);
}

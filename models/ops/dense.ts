/**
 * The linear map of the channels, as matrix products over all positions of the batch.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dims, withGradient } from './tensors.ts';

/**
 * x [..., inputs], weight [inputs, outputs], bias [outputs] -> [..., outputs].
 */
export function dense(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const [inputs, outputs] = dims(weight, 2);
  const flat = tf.matMul(tf.reshape(x, [-1, inputs]), weight); // [N, outputs]
  return tf.reshape(bias ? tf.add(flat, bias) : flat, [...x.shape.slice(0, -1), outputs]);
}

/**
 * The same map with the positions innermost, without a transposition:
 * x [B, L, inputs], weight [inputs, outputs], bias [outputs] -> [B, outputs, L].
 */
export const denseColumns = withGradient(
  (x: Tensor, weight: Tensor, bias: Tensor) => {
    const product = tf.matMul(weight, x, true, true);
    return { value: tf.add(product, tf.reshape(bias, [-1, 1])), saved: [x, weight] };
  },
  (dy, x, weight) => [
    tf.matMul(dy, weight, true, true),
    tf.sum(tf.matMul(x, dy, true, true), 0),
    tf.sum(dy, [0, 2]),
  ],
);

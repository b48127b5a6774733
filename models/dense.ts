/**
 * The linear map of the last axis, as one matrix product over all positions of the batch.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/**
 * x [..., inputs], weight [inputs, outputs], bias [outputs] -> [..., outputs].
 */
export function dense(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const [inputs, outputs] = weight.shape as [number, number];
  const flat = tf.matMul(tf.reshape(x, [-1, inputs]), weight); // [N, outputs]
  return tf.reshape(bias ? tf.add(flat, bias) : flat, [...x.shape.slice(0, -1), outputs]);
}

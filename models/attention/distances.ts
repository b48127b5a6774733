/**
 * The distances between queries and keys as a matrix of a few nodes. What is calculated from it is
 * constant, so an engine may do so once, and no program carries matrices as large as the scores.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** i − j for queries i from position `first` on and all keys j: [length − first, length]. */
export function distances(first: number, length: number): Tensor {
  const queries = tf.reshape(tf.range(first, length), [length - first, 1]);
  return tf.sub(queries, tf.reshape(tf.range(0, length), [1, length]));
}

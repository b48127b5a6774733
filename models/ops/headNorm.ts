/**
 * Norms over the channels of each head, as recurrences put them between their state and the output
 * projection.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { layerNorm } from './norm.ts';
import { withGradient } from './tensors.ts';

const epsilon = 1e-5;

/** GroupNorm with one group per head (Wu, He 2018, https://arxiv.org/abs/1803.08494): x [B, L, d] -> [B, L, d]. */
export function groupNorm(x: Tensor, heads: number, gain?: Tensor, bias?: Tensor): Tensor {
  const channels = x.shape.at(-1)! / heads;
  const grouped = tf.reshape(x, [-1, channels]);
  const normalised = layerNorm(grouped, {
    gain: tf.ones([channels]),
    bias: tf.zeros([channels]),
  });
  const y = tf.reshape(normalised, x.shape);
  return gain && bias ? tf.add(tf.mul(y, gain), bias) : y;
}

/** x / √(mean of x² + ε) or x / √(sum of x² + ε), over the last axis. */
const overRoot = (reduce: typeof tf.mean | typeof tf.sum, epsilon: number) =>
  withGradient(
    (x: Tensor) => {
      const rate = tf.rsqrt(tf.add(reduce(tf.square(x), -1, true), epsilon));
      const y = tf.mul(x, rate);
      return { value: y, saved: [y, rate] };
    },
    (dy, y, rate) => {
      const along = reduce(tf.mul(dy, y), -1, true);
      return [tf.mul(tf.sub(dy, tf.mul(y, along)), rate)];
    },
  );

/** x / √(mean of x² + ε) over the last axis (Zhang, Sennrich 2019, https://arxiv.org/abs/1910.07467). */
export const rootMeanSquareNorm = overRoot(tf.mean, epsilon);

/** x / √(sum of x² + ε): vectors of length 1, as keys of delta rules are. */
export const unitLength = overRoot(tf.sum, 1e-6);

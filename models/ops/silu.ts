/**
 * The sigmoid-weighted linear unit, or swish with β = 1 (Elfwing et al. 2017,
 * https://arxiv.org/abs/1702.03118): x · σ(x), with the derivative σ(x) + y · (1 − σ(x)).
 */
import tf from '@tensorflow/tfjs';
import { withGradient } from './gradient.ts';

/** Any shape. */
export const silu = withGradient(
  (x) => {
    const weight = tf.sigmoid(x!);
    const y = tf.mul(x!, weight);
    return { value: y, saved: [weight, y] };
  },
  (dy, weight, y) => [tf.mul(dy, tf.add(weight!, tf.mul(y!, tf.sub(1, weight!))))],
);

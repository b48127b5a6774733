/**
 * The Gaussian error linear unit (Hendrycks, Gimpel 2016, https://arxiv.org/abs/1606.08415),
 * exact, in the form that needs the fewest passes over memory:
 *
 *   GELU(x) = x · Φ(x) = z · (1 + erf z) / √2   with   z = x / √2.
 *
 * Both factors 1/√2 can go into the (much smaller) matrices before and after it.
 */
import tf from '@tensorflow/tfjs';
import { withGradient } from './gradient.ts';

const logTwoOverRootPi = Math.log(2 / Math.sqrt(Math.PI));

/**
 * √2 · GELU(√2 · z) = z · (1 + erf z), any shape.
 * Its derivative is (1 + erf z) + z · 2/√π · exp(−z²).
 */
export const scaledGelu = withGradient(
  (z) => {
    const weight = tf.add(tf.erf(z!), 1);
    return { value: tf.mul(z!, weight), saved: [z!, weight] };
  },
  (dy, z, weight) => {
    const density = tf.exp(tf.sub(logTwoOverRootPi, tf.mul(z!, z!)));
    return [tf.mul(dy, tf.add(weight!, tf.mul(z!, density)))];
  },
);

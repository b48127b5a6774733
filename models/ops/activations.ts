/**
 * Activations with gradients that make as few passes over memory as they can.
 *
 * The Gaussian error linear unit (Hendrycks, Gimpel 2016, https://arxiv.org/abs/1606.08415), exact:
 *
 *   GELU(x) = x · Φ(x) = z · (1 + erf z) / √2   with   z = x / √2.
 *
 * Both factors 1/√2 go into the matrices before and after it, which are much smaller than x:
 * `denseGelu` has the first one, `geluDense` the second one, `overRoot2` is for everything else.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dense } from './dense.ts';
import { withGradient } from './tensors.ts';

const logTwoOverRootPi = Math.log(2 / Math.sqrt(Math.PI));

/**
 * √2 · GELU(√2 · z) = z · (1 + erf z), any shape.
 * Its derivative is (1 + erf z) + z · 2/√π · exp(−z²).
 */
export const scaledGelu = withGradient(
  (z: Tensor) => {
    const weight = tf.add(tf.erf(z), 1);
    return { value: tf.mul(z, weight), saved: [z, weight] };
  },
  (dy, z, weight) => {
    const density = tf.exp(tf.sub(logTwoOverRootPi, tf.mul(z, z)));
    return [tf.mul(dy, tf.add(weight, tf.mul(z, density)))];
  },
);

/** t / √2, of any shape: one of the two factors of GELU. */
export const overRoot2 = (t: Tensor): Tensor => tf.mul(t, Math.SQRT1_2);

/** √2 · GELU(x W + b): x [..., inputs] -> [..., outputs]. */
export const denseGelu = (x: Tensor, weight: Tensor, bias: Tensor): Tensor =>
  scaledGelu(dense(x, overRoot2(weight), overRoot2(bias)));

/** GELU(x) W + b from x / √2: [..., inputs] -> [..., outputs]. */
export const geluDense = (xOverRoot2: Tensor, weight: Tensor, bias: Tensor): Tensor =>
  dense(scaledGelu(xOverRoot2), overRoot2(weight), bias);

/**
 * The sigmoid-weighted linear unit, or swish with β = 1 (Elfwing et al. 2017,
 * https://arxiv.org/abs/1702.03118): x · σ(x), of any shape, with the derivative σ(x) + y · (1 − σ(x)).
 */
export const silu = withGradient(
  (x: Tensor) => {
    const weight = tf.sigmoid(x);
    const y = tf.mul(x, weight);
    return { value: y, saved: [weight, y] };
  },
  (dy, weight, y) => [tf.mul(dy, tf.add(weight, tf.mul(y, tf.sub(1, weight))))],
);

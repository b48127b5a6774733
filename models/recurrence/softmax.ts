/**
 * The kernel of DSS-softmax (Gupta et al. 2022, https://arxiv.org/abs/2203.14343, proposition 1b):
 *
 *   K_t = Re Σ_n W_n / λ_n · softmax_t(Δ λ_n t),   the softmax of complex numbers over t = 0 … L − 1
 *
 * It allows rates λ that grow, since the softmax then counts from the last token: with ρ = ∓Δλ, whose
 * real part is never positive, K has the terms e^(ρ t) or e^(ρ (L − 1 − t)), over the same geometric
 * sum (e^(ρ L) − 1) / (e^ρ − 1).
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { exponentialLessOne, product, type Complex } from '../ops/complex.ts';
import { split } from '../ops/tensors.ts';
import { exponentialSums } from './diagonal.ts';

/** Keeps the gradient finite where (e^(ρ L) − 1) λ vanishes, as in DSS's code. */
const epsilon = 1e-7;

/**
 * @param rate λ [1, N]
 * @param dt Δ [H, 1]
 * @param weights W [H, N], one for each direction
 * @returns [directions, H, L]
 */
export function softmaxKernels(
  rate: Complex,
  dt: Tensor,
  weights: Complex[],
  length: number,
): Tensor {
  const grows = tf.step(rate.re); // [1, N]
  const turned = tf.mul(dt, tf.sub(1, tf.mul(grows, 2)));
  const rho: Complex = { re: tf.mul(rate.re, turned), im: tf.mul(rate.im, turned) }; // [H, N]
  const whole: Complex = { re: tf.mul(rho.re, length), im: tf.mul(rho.im, length) };
  const inverse = reciprocal(product(exponentialLessOne(whole), rate));
  const share = product(exponentialLessOne(rho), inverse); // 1 / (λ · geometric sum)
  const scaled = weights.map((w) => product(w, share));
  const only = (w: Complex, which: Tensor): Complex => ({
    re: tf.mul(w.re, which),
    im: tf.mul(w.im, which),
  });
  const fromFirst = scaled.map((w) => only(w, tf.sub(1, grows)));
  const fromLast = scaled.map((w) => only(w, grows));
  const sums = exponentialSums(rho, [...fromFirst, ...fromLast], length);
  const [first, last] = split(sums, 2, 0);
  return tf.add(first, tf.reverse(last, 2));
}

function reciprocal({ re, im }: Complex): Complex {
  const norm = tf.add(tf.add(tf.mul(re, re), tf.mul(im, im)), epsilon);
  return { re: tf.div(re, norm), im: tf.neg(tf.div(im, norm)) };
}

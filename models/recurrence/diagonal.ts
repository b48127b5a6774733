/**
 * Diagonal state-space models as convolution kernels (Gu et al. 2022,
 * https://arxiv.org/abs/2206.11893). Per channel, with N/2 complex rates a_n that stand for N
 * together with their conjugates, step size Δ and zero-order hold:
 *
 *   K_t = 2 Re Σ_n C_n · (e^(Δ a_n) − 1) / a_n · e^(Δ a_n t),   a_n = −e^(logReal_n) + i · imag_n
 *
 * The powers are taken in two levels, t = M·a + b, so that the kernel is one matrix product and
 * only about 2√L exponentials per rate are computed.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { OptionError } from '../../core/errors.ts';
import { exponential, exponentialLessOne, product, type Complex } from '../ops/complex.ts';
import type { Kernels } from '../ops/convolution.ts';
import { legs } from '../ops/hippo.ts';
import { constant, normal, uniform, values } from '../ops/initialise.ts';
import { dims } from '../ops/tensors.ts';
import { learnsAt, type TensorsOf } from '../parameters.ts';

export type Spectrum = 'lin' | 'inv' | 'legs';

/** S4 trains rates and step sizes at 0.001 where the rest has 0.01, and without weight decay. */
export const stateRate = learnsAt(0.1);

export interface StateSpaceOptions {
  /** N: the states of a channel, counting conjugates. */
  state: number;
  spectrum: Spectrum;
  dtMin: number;
  dtMax: number;
}

/** @throws OptionError where the bounds of the initial step sizes cross. */
export function checkSteps(dtMin: number, dtMax: number): void {
  if (dtMin > dtMax) {
    throw new OptionError(
      `option dtMin: ${dtMin} is above dtMax; expected a number of at most ${dtMax}`,
    );
  }
}

/** Parameters of `width` channels: `logDt`, `logReal`, `imag` and `c`. */
export function stateSpaceParameters(width: number, options: StateSpaceOptions) {
  const { state, spectrum, dtMin, dtMax } = options;
  const pairs = state / 2;
  return {
    logDt: {
      shape: [width],
      initialise: uniform(Math.log(dtMin), Math.log(dtMax)),
      ...stateRate,
    },
    logReal: { shape: [width, pairs], initialise: constant(Math.log(0.5)), ...stateRate },
    imag: {
      shape: [width, pairs],
      initialise: values(imaginaryParts(spectrum, state)),
      ...stateRate,
    },
    // Standard complex normal: real and imaginary part share the variance.
    // The first axis: the kernel over earlier tokens, the one over later ones.
    c: { shape: [2, 2, width, pairs], initialise: normal(Math.SQRT1_2) },
  };
}

/** Imaginary parts of the initial rates, N/2 of them. */
export function imaginaryParts(spectrum: Spectrum, state: number): number[] {
  const n = Array.from({ length: state / 2 }, (_, n) => n);
  if (spectrum === 'lin') return n.map((n) => Math.PI * n);
  if (spectrum === 'inv') return n.map((n) => (state / Math.PI) * (state / (2 * n + 1) - 1));
  return legs(state).imaginary;
}

/**
 * Kernels of both directions for sequences of `length` tokens. The one over earlier tokens, `after`,
 * has K_0 … K_{L−1}: [H, L]. The one over later tokens, `before`, starts one token away and is given
 * farthest first, K_{L−2} … K_0: [H, L − 1] (or one column where L is 1).
 */
export function stateSpaceKernels(
  p: TensorsOf<ReturnType<typeof stateSpaceParameters>>,
  length: number,
): Kernels {
  const [, , width, pairs] = dims(p.c, 4);
  const dt = tf.reshape(tf.exp(p.logDt), [width, 1]);
  const rate: Complex = { re: tf.neg(tf.exp(p.logReal)), im: p.imag }; // [H, N/2]
  const scaled: Complex = { re: tf.mul(rate.re, dt), im: tf.mul(rate.im, dt) };
  const hold = zeroOrderHold(rate, scaled);

  const inner = Math.ceil(Math.sqrt(length));
  const outer = Math.ceil(length / inner);
  const powers = [powersOf(scaled, outer, inner), powersOf(scaled, inner, 1)] as const;

  const kernel = (direction: 0 | 1): Tensor => {
    const isReverse = direction > 0;
    const ordered = ({ re, im }: Complex): Complex =>
      isReverse ? { re: tf.reverse(re, 2), im: tf.reverse(im, 2) } : { re, im };
    const [coarse, fine] = [ordered(powers[0]), ordered(powers[1])]; // [H, N/2, outer or inner]
    const part = (index: number) =>
      tf.reshape(tf.slice(p.c, [direction, index, 0, 0], [1, 1, width, pairs]), [width, pairs]);
    const weight = product({ re: part(0), im: part(1) }, hold);
    const weighted = product(coarse, {
      re: tf.expandDims(weight.re, 2),
      im: tf.expandDims(weight.im, 2),
    });
    const whole = tf.matMul(
      tf.concat([weighted.re, tf.neg(weighted.im)], 1),
      tf.concat([fine.re, fine.im], 1),
      true,
    ); // [H, outer, inner]
    const taps = isReverse ? Math.max(1, length - 1) : length;
    const start = isReverse ? outer * inner - taps : 0;
    return tf.slice(tf.reshape(whole, [width, outer * inner]), [0, start], [width, taps]);
  };
  return { after: kernel(0), before: kernel(1) };
}

/**
 * Re Σ_n w_n e^(z_n t) for t = 0 … L − 1 and several weights w, by the same two levels:
 * z and w [H, N/2] -> [count, H, L].
 */
export function exponentialSums(z: Complex, weights: Complex[], length: number): Tensor {
  const [width, pairs] = dims(z.re, 2);
  const inner = Math.ceil(Math.sqrt(length));
  const outer = Math.ceil(length / inner);
  const coarse = powersOf(z, outer, inner);
  const fine = powersOf(z, inner, 1);
  const column = (x: Tensor) => tf.reshape(x, [width, pairs, 1]);
  const weighted = weights.map((w) => product(coarse, { re: column(w.re), im: column(w.im) }));
  const sums = tf.matMul(
    tf.concat([sideBySide(weighted, 're'), tf.neg(sideBySide(weighted, 'im'))], 1), // [H, N, count · outer]
    tf.concat([fine.re, fine.im], 1),
    true,
  ); // [H, count · outer, inner]
  const apart = tf.reshape(sums, [width, weights.length, outer * inner]);
  const cut = tf.slice(apart, [0, 0, 0], [width, weights.length, length]);
  return tf.transpose(cut, [1, 0, 2]);
}

/** One part of several complex numbers, side by side along the last axis. */
const sideBySide = (numbers: Complex[], part: keyof Complex): Tensor =>
  tf.concat(
    numbers.map((number) => number[part]),
    2,
  );

/** e^(z · unit · t) for t = 0 … count − 1: z [H, N/2] -> [H, N/2, count]. */
function powersOf(z: Complex, count: number, unit: number): Complex {
  const steps = tf.tensor1d(Array.from({ length: count }, (_, t) => unit * t));
  const times = (x: Tensor) => tf.mul(tf.expandDims(x, 2), steps);
  return exponential({ re: times(z.re), im: times(z.im) });
}

/**
 * 2 · (e^(Δ a) − 1) / a, by which the discretised input is weighed, conjugates included: a and Δ a of
 * any one shape.
 */
export function zeroOrderHold(rate: Complex, scaled: Complex): Complex {
  const norm = tf.add(tf.mul(rate.re, rate.re), tf.mul(rate.im, rate.im));
  const inverse: Complex = {
    re: tf.div(tf.mul(rate.re, 2), norm),
    im: tf.div(tf.mul(rate.im, -2), norm),
  };
  return product(exponentialLessOne(scaled), inverse);
}

/**
 * State-space models with a diagonal plus low-rank state matrix (DPLR), as convolution kernels (S4:
 * Gu et al. 2022, https://arxiv.org/abs/2111.00396; A = Λ − P P* as in Goel et al. 2022,
 * https://arxiv.org/abs/2202.09729, which keeps it stable), by the bilinear rule:
 *
 *   K_t = 2 Re C Ā^t B̄,   Ā = (I − Δ/2 A)⁻¹ (I + Δ/2 A),   B̄ = (I − Δ/2 A)⁻¹ Δ B
 *
 * where the inverse is that of a diagonal plus rank one (Woodbury). A state x with its conjugate is
 * the real vector √2 (Re x, Im x), in which A is blocks of Λ less p pᵀ with p = √2 (Re P, Im P): N real
 * numbers for N/2 pairs, and no complex arithmetic afterwards.
 *
 * S4 sums the kernel's generating function over Λ for every frequency, of order N L a channel in time
 * and memory. Here Ā is squared log₂ L times, and each power doubles the known vectors Ā^t B̄ or
 * C Ā^(M t): N³ log L + N² √L + N L in time, all of it matrix products, and N² log L + L in memory,
 * which is less for long sequences, with no kernel truncated. Powers are kept less the identity,
 * X = Ā^k − I, so that Ā^(2k) − I = 2 X + X² loses nothing to rounding where Δ is small. A + A* is
 * negative, hence Ā a contraction, and errors die out with the state.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { product, type Complex } from '../ops/complex.ts';
import { legs } from '../ops/hippo.ts';
import { constant, normal, uniform, values } from '../ops/initialise.ts';
import { dims, split } from '../ops/tensors.ts';
import type { TensorsOf } from '../parameters.ts';
import { stateRate } from './diagonal.ts';

export interface LowRankOptions {
  /** N: the states of a channel, counting conjugates. */
  state: number;
  dtMin: number;
  dtMax: number;
  /** Kernels that share all but C: 2 for a bidirectional model. */
  directions: number;
}

/**
 * Parameters of `width` channels, starting from HiPPO-LegS: `logReal`, `imag` of Λ, `p` and `b`,
 * shared by all channels as in S4's code, and each channel's own `logDt` and `c`.
 */
export function lowRankParameters(width: number, options: LowRankOptions) {
  const { state, dtMin, dtMax, directions } = options;
  const pairs = state / 2;
  const { imaginary, lowRank } = legs(state);
  const zeros = imaginary.map(() => 0);
  return {
    logDt: {
      shape: [width],
      initialise: uniform(Math.log(dtMin), Math.log(dtMax)),
      ...stateRate,
    },
    logReal: { shape: [pairs], initialise: constant(Math.log(0.5)), ...stateRate },
    imag: { shape: [pairs], initialise: values(imaginary), ...stateRate },
    // Real parts, then imaginary ones.
    p: { shape: [2, pairs], initialise: values([...lowRank, ...zeros]), ...stateRate },
    b: {
      shape: [2, pairs],
      initialise: values([...lowRank.map((x) => Math.SQRT2 * x), ...zeros]),
      ...stateRate,
    },
    // Standard complex normal: Re C and −Im C share the variance.
    c: { shape: [width, directions, state], initialise: normal(Math.SQRT1_2) },
  };
}

type LowRankTensors = TensorsOf<ReturnType<typeof lowRankParameters>>;

/** Kernels of all directions, K_0 … K_{L−1}: [directions, H, L]. */
export function lowRankKernels(p: LowRankTensors, length: number): Tensor {
  const [width, directions] = dims(p.c, 3);
  const doublings = Math.ceil(Math.log2(length));
  const fine = Math.floor(doublings / 2);
  const [inner, outer] = [2 ** fine, 2 ** (doublings - fine)];
  const start = discretised(p);
  let power = start.transition; // Ā^k − I: [H, N, N]
  let columns = start.input; // B̄, Ā B̄, …: [H, N, k]
  let rows = tf.mul(p.c, Math.SQRT2); // C, C Ā^M, … for all directions: [H, k·directions, N]
  for (let k = 0; k < doublings; k++) {
    if (k > 0) power = tf.add(tf.mul(power, 2), tf.matMul(power, power));
    if (k < fine) {
      columns = tf.concat([columns, tf.add(columns, tf.matMul(power, columns))], 2);
    } else {
      rows = tf.concat([rows, tf.add(rows, tf.matMul(rows, power))], 1);
    }
  }
  const kernels = tf.reshape(tf.matMul(rows, columns), [width, outer, directions, inner]);
  const whole = tf.reshape(tf.transpose(kernels, [2, 0, 1, 3]), [directions, width, outer * inner]);
  return tf.slice(whole, [0, 0, 0], [directions, width, length]);
}

/** Ā − I [H, N, N] and B̄ [H, N, 1]. */
function discretised(p: LowRankTensors): { transition: Tensor; input: Tensor } {
  const width = p.logDt.size;
  const halfDt = tf.reshape(tf.mul(tf.exp(p.logDt), 0.5), [width, 1]);
  const rate: Complex = {
    re: tf.mul(halfDt, tf.neg(tf.exp(p.logReal))),
    im: tf.mul(halfDt, p.imag),
  };
  const inverse = reciprocal({ re: tf.sub(1, rate.re), im: tf.neg(rate.im) }); // (1 − Δ/2 λ)⁻¹ [H, N/2]
  const pair = (parts: Tensor): Complex => {
    const [re, im] = split(parts, 2, 0); // [1, N/2]
    return { re, im };
  };
  const low = pair(p.p);
  const conjugate: Complex = { re: inverse.re, im: tf.neg(inverse.im) };
  const left = stacked(product(inverse, low)); // E⁻¹ p [H, N]
  const right = stacked(product(conjugate, low)); // pᵀ E⁻¹ [H, N]
  const own = stacked(low); // [1, N]
  const scale = tf.div(halfDt, tf.add(tf.mul(tf.sum(tf.mul(left, own), 1, true), halfDt), 1)); // [H, 1]
  // (E + Δ/2 p pᵀ)⁻¹ = E⁻¹ − scale · left rightᵀ
  const outer = tf.mul(tf.expandDims(tf.mul(left, scale), 2), tf.expandDims(right, 1)); // [H, N, N]
  const transition = tf.mul(tf.sub(blocks(product(rate, inverse)), outer), 2);

  const b = pair(p.b);
  const along = tf.sum(tf.mul(right, stacked(b)), 1, true); // pᵀ E⁻¹ b
  const solved = tf.sub(stacked(product(inverse, b)), tf.mul(tf.mul(left, scale), along));
  return { transition, input: tf.expandDims(tf.mul(solved, tf.mul(halfDt, 2)), 2) };
}

/** √2 (Re, Im), in which products with transposes are those of a number and its conjugate: [·, N]. */
function stacked({ re, im }: Complex): Tensor {
  return tf.mul(tf.concat([re, im], 1), Math.SQRT2);
}

/** Multiplication by z of (Re, Im): z [H, N/2] -> [H, N, N]. */
function blocks({ re, im }: Complex): Tensor {
  const unit = tf.eye(re.shape[1]!);
  const diagonal = (x: Tensor) => tf.mul(tf.expandDims(x, 2), unit);
  const [real, imaginary] = [diagonal(re), diagonal(im)];
  return tf.concat([tf.concat([real, tf.neg(imaginary)], 2), tf.concat([imaginary, real], 2)], 1);
}

function reciprocal({ re, im }: Complex): Complex {
  const norm = tf.add(tf.mul(re, re), tf.mul(im, im));
  return { re: tf.div(re, norm), im: tf.neg(tf.div(im, norm)) };
}

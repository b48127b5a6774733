/**
 * Long convolutions as matrix products, for state-space models and free kernels: every channel
 * has its own kernel, as long as the sequence.
 *
 *   y_i = Σ_{j ≤ i} after_{i − j} · u_j  +  Σ_{j > i} before_{j − i} · u_j
 *
 * Short sequences take the Toeplitz matrix of the kernel. Long ones take a discrete Fourier
 * transform in two levels, each a product with a dense matrix (as in Monarch: Fu et al. 2023,
 * https://arxiv.org/abs/2311.05908), in real arithmetic: with period M = m1 · m2,
 * n = m2 n1 + n2 and f = f1 + m1 f2,
 *
 *   X[f1 + m1 f2] = Σ_n2 e^(−2πi n2 f / M) · ( Σ_n1 e^(−2πi n1 f1 / m1) · x[m2 n1 + n2] ).
 *
 * Real input makes f1 and m1 − f1 conjugate, so only 0 ≤ f1 ≤ m1/2 is computed; the channels stay
 * the innermost axis throughout, so nothing is transposed. Time is L · (m1/2 + 2 m2) per channel,
 * that is, of order L√L.
 *
 * A transform mixes all positions, so rounding carries a trace of every token to every other one. A
 * causal convolution therefore works by halves: the two halves of the sequence separately, then a
 * transform of the first half alone for its part in the second, and so on down to short blocks. No bit
 * of a later token reaches an earlier one; the price is about a fifth more work.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dims, pad, split, withGradient } from './tensors.ts';

/** Longest sequence for which the Toeplitz matrix is the faster of the two. */
const longestToeplitz = 64;

export type ConvolutionMethod = 'toeplitz' | 'fourier';

/** Kernels of H channels, as `convolve` takes them. */
export interface Kernels {
  /** [H, L]: weight of the token itself, of the one before, and so on. */
  after: Tensor;
  /** [H, L − 1]: weights of later tokens, farthest first; none where the model is causal. */
  before?: Tensor | undefined;
}

/**
 * u [B, L, H] -> y [B, L, H].
 *
 * @param after [H, L]: weight of the token itself, of the one before, and so on
 * @param before [H, L − 1]: weights of later tokens, farthest first; none in a causal convolution,
 *   unused where L is 1
 */
export function convolve(
  u: Tensor,
  after: Tensor,
  before?: Tensor,
  method: ConvolutionMethod = u.shape[1]! <= longestToeplitz ? 'toeplitz' : 'fourier',
): Tensor {
  const length = u.shape[1]!;
  const later = length > 1 ? before : undefined;
  if (method === 'toeplitz') return byToeplitz(u, circular(after, later, 2 * length));
  return later ? byFourier(u, after, later) : byHalves(u, after);
}

/** The last token's output alone: u [B, L, H], after [H, L] -> [B, 1, H]. */
export function convolveLast(u: Tensor, after: Tensor): Tensor {
  const weights = tf.transpose(tf.reverse(after, 1)); // [L, H]
  return tf.sum(tf.mul(u, weights), 1, true);
}

/** The kernel with the weight of u_{i − τ} at τ mod period: [H, period]. */
function circular(after: Tensor, before: Tensor | undefined, period: number): Tensor {
  const [channels, length] = dims(after, 2);
  const gap = period - length - (before ? length - 1 : 0);
  const parts = [after, tf.zeros([channels, gap]), ...(before ? [before] : [])];
  return tf.concat(parts, 1);
}

/** u [B, L, H], kernel [H, 2L] -> [B, L, H]. */
function byToeplitz(u: Tensor, kernel: Tensor): Tensor {
  const length = u.shape[1]!;
  const y = tf.matMul(tf.transpose(u, [2, 0, 1]), toeplitz(kernel, length, length)); // [H, B, L]
  return tf.transpose(y, [1, 2, 0]);
}

/**
 * kernel [H, period] -> matrices [H, rows, columns] with kernel[i − j mod period] in row j, column i;
 * `columns` is less than the period.
 *
 * Repeated end to end and read in rows of one less than its period, the kernel moves on by one
 * place from row to row; the gradient is the same walk back.
 */
export function toeplitz(kernel: Tensor, rows: number, columns: number): Tensor {
  const [channels, period] = dims(kernel, 2);
  return withGradient(
    (kernel: Tensor) => {
      const repeated = tf.mul(tf.reshape(kernel, [channels, 1, period]), tf.ones([1, rows, 1]));
      const flat = tf.reshape(repeated, [channels, rows * period]);
      const walked = tf.slice(flat, [0, 0], [channels, rows * (period - 1)]);
      const whole = tf.reshape(walked, [channels, rows, period - 1]);
      return { value: tf.slice(whole, [0, 0, 0], [channels, rows, columns]), saved: [] };
    },
    (dy) => {
      const whole = pad(dy, 2, 0, period - 1 - columns);
      const flat = tf.reshape(whole, [channels, rows * (period - 1)]);
      const walked = pad(flat, 1, 0, rows);
      return [tf.sum(tf.reshape(walked, [channels, rows, period]), 1)];
    },
  )(kernel);
}

/** The causal convolution: u [B, L, H], after [H, L] -> [B, L, H]. */
function byHalves(u: Tensor, after: Tensor): Tensor {
  const [batch, length, channels] = dims(u, 3);
  const levels = Math.max(0, Math.ceil(Math.log2(length / longestToeplitz)));
  const block = Math.ceil(length / 2 ** levels);
  const whole = block * 2 ** levels;
  const rest = whole - length;
  const filled = pad(u, 1, 0, rest);
  const kernel = pad(after, 1, 0, rest);
  const taps = (from: number, to: number) => tf.slice(kernel, [0, from], [channels, to - from]);

  const blocks = tf.reshape(filled, [batch * 2 ** levels, block, channels]);
  let y = convolve(blocks, taps(0, block), undefined, 'toeplitz');
  for (let half = block; half < whole; half *= 2) {
    const shape = [(batch * whole) / (2 * half), 2, half, channels];
    const first = tf.slice(tf.reshape(filled, shape), [0, 0, 0, 0], [shape[0]!, 1, half, channels]);
    // From token j of the first half to token i of the second it is half + i − j.
    const added = convolve(
      tf.reshape(first, [shape[0]!, half, channels]),
      taps(half, 2 * half),
      taps(1, half),
    );
    const toSecond = pad(tf.expandDims(added, 1), 1, 1, 0);
    y = tf.add(tf.reshape(y, shape), toSecond);
  }
  return tf.slice(tf.reshape(y, [batch, whole, channels]), [0, 0, 0], [batch, length, channels]);
}

/** u [B, L, H], after [H, L], before [H, L − 1] -> [B, L, H]. */
function byFourier(u: Tensor, after: Tensor, before: Tensor): Tensor {
  const [batch, length, channels] = dims(u, 3);
  const { half, columns } = transformSize(length);
  const rows = 2 * half;
  const frequencies = half + 1;
  const coarse = coarseMatrix(rows); // [2·F, m1]
  const coarseHalf = tf.slice(coarse, [0, 0], [2 * frequencies, half]);
  const fine = fineMatrices(rows, columns); // [F, 2·m2, 2·m2]
  const spectrum = (x: Tensor, matrix: Tensor): Tensor => {
    const outer = x.shape[0]; // x [outer, n1, m2·H]
    const first = tf.reshape(tf.matMul(matrix, x), [outer, frequencies, 2 * columns, channels]);
    return tf.matMul(fine, first); // [outer, F, 2·m2, H]
  };

  const kernel = circular(after, before, rows * columns);
  const k = spectrum(tf.reshape(tf.transpose(kernel), [1, rows, columns * channels]), coarse);
  const filled = pad(u, 1, 0, half * columns - length);
  const x = spectrum(tf.reshape(filled, [batch, half, columns * channels]), coarseHalf);

  const y = complexProduct(x, tf.mul(k, inverseWeights(rows, columns))); // [B, F, 2·m2, H]
  const back = tf.reshape(tf.matMul(fine, y, true), [batch, 2 * frequencies, columns * channels]);
  const whole = tf.reshape(tf.matMul(coarseHalf, back, true), [batch, half * columns, channels]);
  return tf.slice(whole, [0, 0, 0], [batch, length, channels]);
}

/** m1/2 and m2: together at least `length`, so that the period does not wrap around. */
function transformSize(length: number): { half: number; columns: number } {
  const columns = Math.max(1, Math.round(Math.sqrt(length) / 2));
  return { half: Math.ceil(length / columns), columns };
}

/** Real and imaginary part of e^(−2πi n1 f1 / m1), n1 < m1, row 2·f1 and row 2·f1 + 1: [2·F, m1]. */
function coarseMatrix(rows: number): Tensor {
  const frequencies = rows / 2 + 1;
  const matrix = new Float32Array(2 * frequencies * rows);
  for (let f = 0; f < frequencies; f++) {
    for (let n = 0; n < rows; n++) {
      const phase = (2 * Math.PI * ((f * n) % rows)) / rows;
      matrix[2 * f * rows + n] = Math.cos(phase);
      matrix[(2 * f + 1) * rows + n] = -Math.sin(phase);
    }
  }
  return tf.tensor2d(matrix, [2 * frequencies, rows]);
}

/** For each f1, multiplication by e^(−2πi n2 f / M) from (re, im) × n2 to (re, im) × f2: [F, 2·m2, 2·m2]. */
function fineMatrices(rows: number, columns: number): Tensor {
  const frequencies = rows / 2 + 1;
  const period = rows * columns;
  const side = 2 * columns;
  const matrices = new Float32Array(frequencies * side * side);
  for (let f1 = 0; f1 < frequencies; f1++) {
    for (let f2 = 0; f2 < columns; f2++) {
      for (let n2 = 0; n2 < columns; n2++) {
        const phase = (2 * Math.PI * ((n2 * (f1 + rows * f2)) % period)) / period;
        const real = (f1 * side + f2) * side + n2;
        const imaginary = real + columns * side;
        matrices[real] = Math.cos(phase);
        matrices[real + columns] = Math.sin(phase);
        matrices[imaginary] = -Math.sin(phase);
        matrices[imaginary + columns] = Math.cos(phase);
      }
    }
  }
  return tf.tensor3d(matrices, [frequencies, side, side]);
}

/** 1/M, doubled where a frequency also stands for its conjugate: [F, 1, 1]. */
function inverseWeights(rows: number, columns: number): Tensor {
  const frequencies = rows / 2 + 1;
  const weights = Array.from({ length: frequencies }, (_, f) =>
    f === 0 || f === rows / 2 ? 1 / (rows * columns) : 2 / (rows * columns),
  );
  return tf.tensor3d(weights, [frequencies, 1, 1]);
}

/** x [B, F, 2·m2, H] times k [1, F, 2·m2, H], real parts in the first m2 rows, imaginary in the others. */
const complexProduct = withGradient(
  (x, k) => ({ value: multiply(x, k), saved: [x, k] }),
  (dy, x, k) => {
    const [re, im] = split(k, 2, 2);
    const conjugate = tf.concat([re, tf.neg(im)], 2);
    return [multiply(dy, conjugate), tf.sum(multiplyConjugate(dy, x), 0, true)];
  },
);

/** a · b */
function multiply(a: Tensor, b: Tensor): Tensor {
  const [ar, ai] = split(a, 2, 2);
  const [br, bi] = split(b, 2, 2);
  const re = tf.sub(tf.mul(ar, br), tf.mul(ai, bi));
  const im = tf.add(tf.mul(ar, bi), tf.mul(ai, br));
  return tf.concat([re, im], 2);
}

/** a · b̄ */
function multiplyConjugate(a: Tensor, b: Tensor): Tensor {
  const [ar, ai] = split(a, 2, 2);
  const [br, bi] = split(b, 2, 2);
  const re = tf.add(tf.mul(ar, br), tf.mul(ai, bi));
  const im = tf.sub(tf.mul(ai, br), tf.mul(ar, bi));
  return tf.concat([re, im], 2);
}

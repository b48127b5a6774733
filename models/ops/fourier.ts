/**
 * The discrete Fourier transform over the positions of a sequence of any length, as products with
 * dense matrices in two levels (see convolution.ts): with L = m1 · m2, n = m2 n1 + n2 and
 * f = f1 + m1 f2,
 *
 *   X[f1 + m1 f2] = Σ_n2 e^(−2πi n2 f / L) · ( Σ_n1 e^(−2πi n1 f1 / m1) · x[m2 n1 + n2] ).
 *
 * Time is L · (4 m1 + 2 m2) per channel: of order L√L where L has divisors near its root, as powers
 * of two and round numbers have; L² where it is prime.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dims } from './tensors.ts';

/** The real part of X for x = re + i · im: [B, L, d] each -> [B, L, d]. */
export function realTransform(re: Tensor, im: Tensor): Tensor {
  const [batch, length, channels] = dims(re, 3);
  const { rows, columns } = factors(length);
  const level = (t: Tensor) => tf.reshape(t, [batch, rows, 1, columns * channels]);
  const x = tf.reshape(tf.concat([level(re), level(im)], 2), [batch, 2 * rows, columns * channels]); // [B, n1 × (re, im), m2·d]
  const first = tf.reshape(tf.matMul(coarseMatrix(rows), x), [batch, rows, 2 * columns, channels]); // [B, f1, (re, im) × n2, d]
  const second = tf.matMul(fineMatrices(rows, columns), first); // [B, f1, f2, d]
  return tf.reshape(tf.transpose(second, [0, 2, 1, 3]), [batch, length, channels]);
}

/** Its last position alone: [B, 1, d]. */
export function realTransformLast(re: Tensor, im: Tensor): Tensor {
  const length = re.shape[1]!;
  const row = (wave: (phase: number) => number) =>
    Array.from({ length }, (_, n) => wave((2 * Math.PI * ((n * (length - 1)) % length)) / length));
  const weights = tf.tensor2d([...row(Math.cos), ...row(Math.sin)], [1, 2 * length]);
  return tf.matMul(weights, tf.concat([re, im], 1));
}

/** wave(2π f k / n) for all f and k, [n, n]. */
export function waves(n: number, wave: (phase: number) => number): Float32Array {
  return Float32Array.from({ length: n * n }, (_, at) => {
    const [f, k] = [Math.floor(at / n), at % n];
    return wave((2 * Math.PI * ((f * k) % n)) / n);
  });
}

/** The m1 and m2 that need the fewest operations. */
function factors(length: number): { rows: number; columns: number } {
  let best = 1;
  const work = (rows: number) => 4 * rows + (2 * length) / rows;
  for (let rows = 2; rows <= length; rows++) {
    if (length % rows === 0 && work(rows) < work(best)) best = rows;
  }
  return { rows: best, columns: length / best };
}

/** Multiplication by e^(−2πi n1 f1 / m1), from n1 × (re, im) to f1 × (re, im): [2·m1, 2·m1]. */
function coarseMatrix(rows: number): Tensor {
  const side = 2 * rows;
  const matrix = new Float32Array(side * side);
  for (let f = 0; f < rows; f++) {
    for (let n = 0; n < rows; n++) {
      const phase = (2 * Math.PI * ((f * n) % rows)) / rows;
      const real = 2 * f * side + 2 * n;
      matrix[real] = Math.cos(phase);
      matrix[real + 1] = Math.sin(phase);
      matrix[real + side] = -Math.sin(phase);
      matrix[real + side + 1] = Math.cos(phase);
    }
  }
  return tf.tensor2d(matrix, [side, side]);
}

/** For each f1, the real part of the product with e^(−2πi n2 f / L): [m1, m2, 2·m2]. */
function fineMatrices(rows: number, columns: number): Tensor {
  const length = rows * columns;
  const matrices = new Float32Array(rows * columns * 2 * columns);
  for (let f1 = 0; f1 < rows; f1++) {
    for (let f2 = 0; f2 < columns; f2++) {
      for (let n2 = 0; n2 < columns; n2++) {
        const phase = (2 * Math.PI * ((n2 * (f1 + rows * f2)) % length)) / length;
        const real = (f1 * columns + f2) * 2 * columns + n2;
        matrices[real] = Math.cos(phase);
        matrices[real + columns] = Math.sin(phase);
      }
    }
  }
  return tf.tensor3d(matrices, [rows, columns, 2 * columns]);
}

/**
 * Short convolutions, every channel with a kernel of its own (depthwise):
 *
 *   y_i = Σ_t kernel_t · x_{i + t − before},   0 ≤ t < K,   with zeros outside the sequence.
 *
 * `before` is how many earlier tokens a token sees: K − 1 in a causal convolution, ⌊K/2⌋ in a centred
 * one. Blocks of the sequence, each with the K − 1 tokens around it, are multiplied with the Toeplitz
 * matrix of their channel's kernel: a few passes over memory, where a sum of shifted copies makes K.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { toeplitz } from './convolution.ts';

/** Smallest block: for shorter kernels, larger matrices are no more time and fewer products. */
const smallestBlock = 32;

/** x [B, L, C], kernel [K, C] -> [B, L, C]. */
export function shortConvolve(x: Tensor, kernel: Tensor, before: number): Tensor {
  const [batch, length, channels] = x.shape as [number, number, number];
  const around = kernel.shape[0]! - 1;
  const size = Math.max(smallestBlock, around);
  const count = Math.ceil(length / size);
  const filled = tf.pad(tf.transpose(x, [2, 0, 1]), [
    [0, 0],
    [0, 0],
    [before, (count + 1) * size - length - before],
  ]); // [C, B, (n + 1)·size]
  const blocks = tf.reshape(filled, [channels, batch, count + 1, size]);
  const own = tf.slice(blocks, [0, 0, 0, 0], [channels, batch, count, size]);
  const next = tf.slice(blocks, [0, 0, 1, 0], [channels, batch, count, around]);
  const windows = around === 0 ? own : tf.concat([own, next], 3);
  const matrices = toeplitz(
    tf.pad(tf.transpose(kernel), [
      [0, 0],
      [0, size],
    ]),
    size,
    size + around,
  ); // [C, size, size + K − 1]
  const flat = tf.reshape(windows, [channels, batch * count, size + around]);
  const y = tf.reshape(tf.matMul(flat, matrices, false, true), [channels, batch, count * size]);
  return tf.slice(tf.transpose(y, [1, 2, 0]), [0, 0, 0], [batch, length, channels]);
}

/** The last token's output alone: x [B, L, C], kernel [K, C] -> [B, 1, C]. */
export function shortConvolveLast(x: Tensor, kernel: Tensor, before: number): Tensor {
  const [batch, length, channels] = x.shape as [number, number, number];
  const tail = Math.min(length, before + 1);
  const seen = tf.slice(x, [0, length - tail, 0], [batch, tail, channels]);
  const weights = tf.slice(kernel, [before + 1 - tail, 0], [tail, channels]);
  return tf.sum(tf.mul(seen, weights), 1, true);
}

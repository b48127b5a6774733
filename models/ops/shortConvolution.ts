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
import { bias, type Parameter } from '../parameters.ts';
import { toeplitz } from './convolution.ts';
import { uniform } from './initialise.ts';
import { dims, pad } from './tensors.ts';

/**
 * The kernel of a short convolution that comes before a recurrence or a long convolution:
 * [taps, channels], whose last row weighs the token itself. It starts uniform within 1/√taps, as
 * PyTorch's convolutions do, which such models were published with.
 */
export function shortKernel(taps: number, channels: number): Parameter {
  const bound = 1 / Math.sqrt(taps);
  return { shape: [taps, channels], initialise: uniform(-bound, bound) };
}

/** The bias of such a convolution, which PyTorch starts in the same range: [channels]. */
export const shortBias = (taps: number, channels: number): Parameter => ({
  ...bias(channels),
  initialise: shortKernel(taps, channels).initialise,
});

/** Causal: x [B, L, C], kernel [K, C], bias [C] -> [B, L, C]. */
export function shortConvolution(x: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  return tf.add(shortConvolve(x, kernel, kernel.shape[0] - 1), bias);
}

/** Smallest block: for shorter kernels, larger matrices are no more time and fewer products. */
const smallestBlock = 32;

/** x [B, L, C], kernel [K, C] -> [B, L, C]. */
export function shortConvolve(x: Tensor, kernel: Tensor, before: number): Tensor {
  const [batch, length, channels] = dims(x, 3);
  const around = kernel.shape[0] - 1;
  const size = Math.max(smallestBlock, around);
  const count = Math.ceil(length / size);
  const filled = pad(tf.transpose(x, [2, 0, 1]), 2, before, (count + 1) * size - length - before); // [C, B, (n + 1)·size]
  const blocks = tf.reshape(filled, [channels, batch, count + 1, size]);
  const own = tf.slice(blocks, [0, 0, 0, 0], [channels, batch, count, size]);
  const next = tf.slice(blocks, [0, 0, 1, 0], [channels, batch, count, around]);
  const windows = around === 0 ? own : tf.concat([own, next], 3);
  const matrices = toeplitz(pad(tf.transpose(kernel), 1, 0, size), size, size + around); // [C, size, size + K − 1]
  const flat = tf.reshape(windows, [channels, batch * count, size + around]);
  const y = tf.reshape(tf.matMul(flat, matrices, false, true), [channels, batch, count * size]);
  return tf.slice(tf.transpose(y, [1, 2, 0]), [0, 0, 0], [batch, length, channels]);
}

/** The last token's output alone: x [B, L, C], kernel [K, C] -> [B, 1, C]. */
export function shortConvolveLast(x: Tensor, kernel: Tensor, before: number): Tensor {
  const seen = lastTokens(x, before + 1); // [B, tail, C]
  const tail = seen.shape[1]!;
  const weights = tf.slice(kernel, [before + 1 - tail, 0], [tail, x.shape[2]!]);
  return tf.sum(tf.mul(seen, weights), 1, true);
}

/** The last `count` tokens, or all where there are fewer: x [B, L, C] -> [B, min(count, L), C]. */
export function lastTokens(x: Tensor, count: number): Tensor {
  const [batch, length, channels] = dims(x, 3);
  const tail = Math.min(length, count);
  return tf.slice(x, [0, length - tail, 0], [batch, tail, channels]);
}

/**
 * The tokens around each token side by side, so that one product is a convolution with a kernel
 * between all channels: x [B, L, C] -> [B, L, K·C], zeros outside the sequence.
 */
export function neighbourhoods(x: Tensor, taps: number, before: number): Tensor {
  const [batch, length, channels] = dims(x, 3);
  const filled = pad(x, 1, before, taps - 1 - before);
  const shifted = Array.from({ length: taps }, (_, t) =>
    tf.slice(filled, [0, t, 0], [batch, length, channels]),
  );
  return taps === 1 ? x : tf.concat(shifted, 2);
}

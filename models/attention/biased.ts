/**
 * The attention of MEGA (Ma et al. 2023, https://arxiv.org/abs/2209.10655): one head within chunks,
 * with a learned bias for each distance,
 *
 *   O = f(Q Kᵀ / τ + b_rel) V
 *
 * where f is the softmax with τ = √z, or the Laplace function with τ the number of keys.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { toeplitz } from '../ops/convolution.ts';
import { dims, pad } from '../ops/tensors.ts';
import { blocks, unblock } from '../ops/windows.ts';
import { padding } from './attention.ts';

export interface Tokens {
  /** [B, L, z], or [B, 1, z] for the last token of one chunk. */
  q: Tensor;
  k: Tensor;
  v: Tensor;
  /** [B, L, 1], 1 for a token and 0 for padding. */
  real: Tensor;
}

/**
 * Attention within chunks of `size` tokens: -> [B, L, c], or [B, 1, c] for the last token.
 *
 * @param relative one number for each distance from −(size − 1) to size − 1
 */
export function biasedAttention(
  relative: Tensor,
  weighing: 'softmax' | 'laplace',
  size: number,
  { q, k, v, real }: Tokens,
): Tensor {
  const [batch, queries, channels] = dims(q, 3);
  const keys = k.shape[1]!;
  const isLast = queries < keys;
  const chunked = (t: Tensor) => (isLast ? tf.expandDims(t, 1) : blocks(t, size)); // [B, n, size, c]
  const present = tf.transpose(chunked(real), [0, 1, 3, 2]); // [B, n, 1, size]
  const bias = isLast
    ? tf.reshape(tf.slice(relative, [size - keys], [keys]), [1, keys])
    : relativeBias(relative, size);
  const products = tf.matMul(chunked(q), chunked(k), false, true); // [B, n, size, size]
  let weights: Tensor;
  if (weighing === 'softmax') {
    const scores = tf.add(tf.mul(products, Math.sqrt(1 / channels)), bias);
    weights = tf.softmax(tf.add(scores, tf.mul(tf.sub(1, present), padding)));
  } else {
    const count = tf.maximum(tf.sum(present, -1, true), 1);
    weights = tf.mul(laplace(tf.add(tf.div(products, count), bias)), present);
  }
  const o = tf.matMul(weights, chunked(v));
  return isLast ? tf.reshape(o, [batch, 1, v.shape[2]!]) : unblock(o, queries);
}

/** ½ (1 + erf((s − μ) / (σ √2))) with μ = √½ and σ = 1/√(4π): near the squared ReLU, but bounded. */
function laplace(scores: Tensor): Tensor {
  const scaled = tf.mul(tf.sub(scores, Math.SQRT1_2), Math.sqrt(2 * Math.PI));
  return tf.mul(tf.add(tf.erf(scaled), 1), 0.5);
}

/** relative [2·size − 1] -> [size, size], with the number of distance j − i for query i and key j. */
function relativeBias(relative: Tensor, size: number): Tensor {
  const period = pad(tf.reshape(relative, [1, 2 * size - 1]), 1, 0, 1);
  const shifted = toeplitz(period, size, 2 * size - 1);
  return tf.reshape(tf.slice(shifted, [0, 0, size - 1], [1, size, size]), [size, size]);
}

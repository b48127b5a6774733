/**
 * Attention by features: with weights φ(q_i) · φ(k_j) in place of the softmax, sums over the keys do
 * not depend on the query and are made once (Katharopoulos et al. 2020,
 * https://arxiv.org/abs/2006.16236):
 *
 *   o_i = φ(q_i)ᵀ (Σ_j φ(k_j) v_jᵀ) / (φ(q_i)ᵀ Σ_j φ(k_j) + ε)
 *
 * Time and memory are of order L, with m · dh numbers per head and token for m features.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dense } from '../ops/dense.ts';
import { usedPositions } from '../ops/readout.ts';
import { dims, split, splitSizes } from '../ops/tensors.ts';
import type { Tensors } from '../parameters.ts';
import { projection, splitHeads } from './attention.ts';

/** Queries of all tokens, or of the last alone; keys and values of all: [B, H, Q or L, dh]. */
export function queriesKeysValues(
  x: Tensor,
  p: Tensors<'qkv' | 'qkvBias'>,
  heads: number,
  lastOnly = false,
): [Tensor, Tensor, Tensor] {
  const width = x.shape[2]!;
  const queries = dense(usedPositions(x, lastOnly), ...projection(p, 0, width));
  const others = splitHeads(dense(x, ...projection(p, width, 2 * width)), 2 * heads);
  return [splitHeads(queries, heads), ...split(others, 2, 1)];
}

export interface Features {
  /** φ(q) [B, H, Q, m], none negative. */
  q: Tensor;
  /** φ(k) [B, H, L, m], none negative. */
  k: Tensor;
  /** [B, H, L, dh] */
  v: Tensor;
  /** [B, L], 0 for padding. */
  mask?: Tensor | undefined;
  /** Keeps the sum of weights from being 0 where features can be. */
  epsilon: number;
}

/** -> [B, H, Q, dh] */
export function attendByFeatures({ q, k, v, mask, epsilon }: Features): Tensor {
  const [batch, heads, length, channels] = dims(v, 4);
  const real = mask ? tf.mul(k, tf.reshape(mask, [batch, 1, length, 1])) : k;
  // The sum of the weights is one more channel of the values, of ones.
  const withOnes = tf.concat([v, tf.ones([batch, heads, length, 1])], 3);
  const sums = tf.matMul(real, withOnes, true); // [B, H, m, dh + 1]
  const [weighed, total] = splitSizes(tf.matMul(q, sums), [channels, 1], 3);
  return tf.div(weighed, tf.add(total, epsilon));
}

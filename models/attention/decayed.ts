/**
 * Linear attention whose state decays, in chunks (Sun et al. 2023, https://arxiv.org/abs/2307.08621,
 * and as state-space duality Dao, Gu 2024, https://arxiv.org/abs/2405.21060):
 *
 *   S_t = a_t · S_{t−1} + k_t v_tᵀ,   o_t = S_tᵀ q_t,   0 < a_t ≤ 1, one number per head
 *
 * Within a chunk, with c the running sum of log a:  o_i = Σ_{j ≤ i} e^(c_i − c_j) (q_i · k_j) v_j.
 * The states at the chunks' starts are one product of the chunks' own sums with a matrix of the
 * decays between chunks. Every exponent is at most 0.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { chunksFrom, decaysWithin, lowerTriangle, never } from '../ops/chunks.ts';
import { dims } from '../ops/tensors.ts';

export interface DecayedAttention {
  /** [B, H, n, C, dk], or [B, 1, n, C, dk] for all heads together. */
  q: Tensor;
  /** As q. */
  k: Tensor;
  /** [B, H, n, C, dv] */
  v: Tensor;
  /** log a: [B, H, n, C], or [1, H, n, C] where all sequences decay alike. */
  logDecay: Tensor;
}

/** -> o [B, H, n, C, dv]; of the last chunk alone, [B, H, 1, C, dv], if only that is wanted. */
export function decayedAttention(
  { q, k, v, logDecay }: DecayedAttention,
  lastOnly = false,
): Tensor {
  const [batch, heads, count, size, values] = dims(v, 5);
  const keys = k.shape[4]!;
  const first = lastOnly ? count - 1 : 0;
  const wanted = (x: Tensor) => chunksFrom(x, first);

  const c = tf.cumsum(logDecay, 3); // [B, H, n, C]
  const total = tf.slice(c, [0, 0, 0, size - 1], [c.shape[0], heads, count, 1]); // [B, H, n, 1]
  const products = tf.matMul(wanted(q), wanted(k), false, true); // [B, H, n, C, C]
  const inside = tf.matMul(tf.mul(products, decaysWithin(wanted(c))), wanted(v));
  if (count === 1) return inside;

  const perHead = (x: Tensor) =>
    x.shape[1] === heads ? x : tf.mul(x, tf.ones([1, heads, 1, 1, 1]));
  const toEnd = tf.expandDims(tf.exp(tf.sub(total, c)), 4); // [B, H, n, C, 1]
  const sums = tf.matMul(perHead(k), tf.mul(v, toEnd), true); // [B, H, n, dk, dv]
  const between = decaysBetween(tf.squeeze(total, [3]), batch); // [B, H, n, n]
  const flat = tf.reshape(sums, [batch, heads, count, keys * values]);
  const start = tf.reshape(tf.matMul(between, flat, true), sums.shape); // [B, H, n, dk, dv]
  const before = tf.matMul(perHead(wanted(q)), wanted(start));
  return tf.add(inside, tf.mul(before, tf.expandDims(tf.exp(wanted(c)), 4)));
}

/**
 * total [B or 1, H, n], log decays of whole chunks -> e^(sum over the chunks between j and i) for
 * j < i, else 0: [B, H, n (j), n (i)]. Each sum has its own terms only: differences of running sums
 * lose digits in long sequences.
 */
function decaysBetween(total: Tensor, batch: number): Tensor {
  const [outer, heads, count] = dims(total, 3);
  const after = tf.transpose(lowerTriangle(count, true)); // 1 where column > row
  const rows = tf.mul(tf.expandDims(total, 2), after); // [B, H, j, m], chunks after j
  const sums = tf.matMul(tf.reshape(rows, [-1, count]), after); // over m < i
  const masked = tf.add(
    tf.reshape(sums, [outer, heads, count, count]),
    tf.mul(tf.sub(1, after), never),
  );
  const decays = tf.exp(masked);
  return outer === batch ? decays : tf.mul(decays, tf.ones([batch, 1, 1, 1]));
}

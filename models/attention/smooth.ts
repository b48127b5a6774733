/**
 * Causal attention whose weights are averaged over P neighbouring keys, P = 2w + 1, with scores that
 * decay with distance: the attention of LaS (Zimerman, Wolf 2023, https://arxiv.org/abs/2311.16620).
 *
 * Averaging spreads weight to keys after the query, which the mask takes away again. To leave no
 * bit of them, the last w keys up to the query are weighed separately from the earlier ones:
 *
 *   o_i = Σ_{j ≤ i−w} P_ij ṽ_j + Σ_{i−w < j ≤ i} P_ij u_ij,
 *   ṽ_j = (v_{j−w} + … + v_{j+w}) / P,   u_ij = (v_{j−w} + … + v_i) / P
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dims, pad, splitSizes } from '../ops/tensors.ts';
import { attend, outOfReach } from './attention.ts';
import type { Heads } from './block.ts';
import { distances } from './positions.ts';

export interface Smoothing {
  /** α, one per head. */
  rates: number[];
  /** Whether e^(−α (i − j)) multiplies a score or α (i − j) is subtracted from it. */
  decay: 'multiplicative' | 'additive';
  /** Neighbours to either side that are averaged, w. */
  side: number;
}

/** q, k, v [B, H, n, C, dh] -> [B, H, n, Q, dh], for the last Q queries of each chunk. */
export function smoothAttention(
  { q, k, v }: Heads,
  { rates, decay, side }: Smoothing,
  wanted = q.shape[3]!,
): Tensor {
  const [, , , size, channels] = dims(k, 5);
  const rows = (t: Tensor) =>
    tf.slice(t, [0, 0, 0, size - wanted, 0], [...t.shape.slice(0, 3), wanted, t.shape[4]!]);
  const queries = rows(q);
  const isMultiplied = decay === 'multiplicative';
  const distance = distances(size - wanted, size); // [Q, C]
  const perHead = (numbers: number[]) => tf.tensor(numbers, [1, numbers.length, 1, 1, 1]);
  const decays = tf.mul(perHead(rates), tf.relu(distance)); // [1, H, 1, Q, C]
  // Later keys are not seen, and those nearer than `side` are weighed apart.
  const later = tf.mul(tf.cast(tf.less(distance, side), 'float32'), outOfReach);
  const far = attend({
    q: queries,
    k,
    v: side === 0 ? v : tf.mul(sumOfShifts(v, -side, side), 1 / (2 * side + 1)),
    factor: isMultiplied ? tf.exp(tf.neg(decays)) : undefined,
    bias: isMultiplied ? later : tf.sub(later, decays),
    logSum: side > 0,
  });
  if (side === 0) return far;

  const [before, logSum] = splitSizes(far, [channels, 1], 4);
  const scores = [logSum];
  const values = [before];
  for (let back = 0; back < side; back++) {
    const products = tf.sum(tf.mul(queries, rows(sumOfShifts(k, -back, -back))), 4, true);
    const decay = perHead(rates.map((rate) => rate * back));
    const score = isMultiplied ? tf.mul(products, tf.exp(tf.neg(decay))) : tf.sub(products, decay);
    // The first tokens have no key at that distance.
    const missing = Float32Array.from({ length: wanted }, (_, i) =>
      size - wanted + i < back ? outOfReach : 0,
    );
    scores.push(tf.add(score, tf.tensor(missing, [1, 1, 1, wanted, 1])));
    const average = tf.mul(sumOfShifts(v, -back - side, 0), 1 / (2 * side + 1));
    values.push(rows(average));
  }
  const parts = tf.split(tf.softmax(tf.concat(scores, 4)), scores.length, 4);
  return tf.addN(values.map((value, i) => tf.mul(value, parts[i]!)));
}

/** Σ over t from `from` to `to` of x_{j+t}, 0 beyond the ends: x [B, H, n, C, c], of that shape. */
function sumOfShifts(x: Tensor, from: number, to: number): Tensor {
  const size = x.shape[3]!;
  const [before, after] = [Math.max(0, -from), Math.max(0, to)];
  const padded = before + after === 0 ? x : pad(x, 3, before, after);
  const shifts = Array.from({ length: to - from + 1 }, (_, t) =>
    tf.slice(padded, [0, 0, 0, before + from + t, 0], [...x.shape.slice(0, 3), size, x.shape[4]!]),
  );
  return shifts.length === 1 ? shifts[0]! : tf.addN(shifts);
}

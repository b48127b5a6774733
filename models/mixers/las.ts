/**
 * Local and smooth (LaS) attention (Zimerman, Wolf 2023, https://arxiv.org/abs/2311.16620), causal:
 *
 *   LaS_h(Q, K, V) = AP(softmax(e^(−α_h D) ∘ (Q Kᵀ / √dh))) V,   D_ij = i − j for j ≤ i
 *
 * with one rate α a head, 0 for the first, and AP the average of P neighbouring weights of a row,
 * zeros beyond the chunk's ends. The product with the decay raises negative scores and leaves far
 * keys the weight e^0: it flattens and does not cut off. `additive` subtracts α D instead.
 *
 * Averaging spreads weight to keys after the query, which the mask takes away again. So that no bit
 * of them is left, the last w = (P − 1)/2 keys up to the query are weighed apart from those before:
 *
 *   o_i = Σ_{j ≤ i−w} P_ij ṽ_j + Σ_{i−w < j ≤ i} P_ij u_ij,
 *   ṽ_j = (v_{j−w} + … + v_{j+w}) / P,   u_ij = (v_{j−w} + … + v_i) / P
 *
 * The paper draws the rates exponential-uniformly in [0, B]; here they are spaced evenly by their
 * logarithms over the two decades up to B, or given. With `chunk` tokens attend within disjoint
 * chunks, which makes the cost L · chunk.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { attend, attentionParameters, checkHeads, mergeHeads, outOfReach } from '../attention.ts';
import { projectHeads, type Heads } from '../blockAttention.ts';
import { distances } from '../distances.ts';
import type { MixerDefinition } from '../mixer.ts';
import { additive, checkRotary, positionsWithoutAlibi } from '../positions.ts';
import { blocks, unblock } from '../windows.ts';

const options = z.strictObject({
  /** Whether e^(−αD) multiplies the scores or αD is subtracted from them. */
  decay: z.enum(['multiplicative', 'additive']).default('multiplicative'),
  /** One rate a head, the first of them 0 for a plain head; none for those of `bound`. */
  alphas: z.array(z.number().min(0)).default([]),
  /** B, the largest of the rates that are not given. */
  bound: z.number().positive().default(0.5),
  /** Weights of a row that are averaged, P; 1 for none. */
  smoothing: z.int().min(1).max(5).default(3),
  /** Tokens a chunk that attention stays within; 0 for the whole sequence. */
  chunk: z.int().min(0).default(0),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: positionsWithoutAlibi.default('none'),
});

export const las: MixerDefinition<typeof options> = {
  name: 'las',
  title: 'LaS attention',
  family: 'attention',
  year: 2023,
  paper: {
    title: 'Viewing Transformers Through the Lens of Long Convolutions Layers',
    url: 'https://arxiv.org/abs/2311.16620',
  },
  causal: true,
  cost: 'L²',
  options,
  create(shape, { decay, alphas, bound, smoothing, chunk, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    checkRotary(positions, width / heads);
    if (smoothing % 2 === 0) {
      throw new RangeError(`option smoothing: ${smoothing} is even; expected one of 1, 3, 5`);
    }
    if (alphas.length > 0 && alphas.length !== heads) {
      throw new RangeError(
        `option alphas: there are ${alphas.length} rates for ${heads} heads; expected one a head`,
      );
    }
    const size = Math.min(chunk || length, length);
    const rates = alphas.length > 0 ? alphas : defaultRates(heads, bound);
    const side = (smoothing - 1) / 2;
    return {
      parameters: attentionParameters(shape),
      reach: chunk === 0 ? Infinity : chunk - 1,
      positions: additive(positions),
      stateSize: 2 * size * width,
      // Padding comes last, and no token sees what comes after it: the mask has nothing to add.
      apply(x, p, { lastOnly }) {
        const batch = x.shape[0]!;
        // To the last token, its chunk is all there is.
        const first = lastOnly ? Math.floor((length - 1) / size) * size : 0;
        const tokens = length - first;
        const channels = width / heads;
        const seen = tf.slice(x, [0, first, 0], [batch, tokens, width]);
        const inChunks = (t: Tensor) => {
          const rows = tf.reshape(t, [batch * heads, tokens, channels]);
          const cut = blocks(rows, Math.min(size, tokens));
          return tf.reshape(cut, [batch, heads, ...cut.shape.slice(1)]); // [B, H, n, C, dh]
        };
        const { q, k, v } = projectHeads(seen, p, heads, positions);
        const chunks = { q: inChunks(q), k: inChunks(k), v: inChunks(v) };
        const o = smoothAttention(chunks, { rates, decay, side }, lastOnly ? 1 : undefined);
        const rows = tf.reshape(o, [batch * heads, ...o.shape.slice(2)]);
        const whole = unblock(rows, lastOnly ? 1 : tokens);
        return mergeHeads(tf.reshape(whole, [batch, heads, -1, channels]), p);
      },
    };
  },
};

/** Evenly spaced logarithms from bound / 100 to bound, after a 0. */
function defaultRates(heads: number, bound: number): number[] {
  const steps = Math.max(1, heads - 2);
  return Array.from({ length: heads }, (_, h) =>
    h === 0 ? 0 : bound * 100 ** ((h - heads + 1) / steps),
  );
}

interface Smoothing {
  rates: number[];
  decay: 'multiplicative' | 'additive';
  /** Neighbours to either side that are averaged, w. */
  side: number;
}

/** q, k, v [B, H, n, C, dh] -> [B, H, n, Q, dh], for the last Q queries of each chunk. */
function smoothAttention(
  { q, k, v }: Heads,
  { rates, decay, side }: Smoothing,
  wanted = q.shape[3]!,
): Tensor {
  const [size, channels] = k.shape.slice(3) as [number, number];
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

  const [before, logSum] = tf.split(far, [channels, 1], 4) as [Tensor, Tensor];
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
  const padded =
    before + after === 0
      ? x
      : tf.pad(x, [
          [0, 0],
          [0, 0],
          [0, 0],
          [before, after],
          [0, 0],
        ]);
  const shifts = Array.from({ length: to - from + 1 }, (_, t) =>
    tf.slice(padded, [0, 0, 0, before + from + t, 0], [...x.shape.slice(0, 3), size, x.shape[4]!]),
  );
  return shifts.length === 1 ? shifts[0]! : tf.addN(shifts);
}

/**
 * Local and smooth (LaS) attention (Zimerman, Wolf 2023, https://arxiv.org/abs/2311.16620), causal:
 *
 *   LaS_h(Q, K, V) = AP(softmax(e^(−α_h D) ∘ (Q Kᵀ / √dh))) V,   D_ij = i − j for j ≤ i
 *
 * with one rate α per head, 0 for the first, and AP the average of P neighbouring weights of a row,
 * zeros beyond the chunk's ends. The product with the decay raises negative scores and leaves far
 * keys the weight e^0: it flattens and does not cut off. `additive` subtracts α D instead. Weight that
 * averaging spreads to keys after the query is taken away again.
 *
 * The paper draws the rates exponential-uniformly in [0, B]; here they are spaced evenly by their
 * logarithms over the two decades up to B, or given. With `chunk` tokens attend within disjoint
 * chunks, which makes the cost L · chunk.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { OptionError } from '../../core/errors.ts';
import { attentionParameters, checkHeads, mergeHeads } from '../attention/attention.ts';
import { projectHeads } from '../attention/block.ts';
import { additive, checkRotary, positionsWithoutAlibi } from '../attention/positions.ts';
import { smoothAttention } from '../attention/smooth.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { blocks, unblock } from '../ops/windows.ts';

const options = z.strictObject({
  /** Whether e^(−αD) multiplies the scores or αD is subtracted from them. */
  decay: z.enum(['multiplicative', 'additive']).default('multiplicative'),
  /** One rate per head, 0 for a plain head; rates by `bound` where there are none. */
  alphas: z.array(z.number().min(0)).default([]),
  /** B, the largest of the rates that are not given. */
  bound: z.number().positive().lt(1).default(0.5),
  /** Weights of a row that are averaged, P; 1 for none. */
  smoothing: z.int().min(1).max(5).default(3),
  /** Tokens per chunk that attention stays within; 0 for the whole sequence. */
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
    title: 'On the Long Range Abilities of Transformers',
    url: 'https://arxiv.org/abs/2311.16620',
  },
  causal: true,
  cost: 'L²',
  notes: [
    'The authors’ code is not public. The order of softmax, product and average follows Figure 2 of the paper, and has been compared with no code of theirs.',
    'Weight that averaging spreads to later tokens is taken away again; without that, a layer would see one token of the future.',
    'Rates are spaced evenly on a logarithmic axis; the paper draws them.',
  ],
  options,
  create(shape, { decay, alphas, bound, smoothing, chunk, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    checkRotary(positions, width / heads);
    if (smoothing % 2 === 0) {
      throw new OptionError(`option smoothing: ${smoothing} is even; expected one of 1, 3, 5`);
    }
    if (alphas.length > 0 && alphas.length !== heads) {
      throw new OptionError(
        `option alphas: there are ${alphas.length} rates for ${heads} heads; expected one per head`,
      );
    }
    const size = Math.min(chunk || length, length);
    const rates = alphas.length > 0 ? alphas : defaultRates(heads, bound);
    const side = (smoothing - 1) / 2;
    return buildMixer({
      parameters: attentionParameters(shape),
      reach: chunk === 0 ? Infinity : chunk - 1,
      positions: additive(positions),
      stateSize: 2 * size * width,
      // Padding comes last, and no token sees what comes after it: the mask changes nothing.
      apply(x, p, { lastOnly }) {
        const batch = x.shape[0];
        // The last token attends only within its own chunk.
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
    });
  },
};

/** Evenly spaced logarithms from bound / 100 to bound, after a 0. */
function defaultRates(heads: number, bound: number): number[] {
  const steps = Math.max(1, heads - 2);
  return Array.from({ length: heads }, (_, h) =>
    h === 0 ? 0 : bound * 100 ** ((h - heads + 1) / steps),
  );
}

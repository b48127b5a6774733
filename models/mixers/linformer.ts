/**
 * Linformer (Wang et al. 2020, https://arxiv.org/abs/2006.04768): attention to `rank` mixtures of
 * the keys and values, whose weights by position are learned:
 *
 *   o = softmax(q (Eᵀ k)ᵀ / √dh) (Fᵀ v),   E, F [L, rank]
 *
 * E and F start normal with variance 1/L, which keeps the variance of keys and values. Padded keys
 * and values are 0.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import {
  attend,
  attentionParameters,
  checkHeads,
  mergeHeads,
  projection,
  splitHeads,
} from '../attention/attention.ts';
import { addedPositions, additive } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { dense, denseColumns } from '../ops/dense.ts';
import { fanIn } from '../ops/initialise.ts';
import { usedPositions } from '../ops/readout.ts';
import { split } from '../ops/tensors.ts';
import type { Parameter } from '../parameters.ts';

const options = z.strictObject({
  /** Mixtures that queries attend to; the length where that is less. */
  rank: z.int().min(1).default(64),
  /** What shares a projection: nothing, all heads, or all heads and both keys and values (E = F). */
  sharing: z.enum(['none', 'heads', 'key-value']).default('key-value'),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: addedPositions.default('learned'),
});

export const linformer: MixerDefinition<typeof options> = {
  name: 'linformer',
  title: 'Linformer',
  family: 'efficient attention',
  year: 2020,
  paper: {
    title: 'Linformer: Self-Attention with Linear Complexity',
    url: 'https://arxiv.org/abs/2006.04768',
  },
  causal: false,
  cost: 'L·rank',
  notes: ['64 mixtures of positions (option rank), where the Long Range Arena’s code has 16.'],
  options,
  create(shape, { rank, sharing, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    const mixtures = Math.min(rank, length);
    const project = (): Parameter => ({
      shape: sharing === 'none' ? [heads, length, mixtures] : [length, mixtures],
      initialise: fanIn(length),
      perPosition: true,
    });
    const projections =
      sharing === 'key-value' ? { mix: project() } : { mixKeys: project(), mixValues: project() };
    return buildMixer({
      parameters: { ...attentionParameters(shape), ...projections },
      reach: Infinity,
      positions: additive(positions),
      stateSize: 2 * mixtures * width,
      apply(x, p, { mask, lastOnly }) {
        const batch = x.shape[0];
        const channels = width / heads;
        const queries = usedPositions(x, lastOnly);
        const q = splitHeads(dense(queries, ...projection(p, 0, width)), heads); // [B, H, Q, dh]
        const all = denseColumns(x, ...projection(p, width, 2 * width)); // [B, 2d, L]
        const real = mask ? tf.mul(all, tf.reshape(mask, [batch, 1, length])) : all;
        const [k, v] = split(real, 2, 1); // [B, d, L]
        /** -> [B, H, dh, rank] */
        const mix = (t: Tensor, weights: Tensor) => {
          const result = [batch, heads, channels, mixtures];
          if (weights.rank === 2) {
            return tf.reshape(tf.matMul(tf.reshape(t, [batch * width, length]), weights), result);
          }
          const byHead = tf.reshape(t, [batch, heads, channels, length]);
          const rows = tf.reshape(tf.transpose(byHead, [1, 0, 2, 3]), [
            heads,
            batch * channels,
            length,
          ]);
          const mixed = tf.reshape(tf.matMul(rows, weights), [heads, batch, channels, mixtures]);
          return tf.transpose(mixed, [1, 0, 2, 3]);
        };
        const [ofKeys, ofValues] = p.mix ? [p.mix, p.mix] : [p.mixKeys, p.mixValues];
        const o = attend({
          q: tf.mul(q, 1 / Math.sqrt(channels)),
          k: mix(k, ofKeys),
          v: mix(v, ofValues),
          channelsFirst: true,
        });
        return mergeHeads(o, p);
      },
    });
  },
};

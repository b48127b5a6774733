/**
 * Sliding-window attention, as in Longformer without its global tokens (Beltagy et al. 2020,
 * https://arxiv.org/abs/2004.05150): softmax attention over the keys with |i − j| ≤ window.
 *
 * Blocks of `window` tokens attend to themselves and to both neighbours, so time and memory are
 * L · window. Keys further away get weight exactly 0: n layers see n · window tokens to either
 * side and not one bit of anything beyond, which is what reach certificates are checked with.
 */
import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { attentionParameters, checkHeads, mergeHeads } from '../attention/attention.ts';
import { blockAttention, projectHeads } from '../attention/block.ts';
import { fullAttention } from '../attention/full.ts';
import { additive, alibiSlopes, checkRotary, positionsSchema } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';

const options = z.strictObject({
  /** Tokens to either side that a token attends to in one layer. */
  window: z.int().min(1).default(16),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: positionsSchema.default('learned'),
});

export const local: MixerDefinition<typeof options> = {
  name: 'local',
  title: 'Local attention',
  family: 'local attention',
  year: 2020,
  paper: {
    title: 'Longformer: The Long-Document Transformer',
    url: 'https://arxiv.org/abs/2004.05150',
  },
  causal: false,
  cost: 'L·window',
  notes: [
    'A sliding window; the Long Range Arena’s “local attention” is block-local, a model of its own here.',
  ],
  options,
  create(shape, { window, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    checkRotary(positions, width / heads);
    const pattern = { size: Math.min(window, length), neighbours: 1, window } as const;
    const slopes = positions === 'alibi' ? alibiSlopes(heads) : [0];
    return buildMixer({
      parameters: attentionParameters(shape),
      reach: window,
      positions: additive(positions),
      stateSize: 2 * Math.min(2 * window + 1, length) * width,
      apply(x, p, { mask, lastOnly }) {
        if (lastOnly) {
          // The last token attends only to its window.
          const batch = x.shape[0];
          const tail = Math.min(window + 1, length);
          const seen = tf.slice(x, [0, length - tail, 0], [batch, tail, width]);
          const real = mask && tf.slice(mask, [0, length - tail], [batch, tail]);
          return fullAttention(seen, p, { heads, positions }, { mask: real, lastOnly });
        }
        return mergeHeads(
          blockAttention(projectHeads(x, p, heads, positions), pattern, slopes, mask),
          p,
        );
      },
    });
  },
};

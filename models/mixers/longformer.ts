/**
 * Longformer (Beltagy et al. 2020, https://arxiv.org/abs/2004.05150): a sliding window of
 * |i − j| ≤ window, and a few global tokens that see all tokens and are seen by all. What a global
 * token sees goes through projections of its own:
 *
 *   o_i = Σ_j P_ij v_j,   P = softmax over the window and the global tokens of q_i · k_j / √dh
 *   o_g = Σ_j P_gj v'_j,  P = softmax over all tokens of q'_g · k'_j / √dh
 *
 * The global tokens are those at the two ends: the first ones, where a classification token stands,
 * and the last ones, where a question stands and the answer is read. So one layer takes a read-out
 * at the last position anywhere.
 */
import { z } from 'zod';
import { attentionParameters, checkHeads, mergeHeads } from '../attention/attention.ts';
import { blockAttention, projectHeads, withSeeingEnds } from '../attention/block.ts';
import { additive, checkRotary, positionsWithoutAlibi } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { usedPositions } from '../ops/readout.ts';
import { bias, matrix } from '../parameters.ts';

const options = z.strictObject({
  /** Tokens to either side that a token attends to in one layer. */
  window: z.int().min(1).default(16),
  /** Global tokens at each end of the sequence. */
  global: z.int().min(1).default(1),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: positionsWithoutAlibi.default('learned'),
});

export const longformer: MixerDefinition<typeof options> = {
  name: 'longformer',
  title: 'Longformer',
  family: 'efficient attention',
  year: 2020,
  paper: {
    title: 'Longformer: The Long-Document Transformer',
    url: 'https://arxiv.org/abs/2004.05150',
  },
  causal: false,
  cost: 'L·window',
  notes: ['The last token is global too, because questions are read there.'],
  stretches: () =>
    'Its global tokens stand at both ends, so others are global in a longer sequence.',
  options,
  create(shape, { window, global, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    checkRotary(positions, width / heads);
    const first = Math.min(global, length);
    const ends = { first, last: Math.min(global, length - first) };
    const pattern = { size: Math.min(window, length), neighbours: 1, window, ends };
    return buildMixer({
      parameters: {
        ...attentionParameters(shape),
        globalQkv: matrix(width, 3 * width),
        globalQkvBias: bias(3 * width),
      },
      reach: Infinity,
      positions: additive(positions),
      stateSize: 2 * length * width,
      apply(x, p, { mask, lastOnly }) {
        const near = blockAttention(projectHeads(x, p, heads, positions), pattern, [0], mask);
        const seeing = projectHeads(
          x,
          { qkv: p.globalQkv, qkvBias: p.globalQkvBias },
          heads,
          positions,
        );
        const merged = mergeHeads(withSeeingEnds(near, seeing, ends, mask), p);
        return usedPositions(merged, lastOnly);
      },
    });
  },
};

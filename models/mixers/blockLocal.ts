/**
 * Attention within disjoint blocks: token i attends to token j where ⌊i/b⌋ = ⌊j/b⌋, or, with
 * neighbours, where |⌊i/b⌋ − ⌊j/b⌋| ≤ 1 (Xiong et al. 2021, https://arxiv.org/abs/2112.07210, who
 * find that blocks need not overlap; the Long Range Arena's "local attention" is of this kind).
 *
 * Blocks are contiguous tokens. Disjoint blocks see nothing of each other however many layers there
 * are; with neighbours each layer lets a token see one block further. Time and memory are L · block.
 */
import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { attentionParameters, checkHeads, mergeHeads } from '../attention/attention.ts';
import { blockAttention, projectHeads } from '../attention/block.ts';
import { fullAttention } from '../attention/full.ts';
import { additive, alibiSlopes, checkRotary, positionsSchema } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';

const options = z.strictObject({
  /** Tokens per block, b. */
  block: z.int().min(1).default(16),
  /** Blocks to either side that a token attends to besides its own. */
  neighbours: z.int().min(0).max(1).default(0),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: positionsSchema.default('learned'),
});

export const blockLocal: MixerDefinition<typeof options> = {
  name: 'block-local',
  title: 'Block-local attention',
  family: 'local attention',
  year: 2021,
  paper: {
    title: 'Simple Local Attentions Remain Competitive for Long-Context Tasks',
    url: 'https://arxiv.org/abs/2112.07210',
  },
  causal: false,
  cost: 'L·block',
  options,
  create(shape, { block, neighbours, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    checkRotary(positions, width / heads);
    const pattern = { size: Math.min(block, length), neighbours };
    const slopes = positions === 'alibi' ? alibiSlopes(heads) : [0];
    return buildMixer({
      parameters: attentionParameters(shape),
      // From one end of a block to the far end of the blocks that it sees.
      reach: (1 + neighbours) * block - 1,
      // Each layer adds as many blocks as it has neighbours: none where they are disjoint.
      reachOf: (layers) => (1 + neighbours * layers) * block - 1,
      positions: additive(positions),
      stateSize: 2 * Math.min((1 + 2 * neighbours) * block, length) * width,
      apply(x, p, { mask, lastOnly }) {
        if (lastOnly) {
          // The last token attends only to its block and, with neighbours, the one before.
          const batch = x.shape[0];
          const blocksBefore = Math.floor((length - 1) / block) - neighbours;
          const first = Math.max(0, blocksBefore * block);
          const tail = length - first;
          const seen = tf.slice(x, [0, first, 0], [batch, tail, width]);
          const real = mask && tf.slice(mask, [0, first], [batch, tail]);
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

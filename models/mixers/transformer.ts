/**
 * Full softmax attention, the mixer of the Transformer (Vaswani et al. 2017,
 * https://arxiv.org/abs/1706.03762), bidirectional:
 *
 *   y = [o_1 … o_H] W_o,   o_h = softmax(q_h k_hᵀ / √dh) v_h,   [q k v] = x W_qkv
 *
 * with every kind of positions that the debate about long-range benchmarks turns on.
 */
import { z } from 'zod';
import { attentionParameters, checkHeads } from '../attention/attention.ts';
import { fullAttention } from '../attention/full.ts';
import { additive, checkRotary, positionsSchema } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';

const options = z.strictObject({
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: positionsSchema.default('learned'),
});

export const transformer: MixerDefinition<typeof options> = {
  name: 'transformer',
  title: 'Transformer',
  family: 'attention',
  year: 2017,
  paper: { title: 'Attention Is All You Need', url: 'https://arxiv.org/abs/1706.03762' },
  causal: false,
  cost: 'L²',
  options,
  create(shape, options) {
    const { length, width } = shape;
    checkHeads(options.heads, width);
    checkRotary(options.positions, width / options.heads);
    return buildMixer({
      parameters: attentionParameters(shape),
      reach: Infinity,
      positions: additive(options.positions),
      stateSize: 2 * length * width,
      apply: (x, p, input) => fullAttention(x, p, options, input),
    });
  },
};

/**
 * Full softmax attention, the mixer of the Transformer (Vaswani et al. 2017,
 * https://arxiv.org/abs/1706.03762), bidirectional:
 *
 *   y = [o_1 … o_H] W_o,   o_h = softmax(q_h k_hᵀ / √dh) v_h,   [q k v] = x W_qkv
 *
 * with every kind of positions that the debate about long-range benchmarks turns on.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import {
  attend,
  attentionParameters,
  checkHeads,
  mergeHeads,
  padding,
  project,
} from '../attention.ts';
import type { MixerDefinition } from '../mixer.ts';
import { additive, alibiSlopes, checkRotary, positionsSchema, rotate } from '../positions.ts';

const options = z.strictObject({
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: positionsSchema.default('sinusoidal'),
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
  create(shape, { heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    checkRotary(positions, width / heads);
    const turn = positions === 'rotary' ? rotate : (x: Tensor) => x;
    return {
      parameters: attentionParameters(shape),
      reach: Infinity,
      positions: additive(positions),
      stateSize: 2 * length * width,
      apply(x, p, { mask }) {
        const [q, k, v] = tf.split(project(x, p, heads), 3) as [Tensor, Tensor, Tensor]; // [H, B, L, dh]
        const o = attend({
          q: tf.mul(turn(q), Math.sqrt(heads / width)),
          k: turn(k),
          v,
          bias: positions === 'alibi' ? distanceBias(heads, length) : undefined,
          keyBias: mask && paddingBias(mask, heads),
        });
        return mergeHeads(o, p);
      },
    };
  },
};

/** −slope_h · |i − j|: [H, 1, L, L]. */
function distanceBias(heads: number, length: number): Tensor {
  const bias = new Float32Array(heads * length * length);
  alibiSlopes(heads).forEach((slope, h) => {
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < length; j++) {
        bias[(h * length + i) * length + j] = -slope * Math.abs(i - j);
      }
    }
  });
  return tf.tensor4d(bias, [heads, 1, length, length]);
}

/** mask [B, L] -> [H, B, L, 1]. */
function paddingBias(mask: Tensor, heads: number): Tensor {
  const [batch, length] = mask.shape as [number, number];
  const bias = tf.mul(tf.sub(1, mask), padding);
  return tf.mul(tf.reshape(bias, [1, batch, length, 1]), tf.ones([heads, 1, 1, 1]));
}

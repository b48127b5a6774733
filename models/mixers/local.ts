/**
 * Sliding-window attention, as in Longformer without its global tokens (Beltagy et al. 2020,
 * https://arxiv.org/abs/2004.05150): softmax attention over the keys with |i − j| ≤ window.
 *
 * Blocks of `window` tokens attend to themselves and to both neighbours, so time and memory are
 * L · window. Keys further away get weight exactly 0: n layers see n · window tokens to either
 * side and not one bit of anything beyond, which is what reach certificates are checked with.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import {
  attend,
  attentionParameters,
  checkHeads,
  mergeHeads,
  outOfReach,
  padding,
  splitHeads,
} from '../attention.ts';
import { dense } from '../dense.ts';
import { fullAttention } from '../fullAttention.ts';
import type { MixerDefinition } from '../mixer.ts';
import { additive, alibiSlopes, checkRotary, positionsSchema, rotate } from '../positions.ts';
import { blocks, unblock, windows } from '../windows.ts';

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
  options,
  create(shape, { window, heads, positions }) {
    const { length, width } = shape;
    const channels = width / heads;
    checkHeads(heads, width);
    checkRotary(positions, channels);
    const turn = positions === 'rotary' ? rotate : (x: Tensor) => x;
    const size = Math.min(window, length);
    const slopes = positions === 'alibi' ? alibiSlopes(heads) : [0];
    return {
      parameters: attentionParameters(shape),
      reach: window,
      positions: additive(positions),
      stateSize: 2 * Math.min(2 * window + 1, length) * width,
      apply(x, p, { mask, lastOnly }) {
        const batch = x.shape[0]!;
        if (lastOnly) {
          // To the last token, all that is in its window is all there is.
          const tail = Math.min(window + 1, length);
          const seen = tf.slice(x, [0, length - tail, 0], [batch, tail, width]);
          const real = mask && tf.slice(mask, [0, length - tail], [batch, tail]);
          return fullAttention(seen, p, { heads, positions }, { mask: real, lastOnly });
        }
        const qkv = splitHeads(dense(x, p.qkv!, p.qkvBias!), 3 * heads);
        const [q, k, v] = tf.split(qkv, 3, 1) as [Tensor, Tensor, Tensor]; // [B, H, L, dh]
        const rows = (t: Tensor) => tf.reshape(t, [batch * heads, length, channels]);
        const perHead = (t: Tensor) => tf.reshape(t, [batch, heads, ...t.shape.slice(1)]);
        const o = attend({
          q: perHead(blocks(rows(tf.mul(turn(q), Math.sqrt(1 / channels))), size)), // [B, H, n, size, dh]
          k: perHead(windows(rows(turn(k)), size)), // [B, H, n, 3·size, dh]
          v: perHead(windows(rows(v), size)),
          bias: windowBias(length, size, window, slopes),
          keyBias: mask && paddingBias(mask, size, heads),
        });
        const whole = unblock(tf.reshape(o, [batch * heads, ...o.shape.slice(2)]), length);
        return mergeHeads(perHead(whole), p);
      },
    };
  },
};

/** 0 within the window, less slope · distance; `outOfReach` elsewhere: [1, slopes, n, size, 3·size]. */
function windowBias(length: number, size: number, window: number, slopes: number[]): Tensor {
  const count = Math.ceil(length / size);
  const bias = new Float32Array(slopes.length * count * size * 3 * size);
  let at = 0;
  for (const slope of slopes) {
    for (let i = 0; i < count * size; i++) {
      const first = (Math.floor(i / size) - 1) * size;
      for (let j = first; j < first + 3 * size; j++) {
        const distance = Math.abs(i - j);
        const reached = distance <= window && j >= 0 && j < length;
        bias[at++] = reached ? -slope * distance : outOfReach;
      }
    }
  }
  return tf.tensor(bias, [1, slopes.length, count, size, 3 * size]);
}

/** mask [B, L] -> [B, H, n, 3·size, 1]. */
function paddingBias(mask: Tensor, size: number, heads: number): Tensor {
  const bias = windows(tf.expandDims(tf.mul(tf.sub(1, mask), padding), 2), size); // [B, n, 3·size, 1]
  return tf.mul(tf.expandDims(bias, 1), tf.ones([1, heads, 1, 1, 1]));
}

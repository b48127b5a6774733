/**
 * Softmax attention of every token to every token, with any kind of positions.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { attend, mergeHeads, padding, project } from './attention.ts';
import type { MixerInput, Parameters } from './mixer.ts';
import { alibiSlopes, rotate, type Positions } from './positions.ts';

/** x [B, L, d] -> [B, L, d], or [B, 1, d] for the last token alone. */
export function fullAttention(
  x: Tensor,
  p: Parameters,
  { heads, positions }: { heads: number; positions: Positions },
  { mask, lastOnly }: MixerInput,
): Tensor {
  const [, length, width] = x.shape as [number, number, number];
  const { q, k, v } = project(x, p, heads, lastOnly);
  const turn = positions === 'rotary' ? rotate : (x: Tensor) => x;
  const first = lastOnly ? length - 1 : 0;
  const o = attend({
    q: tf.mul(turn(q, first), Math.sqrt(heads / width)),
    k: turn(k),
    v,
    bias: positions === 'alibi' ? distanceBias(heads, first, length) : undefined,
    keyBias: mask && paddingBias(mask, heads),
  });
  return mergeHeads(o, p);
}

/** −slope_h · |i − j| for queries from `first` on: [H, 1, length − first, length]. */
function distanceBias(heads: number, first: number, length: number): Tensor {
  const queries = length - first;
  const bias = new Float32Array(heads * queries * length);
  let at = 0;
  for (const slope of alibiSlopes(heads)) {
    for (let i = first; i < length; i++) {
      for (let j = 0; j < length; j++) bias[at++] = -slope * Math.abs(i - j);
    }
  }
  return tf.tensor4d(bias, [heads, 1, queries, length]);
}

/** mask [B, L] -> [H, B, L, 1]. */
function paddingBias(mask: Tensor, heads: number): Tensor {
  const [batch, length] = mask.shape as [number, number];
  const bias = tf.mul(tf.sub(1, mask), padding);
  return tf.mul(tf.reshape(bias, [1, batch, length, 1]), tf.ones([heads, 1, 1, 1]));
}

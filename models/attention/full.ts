/**
 * Softmax attention of every token to every token, with any kind of positions.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { MixerInput } from '../mixer.ts';
import { dense, denseColumns } from '../ops/dense.ts';
import { usedPositions } from '../ops/readout.ts';
import { dims, split } from '../ops/tensors.ts';
import {
  attend,
  mergeHeads,
  padding,
  projection,
  splitHeads,
  type AttentionTensors,
} from './attention.ts';
import { alibiSlopes, distances, rotate, type Positions } from './positions.ts';

/** x [B, L, d] -> [B, L, d], or [B, 1, d] for the last token alone. */
export function fullAttention(
  x: Tensor,
  p: AttentionTensors,
  { heads, positions }: { heads: number; positions: Positions },
  { mask, lastOnly }: MixerInput,
): Tensor {
  const [batch, length, width] = dims(x, 3);
  const channels = width / heads;
  const queries = usedPositions(x, lastOnly);
  const first = lastOnly ? length - 1 : 0;
  const q = splitHeads(dense(queries, ...projection(p, 0, width)), heads); // [B, H, Q, dh]
  const kv = denseColumns(x, ...projection(p, width, 2 * width)); // [B, 2d, L]
  const [k, v] = split(tf.reshape(kv, [batch, 2 * heads, channels, length]), 2, 1); // [B, H, dh, L]
  const isRotary = positions === 'rotary';
  const o = attend({
    q: tf.mul(isRotary ? rotate(q, first) : q, 1 / Math.sqrt(channels)),
    k: isRotary ? rotate(k, 0, true) : k,
    v,
    channelsFirst: true,
    bias: positions === 'alibi' ? distanceBias(heads, first, length) : undefined,
    keyBias: mask && paddingBias(mask, heads),
  });
  return mergeHeads(o, p);
}

/** −slope_h · |i − j| for queries from `first` on: [1, H, length − first, length]. */
function distanceBias(heads: number, first: number, length: number): Tensor {
  const slopes = tf.tensor(alibiSlopes(heads), [1, heads, 1, 1]);
  return tf.neg(tf.mul(slopes, tf.abs(distances(first, length))));
}

/** mask [B, L] -> [B, H, 1, L]. */
function paddingBias(mask: Tensor, heads: number): Tensor {
  const [batch, length] = dims(mask, 2);
  const bias = tf.mul(tf.sub(1, mask), padding);
  return tf.mul(tf.reshape(bias, [batch, 1, 1, length]), tf.ones([1, heads, 1, 1]));
}

/**
 * Sparse Transformer, the strided pattern (Child et al. 2019, https://arxiv.org/abs/1904.10509) with
 * each half of the heads attending to one of its two sets of keys:
 *
 *   local:    |i − j| ≤ stride
 *   strided:  i ≡ j (mod stride)
 *
 * With a stride near √L both halves take L√L, and two layers take any token to any other. The paper
 * generates and looks back only; here both directions are seen, as in the Long Range Arena's
 * encoders.
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
} from '../attention/attention.ts';
import { blockAttention, projectHeads, type Heads } from '../attention/block.ts';
import { additive, checkRotary, positionsWithoutAlibi } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { dims } from '../ops/tensors.ts';
import { blocks, unblock } from '../ops/windows.ts';

const options = z.strictObject({
  /** Distance between the keys of the strided heads, and reach of the local ones; 0 for ⌈√L⌉. */
  stride: z.int().min(0).default(0),
  /** Attention heads, half of them local and half strided; divides the width. */
  heads: z.int().min(2).multipleOf(2).default(4),
  positions: positionsWithoutAlibi.default('learned'),
});

export const sparse: MixerDefinition<typeof options> = {
  name: 'sparse',
  title: 'Sparse Transformer',
  family: 'efficient attention',
  year: 2019,
  paper: {
    title: 'Generating Long Sequences with Sparse Transformers',
    url: 'https://arxiv.org/abs/1904.10509',
  },
  causal: false,
  cost: 'L√L',
  stretches: ({ stride }) =>
    stride === 0
      ? 'Its stride is the root of the length, so it attends to other distances in a longer sequence.'
      : undefined,
  options,
  create(shape, { stride, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    checkRotary(positions, width / heads);
    const apart = Math.min(stride || Math.ceil(Math.sqrt(length)), length);
    const pattern = { size: apart, neighbours: 1, window: apart };
    return buildMixer({
      parameters: attentionParameters(shape),
      reach: Infinity,
      positions: additive(positions),
      stateSize: 2 * length * width,
      apply(x, p, { mask, lastOnly }) {
        const { q, k, v } = projectHeads(x, p, heads, positions);
        const half = (n: number): Heads => {
          const [batch, , ...rest] = dims(q, 4);
          const part = (t: Tensor) =>
            tf.slice(t, [0, (n * heads) / 2, 0, 0], [batch, heads / 2, ...rest]);
          return { q: part(q), k: part(k), v: part(v) };
        };
        const near = blockAttention(half(0), pattern, [0], mask);
        const far = stridedAttention(half(1), apart, mask);
        const o = tf.concat([near, far], 1); // [B, H, L, dh]
        const wanted = lastOnly
          ? tf.slice(o, [0, 0, length - 1, 0], [o.shape[0], heads, 1, -1])
          : o;
        return mergeHeads(wanted, p);
      },
    });
  },
};

/** Attention among the tokens with the same remainder by `stride`: -> [B, H, L, dh]. */
function stridedAttention({ q, k, v }: Heads, stride: number, mask?: Tensor): Tensor {
  const [batch, heads, length, channels] = dims(q, 4);
  const count = Math.ceil(length / stride);
  /** [M, L, c] -> [M, stride, n, c] */
  const byRemainder = (t: Tensor) => tf.transpose(blocks(t, stride), [0, 2, 1, 3]);
  const rows = (t: Tensor) =>
    tf.reshape(byRemainder(tf.reshape(t, [batch * heads, length, channels])), [
      batch,
      heads,
      stride,
      count,
      channels,
    ]);
  const bias = Float32Array.from({ length: stride * count }, (_, at) =>
    (at % count) * stride + Math.floor(at / count) < length ? 0 : outOfReach,
  );
  const outside = tf.tensor(bias, [1, 1, stride, count, 1]);
  const padded =
    mask && tf.expandDims(byRemainder(tf.mul(tf.sub(1, tf.expandDims(mask, 2)), padding)), 1);
  const o = attend({
    q: rows(q),
    k: rows(k),
    v: rows(v),
    keyBias: tf.mul(padded ? tf.add(padded, outside) : outside, tf.ones([batch, heads, 1, 1, 1])),
  }); // [B, H, stride, n, dh]
  const inOrder = tf.transpose(
    tf.reshape(o, [batch * heads, stride, count, channels]),
    [0, 2, 1, 3],
  );
  return tf.reshape(unblock(inOrder, length), [batch, heads, length, channels]);
}

/**
 * Reformer (Kitaev et al. 2020, https://arxiv.org/abs/2001.04451): attention to the keys that are
 * likely to be close, found by hashing. Queries and keys are shared, k = q / ‖q‖, and
 *
 *   h(x) = argmax [x R; −x R],   R normal and fixed
 *
 * is a token's bucket. Tokens sorted by bucket, then position, are cut into chunks, and a token
 * attends to those of its bucket in its chunk and the one before; to itself only if it sees no other:
 *
 *   o_i = Σ_{j ∈ P_i} softmax_j(q_i · k_j) v_j,   P_i the union over `rounds` hashes
 *
 * A key that n rounds have found counts 1/n in each. There are two buckets per chunk; many buckets are
 * the pairs of two hashes, as in the paper. A sequence of one chunk is not hashed. The directions R
 * are drawn once for an architecture, where the paper draws them anew at every step.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { checkHeads, mergeHeads, splitHeads } from '../attention/attention.ts';
import { hashedAttention } from '../attention/hashed.ts';
import { addedPositions, additive } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { dense } from '../ops/dense.ts';
import { createHashing, type Hashing } from '../ops/hashing.ts';
import { pad, split } from '../ops/tensors.ts';
import { bias, intoResidual, matrix } from '../parameters.ts';

const options = z.strictObject({
  /** Tokens per chunk. */
  chunk: z.int().min(1).default(32),
  /** Hashes, each with a sorting of its own. */
  rounds: z.int().min(1).max(8).default(2),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: addedPositions.default('learned'),
});

export const reformer: MixerDefinition<typeof options> = {
  name: 'reformer',
  title: 'Reformer',
  family: 'efficient attention',
  year: 2020,
  paper: { title: 'Reformer: The Efficient Transformer', url: 'https://arxiv.org/abs/2001.04451' },
  causal: false,
  cost: 'L log L',
  notes: [
    'Hashes are drawn once, where the paper draws them at every step; layers are not reversible, which saves memory and changes no result.',
  ],
  stretches: () =>
    'It has two hash buckets per chunk, so tokens fall into other buckets in a longer sequence.',
  options,
  create(shape, { chunk, rounds, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    const channels = width / heads;
    const size = Math.min(chunk, length);
    const hashing = reformerHashing(length, size, channels, rounds);
    return buildMixer({
      parameters: {
        qv: matrix(width, 2 * width),
        qvBias: bias(2 * width),
        output: intoResidual(width, shape),
        outputBias: bias(width),
      },
      reach: Infinity,
      positions: additive(positions),
      stateSize: 2 * length * width,
      apply(x, p, { mask, lastOnly }) {
        const batch = x.shape[0];
        const fill = Math.ceil(length / size) * size - length;
        const real = pad(mask ?? tf.ones([batch, length]), 1, 0, fill); // [B, L']
        const filled = pad(x, 1, 0, fill);
        const perHead = (t: Tensor) => tf.reshape(t, [batch * heads, -1, t.shape.at(-1)!]);
        const qv = splitHeads(dense(filled, p.qv, p.qvBias), 2 * heads);
        const [queries, values] = split(qv, 2, 1);
        const [q, v] = [perHead(queries), perHead(values)]; // [M, L', dh]
        const isReal = perHead(
          tf.mul(tf.reshape(real, [batch, 1, -1, 1]), tf.ones([1, heads, 1, 1])),
        );
        const o = hashedAttention(q, v, isReal, hashing, size); // [M, L', dh]
        const first = lastOnly ? length - 1 : 0;
        const rows = tf.slice(o, [0, first, 0], [batch * heads, length - first, channels]);
        return mergeHeads(tf.reshape(rows, [batch, heads, length - first, channels]), p);
      },
    });
  },
};

/** Two buckets per chunk; one round and one bucket for one chunk. */
export function reformerHashing(
  length: number,
  size: number,
  channels: number,
  rounds: number,
): Hashing {
  const count = Math.ceil(length / size);
  return count === 1 ? createHashing(channels, 1, 1) : createHashing(channels, rounds, 2 * count);
}

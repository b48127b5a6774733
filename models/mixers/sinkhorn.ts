/**
 * Sparse Sinkhorn attention (Tay et al. 2020, https://arxiv.org/abs/2002.11296): each head learns to
 * sort the blocks of the keys, and a block of queries attends to its own block and to the one that
 * sorting puts in its place:
 *
 *   s_a = Σ x_i over block a,   S = Sinkhorn((s W + c) / τ) [n, n],   k̃_a = Σ_b S_ab k_b
 *   o_i = softmax over the keys of block a and of k̃_a,  i in block a
 *
 * Sinkhorn makes a matrix of exponentials almost doubly stochastic by normalising its columns and
 * its rows in turn, rows last. The paper's Gumbel noise, which only explores, is left out. W has one
 * output a block and starts small enough for scores of variance 1.
 *
 * Padded tokens are 0, blocks of padding stay in their place, and a sorted key that is a share f of
 * tokens and for the rest padding is attended to with ln f added to its score.
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
} from '../attention/attention.ts';
import { projectHeads } from '../attention/block.ts';
import { addedPositions, additive } from '../attention/positions.ts';
import { buildMixer, type MixerDefinition } from '../mixer.ts';
import { dense } from '../ops/dense.ts';
import { fanIn, zeros } from '../ops/initialise.ts';
import { withoutPadding } from '../ops/readout.ts';
import { blocks } from '../ops/windows.ts';

const options = z.strictObject({
  /** Tokens per block; 0 for ⌈√L⌉. */
  block: z.int().min(0).default(0),
  /** Times that columns and rows are normalised. */
  iterations: z.int().min(1).default(5),
  /** τ; the lower, the closer to a permutation. */
  temperature: z.number().positive().default(0.75),
  /** Attention heads; divides the width. */
  heads: z.int().min(1).default(4),
  positions: addedPositions.default('learned'),
});

export const sinkhorn: MixerDefinition<typeof options> = {
  name: 'sinkhorn',
  title: 'Sinkhorn Transformer',
  family: 'efficient attention',
  year: 2020,
  paper: { title: 'Sparse Sinkhorn Attention', url: 'https://arxiv.org/abs/2002.11296' },
  causal: false,
  cost: 'L√L',
  notes: [
    'Columns are normalised first and rows last, so that rows sum to 1; the Long Range Arena’s code ends with columns and clips the exponentials to the range from 1/e to e. Gumbel noise is left out.',
  ],
  options,
  create(shape, { block, iterations, temperature, heads, positions }) {
    const { length, width } = shape;
    checkHeads(heads, width);
    const channels = width / heads;
    const size = Math.min(block || Math.ceil(Math.sqrt(length)), length);
    const count = Math.ceil(length / size);
    const outputs = heads * count;
    return buildMixer({
      parameters: {
        ...attentionParameters(shape),
        sort: {
          shape: [width, outputs],
          initialise: fanIn(width * size),
          perPosition: true,
        },
        sortBias: { shape: [outputs], initialise: zeros, decay: false, perPosition: true },
      },
      reach: Infinity,
      positions: additive(positions),
      stateSize: 2 * length * width,
      apply(x, p, { mask, lastOnly }) {
        const batch = x.shape[0];
        const real = realTokens(mask, length, size); // [B or 1, n, size]
        const tokens = withoutPadding(x, mask);
        const summaries = tf.sum(blocks(tokens, size), 2); // [B, n, d]
        const scores = tf.reshape(dense(summaries, p.sort, p.sortBias), [
          batch,
          count,
          heads,
          count,
        ]);
        const byHead = tf.transpose(tf.mul(scores, 1 / temperature), [0, 2, 1, 3]);
        const sorting = sinkhornMatrix(mask ? amongReal(byHead, real!) : byHead, iterations);

        const { q, k, v } = projectHeads(x, p, heads, positions);
        const inBlocks = (t: Tensor) => {
          const cut = blocks(tf.reshape(t, [batch * heads, length, channels]), size);
          const shaped = tf.reshape(cut, [batch, heads, count, size, channels]);
          return mask ? tf.mul(shaped, tf.expandDims(tf.expandDims(real!, 1), 4)) : shaped;
        };
        const sorted = (t: Tensor) => {
          const flat = tf.reshape(t, [batch, heads, count, -1]);
          return tf.reshape(tf.matMul(sorting, flat), t.shape); // [B, H, n, size, c]
        };
        const [keys, values] = [inBlocks(k), inBlocks(v)];
        const both = (own: Tensor, other: Tensor) => tf.concat([own, other], 3);
        const withBias = (t: Tensor, bias: Tensor) => tf.concat([t, bias], 4);
        const every = tf.ones([batch, heads, 1, 1, 1]);
        const share = real && tf.mul(tf.reshape(real, [-1, 1, count, size, 1]), every);
        const ownKeys = share ? withBias(keys, tf.mul(tf.sub(1, share), padding)) : keys;
        const sortedKeys = share
          ? withBias(sorted(keys), tf.log(tf.add(sorted(share), leastShare)))
          : sorted(keys);
        const queries = inBlocks(q);
        const o = attend({
          q: share ? withBias(queries, tf.onesLike(share)) : queries,
          k: both(ownKeys, sortedKeys), // [B, H, n, 2·size, dh]
          v: both(values, sorted(values)),
        });
        const filled = tf.reshape(o, [batch, heads, count * size, channels]);
        const first = lastOnly ? length - 1 : 0;
        const rows = tf.slice(filled, [0, 0, first, 0], [batch, heads, length - first, channels]);
        return mergeHeads(rows, p);
      },
    });
  },
};

/** Keeps the logarithm of a share finite. */
const leastShare = 1e-9;

/** 1 for tokens, 0 for padding and for the places that fill up the last block; nothing if there is neither. */
function realTokens(mask: Tensor | undefined, length: number, size: number): Tensor | undefined {
  if (!mask && length % size === 0) return undefined;
  const tokens = mask ? tf.expandDims(mask, 2) : tf.ones([1, length, 1]);
  return tf.squeeze(blocks(tokens, size), [3]);
}

/** Scores [B, H, n, n] that keep blocks of padding in their place and out of all others. */
function amongReal(scores: Tensor, real: Tensor): Tensor {
  const count = real.shape[1]!;
  const isReal = tf.max(real, 2, true); // [B, n, 1]
  const pairs = tf.matMul(isReal, isReal, false, true); // [B, n, n]
  const elsewhere = tf.mul(tf.sub(1, pairs), tf.sub(1, tf.eye(count)));
  const outside = tf.mul(tf.expandDims(elsewhere, 1), padding);
  return tf.add(tf.mul(scores, tf.expandDims(pairs, 1)), outside);
}

/** Exponentials of scores [B, H, n, n], columns and rows normalised in turn. */
function sinkhornMatrix(scores: Tensor, iterations: number): Tensor {
  let logs = scores;
  // The matrix is on its side after every odd step, so columns come first and rows last.
  for (let step = 0; step < 2 * iterations; step++) {
    logs = tf.logSoftmax(tf.transpose(logs, [0, 1, 3, 2]));
  }
  return tf.exp(logs);
}

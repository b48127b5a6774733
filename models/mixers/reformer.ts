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
 * A key that n rounds have found counts 1/n in each. There are two buckets a chunk; many buckets are
 * the pairs of two hashes, as in the paper. A sequence of one chunk is not hashed. The directions R
 * are drawn once for an architecture, where the paper draws them anew at every step.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { attend, checkHeads, mergeHeads, outOfReach, splitHeads } from '../attention.ts';
import { dense } from '../dense.ts';
import { createHashing, hashBuckets, type Hashing } from '../hashing.ts';
import { fanIn, zeros } from '../initialise.ts';
import type { MixerDefinition } from '../mixer.ts';
import { addedPositions, additive } from '../positions.ts';
import { reorder, sortOrder, take } from '../sorting.ts';
import { blocks, unblock, withPrevious } from '../windows.ts';

const options = z.strictObject({
  /** Tokens a chunk. */
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
  options,
  create({ length, width, layers }, { chunk, rounds, heads, positions }) {
    checkHeads(heads, width);
    const channels = width / heads;
    const size = Math.min(chunk, length);
    const hashing = reformerHashing(length, size, channels, rounds);
    return {
      parameters: [
        { name: 'qv', shape: [width, 2 * width], initialise: fanIn(width) },
        { name: 'qvBias', shape: [2 * width], initialise: zeros, decay: false },
        {
          name: 'output',
          shape: [width, width],
          initialise: fanIn(width, 1 / Math.sqrt(2 * layers)),
        },
        { name: 'outputBias', shape: [width], initialise: zeros, decay: false },
      ],
      reach: Infinity,
      positions: additive(positions),
      stateSize: 2 * length * width,
      apply(x, p, { mask, lastOnly }) {
        const batch = x.shape[0]!;
        const fill: [number, number] = [0, Math.ceil(length / size) * size - length];
        const real = tf.pad(mask ?? tf.ones([batch, length]), [[0, 0], fill]); // [B, L']
        const filled = tf.pad(x, [[0, 0], fill, [0, 0]]);
        const perHead = (t: Tensor) => tf.reshape(t, [batch * heads, -1, t.shape.at(-1)!]);
        const qv = splitHeads(dense(filled, p.qv!, p.qvBias!), 2 * heads);
        const [q, v] = tf.split(qv, 2, 1).map(perHead) as [Tensor, Tensor]; // [M, L', dh]
        const isReal = perHead(
          tf.mul(tf.reshape(real, [batch, 1, -1, 1]), tf.ones([1, heads, 1, 1])),
        );
        const o = hashedAttention(q, v, isReal, hashing, size); // [M, L', dh]
        const first = lastOnly ? length - 1 : 0;
        const rows = tf.slice(o, [0, first, 0], [batch * heads, length - first, channels]);
        return mergeHeads(tf.reshape(rows, [batch, heads, length - first, channels]), p);
      },
    };
  },
};

/** Two buckets a chunk; one round and one bucket for one chunk. */
export function reformerHashing(
  length: number,
  size: number,
  channels: number,
  rounds: number,
): Hashing {
  const count = Math.ceil(length / size);
  return count === 1 ? createHashing(channels, 1, 1) : createHashing(channels, rounds, 2 * count);
}

/** Added to a token's score with itself: it attends to itself if there is nothing else. */
const itself = -1e5;

/** Keeps the length of a query off 0. */
const leastSquare = 1e-6;

/** q, v [M, L, dh], isReal [M, L, 1], L a multiple of `size` -> [M, L, dh]. */
function hashedAttention(
  q: Tensor,
  v: Tensor,
  isReal: Tensor,
  hashing: Hashing,
  size: number,
): Tensor {
  const [outer, length, channels] = q.shape as [number, number, number];
  const { rounds } = hashing;
  const buckets = realBuckets(q, isReal, hashing); // [M, rounds, L]
  const places = tf.range(0, length, 1, 'int32');
  const keys = tf.add(tf.mul(buckets, tf.scalar(length, 'int32')), places);
  const order = sortOrder(tf.reshape(keys, [outer * rounds, length]));
  const inverse = sortOrder(order); // [M · rounds, L]

  const inRounds = (t: Tensor) => {
    const every = tf.mul(tf.expandDims(t, 1), tf.ones([1, rounds, 1, 1]));
    return tf.reshape(every, [outer * rounds, length, -1]);
  };
  const sorted = reorder(inRounds(tf.concat([q, v], 2)), order, inverse);
  const [sortedQ, sortedV] = tf.split(sorted, 2, 2) as [Tensor, Tensor]; // [M · rounds, L, dh]
  const squares = tf.sum(tf.square(sortedQ), 2, true);
  const sortedK = tf.mul(sortedQ, tf.rsqrt(tf.add(squares, leastSquare)));
  const found = attend({
    q: blocks(sortedQ, size), // [M · rounds, n, size, dh]
    k: withPrevious(sortedK, size), // [M · rounds, n, 2 · size, dh]
    v: withPrevious(sortedV, size),
    bias: pairBias(buckets, order, inverse, size),
    logSum: rounds > 1,
  });
  const o = reorder(unblock(found, length), inverse, order);
  if (rounds === 1) return o;

  const ofRounds = tf.reshape(o, [outer, rounds, length, channels + 1]);
  const [values, logSums] = tf.split(ofRounds, [channels, 1], 3) as [Tensor, Tensor];
  const shares = tf.softmax(tf.transpose(tf.squeeze(logSums, [3]), [0, 2, 1])); // [M, L, rounds]
  const weights = tf.expandDims(tf.transpose(shares, [0, 2, 1]), 3);
  return tf.sum(tf.mul(values, weights), 1);
}

/** The buckets of tokens, and one of its own, the last, for padding: [M, rounds, L] int32. */
function realBuckets(q: Tensor, isReal: Tensor, hashing: Hashing): Tensor {
  const count = hashing.factors.reduce((a, b) => a * b, 1);
  const real = tf.cast(isReal, 'int32');
  const padding = tf.mul(tf.sub(tf.scalar(1, 'int32'), real), tf.scalar(count, 'int32'));
  const buckets = tf.add(tf.mul(hashBuckets(q, hashing), real), padding);
  return tf.transpose(buckets, [0, 2, 1]);
}

/**
 * For each query and key of two chunks: `outOfReach` in different buckets, −ln of the number of
 * rounds that find the pair in the same one, `itself` for a token and itself:
 * [M · rounds, n, size, 2 · size].
 */
function pairBias(buckets: Tensor, order: Tensor, inverse: Tensor, size: number): Tensor {
  const [outer, rounds, length] = buckets.shape as [number, number, number];
  /** Numbers of tokens, known [M · rounds, L, c], on both sides of all pairs, one by one. */
  const sides = (known: Tensor): [Tensor, Tensor][] => {
    const count = known.shape[2]!;
    const sorted = take(tf.cast(known, 'float32'), order);
    const queries = tf.split(blocks(sorted, size), count, 3); // each [M · rounds, n, size, 1]
    const ofKeys = tf.transpose(withPrevious(sorted, size, -1), [0, 1, 3, 2]);
    const keys = tf.split(ofKeys, count, 2); // each [M · rounds, n, 1, 2 · size]
    return queries.map((query, i) => [query, keys[i]!]);
  };
  const equal = ([query, key]: [Tensor, Tensor]) => tf.cast(tf.equal(query, key), 'float32');
  const perRound = (known: Tensor) => tf.reshape(known, [outer * rounds, length, 1]);
  const places = tf.mul(tf.range(0, length), tf.ones([outer * rounds, length]));

  const seen = equal(sides(perRound(buckets))[0]!);
  const isItself = equal(sides(perRound(places))[0]!);
  const bias = tf.add(tf.mul(tf.sub(1, seen), outOfReach), tf.mul(isItself, itself));
  if (rounds === 1) return bias;

  /** The same in the rows of each round: [M, rounds, L] -> [M · rounds, L, rounds]. */
  const inAll = (known: Tensor) => {
    const all = tf.transpose(tf.reshape(known, [outer, rounds, length]), [0, 2, 1]);
    const every = tf.mul(tf.expandDims(tf.cast(all, 'float32'), 1), tf.ones([1, rounds, 1, 1]));
    return tf.reshape(every, [outer * rounds, length, rounds]);
  };
  const chunks = tf.floorDiv(inverse, tf.scalar(size, 'int32'));
  const chunkSides = sides(inAll(chunks));
  const finds = sides(inAll(buckets)).map((bucketSides, round) => {
    const [query, key] = chunkSides[round]!;
    const isNear = tf.mul(tf.sub(query, key), tf.sub(tf.sub(query, key), 1)); // 0 if 0 or 1 before
    return tf.mul(equal(bucketSides), tf.cast(tf.equal(isNear, 0), 'float32'));
  });
  return tf.sub(bias, tf.log(tf.maximum(tf.addN(finds), 1)));
}

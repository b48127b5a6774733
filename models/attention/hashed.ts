/**
 * Attention among tokens of the same hash bucket, by sorting (Kitaev et al. 2020,
 * https://arxiv.org/abs/2001.04451): tokens sorted by bucket, then position, are cut into chunks, and
 * each attends to those of its bucket in its chunk and the one before. Several rounds are joined as
 * one softmax over the union of the pairs that they find: o = Σ_r softmax_r(z_r) o_r, z_r the logarithm of
 * the sum of round r, in which a pair that n rounds find counts 1/n.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { prod } from '../../core/math.ts';
import { hashBuckets, reorder, sortOrder, take, type Hashing } from '../ops/hashing.ts';
import { dims, split, splitSizes } from '../ops/tensors.ts';
import { blocks, unblock, withPrevious } from '../ops/windows.ts';
import { attend, outOfReach } from './attention.ts';

/** Added to a token's score with itself: it attends to itself if there is nothing else. */
const itself = -1e5;

/** Keeps the length of a query off 0. */
const leastSquare = 1e-6;

/**
 * q, v [M, L, dh], isReal [M, L, 1], L a multiple of `size` -> [M, L, dh]. A key is its token's query,
 * brought to length 1.
 */
export function hashedAttention(
  q: Tensor,
  v: Tensor,
  isReal: Tensor,
  hashing: Hashing,
  size: number,
): Tensor {
  const [outer, length, channels] = dims(q, 3);
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
  const [sortedQ, sortedV] = split(sorted, 2, 2); // [M · rounds, L, dh]
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
  const [values, logSums] = splitSizes(ofRounds, [channels, 1], 3);
  const shares = tf.softmax(tf.transpose(tf.squeeze(logSums, [3]), [0, 2, 1])); // [M, L, rounds]
  const weights = tf.expandDims(tf.transpose(shares, [0, 2, 1]), 3);
  return tf.sum(tf.mul(values, weights), 1);
}

/** The buckets of tokens, and one of its own, the last, for padding: [M, rounds, L] int32. */
function realBuckets(q: Tensor, isReal: Tensor, hashing: Hashing): Tensor {
  const count = prod(hashing.factors);
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
  const [outer, rounds, length] = dims(buckets, 3);
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

  const seen = equal(sides(perRound(buckets))[0]!);
  // After the chunk before, a chunk's keys come in the order of its queries.
  const isItself = tf.concat([tf.zeros([size, size]), tf.eye(size)], 1);
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

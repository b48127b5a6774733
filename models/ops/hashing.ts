/**
 * Hashing of vectors by angle (Andoni et al. 2015, https://arxiv.org/abs/1509.02897): the bucket of
 * x is the nearest of a set of random directions and their opposites,
 *
 *   h(x) = argmax [x R; −x R],   R [c, buckets / 2] normal
 *
 * Many buckets are the pairs of two hashes, so that the cost of hashing is the square root of their
 * number (Kitaev et al. 2020). A bucket is a number and has no gradient.
 *
 * Tokens are then sorted by bucket; `reorder` has a gradient that puts them back. An order is made of
 * whole numbers and has no gradient.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { stream } from '../../core/random.ts';
import { normal } from './initialise.ts';
import { dims, withGradient } from './tensors.ts';

/** Maximum number of buckets of one hash. */
const maxPerHash = 64;

export interface Hashing {
  rounds: number;
  /** Even numbers of buckets whose product is the number of buckets; none for one bucket. */
  factors: number[];
  /** For each factor R of all rounds: [c, rounds · factor / 2]. */
  directions: Float32Array[];
}

/** At least `buckets` buckets, an even number, or one; always the same for the same numbers. */
export function createHashing(channels: number, rounds: number, buckets: number): Hashing {
  const even = (n: number) => 2 * Math.ceil(n / 2);
  const first = buckets <= maxPerHash ? even(buckets) : even(Math.sqrt(buckets));
  const factors =
    buckets === 1 ? [] : buckets <= maxPerHash ? [first] : [first, even(buckets / first)];
  const random = stream(`hashing/${channels}/${rounds}/${factors.join('x')}`);
  const directions = factors.map((factor) => normal(1)((channels * rounds * factor) / 2, random));
  return { rounds, factors, directions };
}

/** x [M, L, c] -> the bucket in each round, whole numbers: [M, L, rounds]. */
export function hashBuckets(x: Tensor, { rounds, factors, directions }: Hashing): Tensor {
  const [outer, length, channels] = dims(x, 3);
  let buckets = tf.zeros([outer, length, rounds], 'int32');
  factors.forEach((factor, f) => {
    const r = tf.tensor2d(directions[f]!, [channels, (rounds * factor) / 2]);
    const products = tf.reshape(tf.matMul(tf.reshape(x, [outer * length, channels]), r), [
      outer,
      length,
      rounds,
      factor / 2,
    ]);
    const nearest = tf.argMax(tf.concat([products, tf.neg(products)], 3), 3);
    buckets = tf.add(tf.mul(buckets, tf.scalar(factor, 'int32')), nearest);
  });
  return buckets;
}

/**
 * keys [M, L], whole numbers that differ within a row -> where each place in ascending order takes
 * its token from, [M, L] int32. The order of an order is its inverse.
 */
export function sortOrder(keys: Tensor): Tensor {
  return tf.topk(tf.neg(keys), keys.shape[1]).indices;
}

/** x [M, L, c] -> [M, L, c], place s taking its token from order[s]. */
export function reorder(x: Tensor, order: Tensor, inverse: Tensor): Tensor {
  return withGradient(
    (x: Tensor) => ({ value: take(x, order), saved: [inverse] }),
    (dy, inverse) => [take(dy, inverse)],
  )(x);
}

/** Rows of x [M, L, c] by order [M, L]. */
export function take(x: Tensor, order: Tensor): Tensor {
  return tf.gather(x, order, 1, 1);
}

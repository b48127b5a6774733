/**
 * Hashing of vectors by angle (Andoni et al. 2015, https://arxiv.org/abs/1509.02897): the bucket of
 * x is the nearest of a set of random directions and their opposites,
 *
 *   h(x) = argmax [x R; −x R],   R [c, buckets / 2] normal
 *
 * Many buckets are the pairs of two hashes, so that the cost of hashing is the square root of their
 * number (Kitaev et al. 2020). A bucket is a number and has no gradient.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { fixedStream } from './fixedStream.ts';
import { normal } from './initialise.ts';

/** As many buckets as one hash has at most. */
const most = 64;

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
  const first = buckets <= most ? even(buckets) : even(Math.sqrt(buckets));
  const factors = buckets === 1 ? [] : buckets <= most ? [first] : [first, even(buckets / first)];
  const random = fixedStream(`hashing/${channels}/${rounds}/${factors.join('x')}`);
  const directions = factors.map((factor) => normal(1)((channels * rounds * factor) / 2, random));
  return { rounds, factors, directions };
}

/** x [M, L, c] -> the bucket in each round, whole numbers: [M, L, rounds]. */
export function hashBuckets(x: Tensor, { rounds, factors, directions }: Hashing): Tensor {
  const [outer, length, channels] = x.shape as [number, number, number];
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

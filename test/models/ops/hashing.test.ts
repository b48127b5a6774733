import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { createHashing, hashBuckets, reorder, sortOrder } from '../../../models/ops/hashing.ts';
import { expectParity, randomInput, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

const channels = 8;

it.each([1, 2, 6, 64, 66, 500])('makes at least %i buckets, and uses no others', (buckets) => {
  const hashing = createHashing(channels, 2, buckets);
  const count = hashing.factors.reduce((a, b) => a * b, 1);
  expect(count).toBeGreaterThanOrEqual(buckets);
  expect(count).toBeLessThanOrEqual(1.2 * buckets + 2);
  const x = tf.tensor(
    Float32Array.from(randomInput([1, 400, channels], stream('hashing')).values),
    [1, 400, channels],
  );
  const used = hashBuckets(x, hashing).dataSync();
  expect(Math.min(...used)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...used)).toBeLessThan(count);
  expect(new Set(used).size).toBeGreaterThan(Math.min(count, 400) / 3);
});

it('depends on the direction alone, and differs from round to round', () => {
  const hashing = createHashing(channels, 2, 16);
  const values = Float32Array.from(randomInput([1, 50, channels], stream('directions')).values);
  const x = tf.tensor(values, [1, 50, channels]);
  const buckets = hashBuckets(x, hashing).arraySync() as number[][][];
  expect(hashBuckets(tf.mul(x, 3), hashing).arraySync()).toEqual(buckets);
  expect(buckets[0]!.some(([first, second]) => first !== second)).toBe(true);
  // The opposite of a direction is the bucket half a turn away.
  const opposite = hashBuckets(tf.neg(x), hashing).arraySync() as number[][][];
  buckets[0]!.forEach((rounds, i) =>
    rounds.forEach((bucket, r) => expect(opposite[0]![i]![r]).toBe((bucket + 8) % 16)),
  );
});

const keys = [
  [30, 10, 20, 50, 40],
  [5, 4, 3, 2, 1],
];

it('orders by ascending keys, and the order of an order is its inverse', () => {
  const order = sortOrder(tf.tensor2d(keys, undefined, 'int32'));
  expect(order.arraySync()).toEqual([
    [1, 2, 0, 4, 3],
    [4, 3, 2, 1, 0],
  ]);
  expect(sortOrder(order).arraySync()).toEqual([
    [2, 0, 1, 4, 3],
    [4, 3, 2, 1, 0],
  ]);
});

it('moves rows, and their gradients back', () => {
  const random = stream('reorder');
  const x = randomInput([2, 5, 3], random);
  expectParity(
    { x },
    ({ x }) => {
      const order = sortOrder(tf.tensor2d(keys, undefined, 'int32'));
      return reorder(x!, order, sortOrder(order));
    },
    ({ x }) =>
      keys.flatMap((row, m) =>
        row
          .map((key, i) => [key, i] as const)
          .toSorted(([a], [b]) => a - b)
          .flatMap(([, i]) => Array.from(x!.slice((m * 5 + i) * 3, (m * 5 + i + 1) * 3))),
      ),
    Array.from({ length: 30 }, () => random() + 0.5),
  );
});

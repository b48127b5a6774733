import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { createHashing, hashBuckets } from '../../../models/ops/hashing.ts';
import { randomInput, stream } from '../parity.ts';

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

import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import type { Hashing } from '../../../models/ops/hashing.ts';
import { reformer, reformerHashing } from '../../../models/mixers/reformer.ts';
import { affine, type Flat, type Sequence } from '../reference.ts';
import { checkParity, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const heads = 2;
const channels = width / heads;

/** The bucket of a vector in one round. */
function bucketOf(x: number[], { rounds, factors, directions }: Hashing, round: number): number {
  return factors.reduce((bucket, factor, f) => {
    const products = Array.from({ length: factor / 2 }, (_, b) =>
      x.reduce(
        (sum, value, c) => sum + value * directions[f]![(c * rounds + round) * (factor / 2) + b]!,
        0,
      ),
    );
    const all = [...products, ...products.map((value) => -value)];
    return bucket * factor + all.indexOf(Math.max(...all));
  }, 0);
}

/**
 * Attention to the union of what all rounds find: tokens of the same bucket, in the same chunk of
 * the sorted sequence or the one before. Buckets are compared as they are at the given values: they
 * have no gradient.
 */
function naive(
  x: Sequence,
  p: Flat,
  real: boolean[],
  { chunk, hashing }: { chunk: number; hashing: Hashing },
): Sequence {
  const qv = affine(x, p.qv!, p.qvBias!);
  const joined = x.map(() => new Array<number>(width).fill(0));
  for (let h = 0; h < heads; h++) {
    const part = (which: number, i: number) => {
      const start = which * width + h * channels;
      return qv[i]!.slice(start, start + channels);
    };
    const tokens = x.map((_, i) => i).filter((i) => real[i]);
    const rounds = Array.from({ length: hashing.rounds }, (_, round) => {
      const buckets = x.map((_, i) => bucketOf(part(0, i), hashing, round));
      const sorted = tokens.toSorted((i, j) => buckets[i]! - buckets[j]! || i - j);
      const chunks = x.map((_, i) => Math.floor(sorted.indexOf(i) / chunk));
      return { buckets, chunks };
    });
    for (const i of tokens) {
      const found = tokens.filter((j) =>
        rounds.some(({ buckets, chunks }) => {
          const before = chunks[i]! - chunks[j]!;
          return buckets[i] === buckets[j] && (before === 0 || before === 1);
        }),
      );
      const others = found.filter((j) => j !== i);
      const keys = others.length > 0 ? others : [i];
      const weights = keys.map((j) => {
        const key = part(0, j);
        const size = Math.sqrt(key.reduce((sum, value) => sum + value * value, 1e-6));
        return Math.exp(part(0, i).reduce((sum, value, c) => sum + (value * key[c]!) / size, 0));
      });
      const total = weights.reduce((a, b) => a + b);
      keys.forEach((j, n) =>
        part(1, j).forEach((value, c) => {
          joined[i]![h * channels + c]! += (weights[n]! / total) * value;
        }),
      );
    }
  }
  return affine(joined, p.output!, p.outputBias!);
}

it.each([
  { length: 1, chunk: 4, rounds: 2 },
  { length: 6, chunk: 8, rounds: 2 },
  { length: 9, chunk: 3, rounds: 1 },
  { length: 12, chunk: 4, rounds: 2 },
  { length: 11, chunk: 2, rounds: 3 },
])('agrees with loops over hashes and positions: %o', ({ length, chunk, rounds }) => {
  const options = { chunk, rounds, heads, positions: 'none' as const };
  const mixer = reformer.create({ length, width, layers: 2 }, options);
  const size = Math.min(chunk, length);
  const hashing = reformerHashing(length, size, channels, rounds);
  for (const isPadded of [false, true]) {
    checkParity(
      mixer,
      length,
      (x, p, real) => naive(x, p, real, { chunk: size, hashing }),
      isPadded,
    );
  }
});

it('finds a token of the same direction however far away, and not one of another direction', () => {
  const [length, far] = [64, 3];
  const mixer = reformer.create(
    { length, width, layers: 1 },
    { chunk: 4, rounds: 1, heads: 1, positions: 'none' },
  );
  expect(mixer.reach).toBe(Infinity);
  // Queries are the first two channels and values the last two; tokens differ in direction.
  const select = (first: number) =>
    tf.tensor2d([0, 1, 2, 3].map((r) => [0, 1, 2, 3].map((c) => Number(c < 2 && r === first + c))));
  const p = {
    qv: tf.concat([select(0), select(2)], 1),
    qvBias: tf.zeros([2 * width]),
    output: tf.eye(width),
    outputBias: tf.zeros([width]),
  };
  const last = length - 1;
  const rows = Array.from({ length }, (_, i) => {
    const angle = i === far || i === last ? 2 : 4 + (2 * i) / length;
    return [5 * Math.cos(angle), 5 * Math.sin(angle), i === far ? 1 : 0, 0];
  });
  const y = mixer.apply(tf.tensor3d([rows]), p, { lastOnly: true }).dataSync();
  expect(Array.from(y)).toEqual([1, 0, 0, 0]);
});

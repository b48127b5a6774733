import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { sinkhorn } from '../../../models/mixers/sinkhorn.ts';
import { affine, type Flat, type Sequence } from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const heads = 2;

interface NaiveOptions {
  block: number;
  iterations: number;
  temperature: number;
}

/** Sorting among the blocks that have tokens, then attention of each block to its two. */
function naive(
  x: Sequence,
  p: Flat,
  real: boolean[],
  { block, iterations, temperature }: NaiveOptions,
): Sequence {
  const channels = width / heads;
  const all = Math.ceil(x.length / block);
  const count = Math.ceil(real.filter(Boolean).length / block);
  const qkv = affine(x, p.qkv!, p.qkvBias!);
  const sums = Array.from({ length: count }, (_, a) =>
    Array.from({ length: width }, (_, c) =>
      x
        .slice(a * block, (a + 1) * block)
        .reduce((sum, row, at) => (real[a * block + at] ? sum + row[c]! : sum), 0),
    ),
  );
  const scores = affine(sums, p.sort!, p.sortBias!);
  const joined = x.map(() => new Array<number>(width).fill(0));
  for (let h = 0; h < heads; h++) {
    const s = scores.map((row) =>
      row.slice(h * all, h * all + count).map((score) => Math.exp(score / temperature)),
    );
    const range = Array.from({ length: count }, (_, a) => a);
    for (let step = 0; step < iterations; step++) {
      for (const b of range) {
        const total = range.reduce((sum, a) => sum + s[a]![b]!, 0);
        for (const a of range) s[a]![b]! /= total;
      }
      for (const a of range) {
        const total = s[a]!.reduce((sum, value) => sum + value);
        for (const b of range) s[a]![b]! /= total;
      }
    }
    const part = (which: number, i: number) => {
      const start = which * width + h * channels;
      return qkv[i]!.slice(start, start + channels);
    };
    /** The sorted key or value of one place in block a, and the share of tokens in it. */
    const sorted = (which: number, a: number, at: number) => {
      const vector = new Array<number>(channels).fill(0);
      let share = 0;
      for (const b of range) {
        const j = b * block + at;
        if (!real[j]) continue;
        share += s[a]![b]!;
        part(which, j).forEach((value, c) => (vector[c]! += s[a]![b]! * value));
      }
      return { vector, share };
    };
    for (let i = 0; i < x.length; i++) {
      const a = Math.floor(i / block);
      if (a >= count) continue;
      const q = part(0, i);
      const keys: { weight: number; value: number[] }[] = [];
      const add = (key: number[], value: number[], share: number) => {
        const score = key.reduce((sum, k, c) => sum + k * q[c]!, 0) / Math.sqrt(channels);
        keys.push({ weight: share * Math.exp(score), value });
      };
      for (let at = 0; at < block; at++) {
        const j = a * block + at;
        if (real[j]) add(part(1, j), part(2, j), 1);
        const key = sorted(1, a, at);
        add(key.vector, sorted(2, a, at).vector, key.share);
      }
      const total = keys.reduce((sum, { weight }) => sum + weight, 0);
      for (const { weight, value } of keys) {
        value.forEach((v, c) => (joined[i]![h * channels + c]! += (weight / total) * v));
      }
    }
  }
  return affine(joined, p.output!, p.outputBias!);
}

it.each([
  { length: 1, block: 3, iterations: 2 },
  { length: 6, block: 2, iterations: 3 },
  { length: 7, block: 2, iterations: 1 },
  { length: 5, block: 1, iterations: 2 },
  { length: 11, block: 4, iterations: 2 },
])('agrees with loops over blocks and positions: %o', ({ length, block, iterations }) => {
  const options = { block, iterations, temperature: 0.75, heads, positions: 'none' as const };
  const mixer = sinkhorn.create({ length, width, layers: 2 }, options);
  const inside = { ...options, block: Math.min(block, length) };
  for (const isPadded of [false, true]) {
    checkParity(mixer, length, (x, p, real) => naive(x, p, real, inside), isPadded);
  }
});

it('sees everything', () => {
  const options = { block: 4, iterations: 5, temperature: 0.75, heads, positions: 'none' as const };
  const mixer = sinkhorn.create({ length: 33, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

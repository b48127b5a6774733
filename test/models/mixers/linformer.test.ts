import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { linformer } from '../../../models/mixers/linformer.ts';
import { named } from '../../../models/parameters.ts';
import { affine, type Flat, type Sequence } from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const heads = 2;

/** Attention to `rank` sums of the real tokens' keys and values, weighed by position. */
function naive(x: Sequence, p: Flat, real: boolean[], rank: number): Sequence {
  const channels = width / heads;
  const qkv = affine(x, p.qkv!, p.qkvBias!);
  const joined = x.map(() => new Array<number>(width).fill(0));
  for (let h = 0; h < heads; h++) {
    const weightsOf = (name: string, j: number, r: number) => {
      const weights = p[name] ?? p.mix!;
      const ofHead = weights.length === heads * x.length * rank ? h * x.length * rank : 0;
      return weights[ofHead + j * rank + r]!;
    };
    const mixture = (name: string, part: number, r: number, c: number) =>
      x.reduce((sum, _, j) => {
        const value = qkv[j]![part * width + h * channels + c]!;
        return real[j] ? sum + weightsOf(name, j, r) * value : sum;
      }, 0);
    const table = (name: string, part: number) =>
      Array.from({ length: rank }, (_, r) =>
        Array.from({ length: channels }, (_, c) => mixture(name, part, r, c)),
      );
    const [keys, values] = [table('mixKeys', 1), table('mixValues', 2)];
    for (let i = 0; i < x.length; i++) {
      const scores = keys.map((key) =>
        Math.exp(
          key.reduce((sum, k, c) => sum + k * qkv[i]![h * channels + c]!, 0) / Math.sqrt(channels),
        ),
      );
      const total = scores.reduce((a, b) => a + b);
      for (let c = 0; c < channels; c++) {
        joined[i]![h * channels + c] = values.reduce(
          (sum, value, r) => sum + (scores[r]! / total) * value[c]!,
          0,
        );
      }
    }
  }
  return affine(joined, p.output!, p.outputBias!);
}

describe.each(['none', 'heads', 'key-value'] as const)('sharing %s', (sharing) => {
  it.each([
    { length: 1, rank: 4 },
    { length: 7, rank: 3 },
  ])('agrees with sums over positions: %o', ({ length, rank }) => {
    const mixer = linformer.create(
      { length, width, layers: 2 },
      { rank, sharing, heads, positions: 'none' },
    );
    for (const isPadded of [false, true]) {
      checkParity(
        mixer,
        length,
        (x, p, real) => naive(x, p, real, Math.min(rank, length)),
        isPadded,
      );
    }
  });
});

it('sees everything, through projections that are counted apart', () => {
  const mixer = linformer.create(
    { length: 33, width, layers: 2 },
    { rank: 4, sharing: 'heads', heads, positions: 'none' },
  );
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
  const apart = named(mixer.parameters).filter(({ perPosition }) => perPosition);
  expect(apart.map(({ name, shape }) => [name, shape])).toEqual([
    ['mixKeys', [33, 4]],
    ['mixValues', [33, 4]],
  ]);
});

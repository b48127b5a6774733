import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { performer, performerFeatures } from '../../../models/mixers/performer.ts';
import { orthogonalFeatures } from '../../../models/attention/orthogonalFeatures.ts';
import { stream } from '../parity.ts';
import type { Flat, Sequence } from '../reference.ts';
import { average, dot, headsOf, joined } from '../references/heads.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const [heads, features] = [2, 5];
const options = { heads, features, positions: 'none' } as const;
const channels = width / heads;

const rowsOf = (values: ArrayLike<number>, size: number): Sequence =>
  Array.from({ length: values.length / size }, (_, row) =>
    Array.from({ length: size }, (_, c) => values[row * size + c]!),
  );

const omega = rowsOf(performerFeatures(features, channels), channels).map((row) => [
  ...Float32Array.from(row),
]);

/**
 * φ of the paper's code, from the same directions as the mixer's: c is the largest product of the
 * token itself, or of all that are `shared`.
 */
function phi(rows: Sequence, shared?: boolean[]): Sequence {
  const scaled = rows.map((row) => row.map((value) => value / channels ** 0.25));
  const products = scaled.map((row) => omega.map((direction) => dot(direction, row)));
  const maxima = products.map((row) => Math.max(...row));
  const largest = Math.max(...maxima.filter((_, j) => shared?.[j]));
  return products.map((row, i) =>
    row.map((value) => {
      const c = shared ? largest : maxima[i]!;
      return Math.exp(value - dot(scaled[i]!, scaled[i]!) / 2 - c) + 1e-4;
    }),
  );
}

function naive(x: Sequence, p: Flat, real: boolean[]): Sequence {
  const outputs = headsOf(x, p, heads).map(({ q, k, v }) => {
    const keys = phi(k, real);
    return phi(q).map((query) =>
      average(
        keys.map((key, j) => (real[j] ? dot(query, key) : 0)),
        v,
      ),
    );
  });
  return joined(outputs, p);
}

it.each([1, 2, 9])('agrees with a weight for each pair of tokens at length %i', (length) => {
  const mixer = performer.create({ length, width, layers: 2 }, options);
  for (const isPadded of [false, true]) checkParity(mixer, length, naive, isPadded);
});

it('sees everything', () => {
  const mixer = performer.create({ length: 33, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

describe('random features', () => {
  it('are orthogonal within blocks as large as the channels, and the same every time', () => {
    const omega = rowsOf(performerFeatures(6, 4), 4);
    expect(performerFeatures(6, 4)).toEqual(performerFeatures(6, 4));
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < i; j++) expect(Math.abs(dot(omega[i]!, omega[j]!))).toBeLessThan(1e-12);
    }
    expect(Math.abs(dot(omega[4]!, omega[5]!))).toBeLessThan(1e-12);
    expect(Math.abs(dot(omega[0]!, omega[4]!))).toBeGreaterThan(1e-3);
  });

  it('estimate the softmax kernel', () => {
    const [q, k] = [
      [0.5, -0.3, 0.8, 0.1],
      [0.2, 0.4, 0.6, -0.7],
    ];
    const omega = rowsOf(orthogonalFeatures(5_000, 4, stream('estimate')), 4);
    const feature = (x: number[], direction: number[]) =>
      Math.exp(dot(direction, x) - dot(x, x) / 2);
    const estimate =
      omega.reduce((sum, row) => sum + feature(q, row) * feature(k, row), 0) / omega.length;
    expect(estimate / Math.exp(dot(q, k))).toBeCloseTo(1, 1);
  });
});

import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { linearAttention } from '../../../models/mixers/linearAttention.ts';
import type { Flat, Sequence } from '../reference.ts';
import { average, dot, headsOf, joined } from '../references/heads.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const options = { heads: 2, positions: 'none' } as const;

/** Every weight by itself, as in the definition. */
function naive(x: Sequence, p: Flat, real: boolean[]): Sequence {
  const phi = (row: number[]) => row.map((value) => (value > 0 ? value + 1 : Math.exp(value)));
  const outputs = headsOf(x, p, 2).map(({ q, k, v }) =>
    q.map((query) =>
      average(
        k.map((key, j) => (real[j] ? dot(phi(query), phi(key)) : 0)),
        v,
      ),
    ),
  );
  return joined(outputs, p);
}

it.each([1, 2, 9])('agrees with a weight for each pair of tokens at length %i', (length) => {
  const mixer = linearAttention.create({ length, width, layers: 2 }, options);
  for (const isPadded of [false, true]) checkParity(mixer, length, naive, isPadded);
});

it('sees everything', () => {
  const mixer = linearAttention.create({ length: 33, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

it('refuses heads that do not divide the width', () => {
  expect(() =>
    linearAttention.create({ length: 4, width: 6, layers: 1 }, { ...options, heads: 4 }),
  ).toThrow(/heads: 4 .* width 6/);
});

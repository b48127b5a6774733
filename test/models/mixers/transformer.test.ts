import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { transformer } from '../../../models/mixers/transformer.ts';
import { alibiSlopes } from '../../../models/attention/positions.ts';
import { attention } from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

describe.each(['rotary', 'alibi', 'none'] as const)('with %s positions', (positions) => {
  const options = { heads: 2, positions };

  it.each([1, 2, 7, 9])('agrees with loops over positions at length %i', (length) => {
    const mixer = transformer.create({ length, width, layers: 2 }, options);
    for (const isPadded of [false, true]) {
      checkParity(
        mixer,
        length,
        (x, p, real) => attention(x, p, options, real, alibiSlopes(2)),
        isPadded,
      );
    }
  });
});

it('sees everything', () => {
  const mixer = transformer.create(
    { length: 33, width, layers: 2 },
    { heads: 2, positions: 'none' },
  );
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

it('asks the backbone for the positions that are added', () => {
  const positionsOf = (positions: 'sinusoidal' | 'learned' | 'rotary') =>
    transformer.create({ length: 4, width, layers: 1 }, { heads: 1, positions }).positions;
  expect(positionsOf('sinusoidal')).toBe('sinusoidal');
  expect(positionsOf('learned')).toBe('learned');
  expect(positionsOf('rotary')).toBeUndefined();
});

it('refuses heads that do not divide the width, and rotary on an odd number of channels', () => {
  const shape = { length: 4, width: 6, layers: 1 };
  expect(() => transformer.create(shape, { heads: 4, positions: 'none' })).toThrow(
    /heads: 4 .* width 6; expected one of 1, 2, 3, 6/,
  );
  expect(() => transformer.create(shape, { heads: 2, positions: 'rotary' })).toThrow(/even.* 3/);
});

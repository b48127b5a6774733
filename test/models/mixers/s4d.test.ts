import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { s4d } from '../../../models/mixers/s4d.ts';
import * as reference from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const options = { state: 4, initialisation: 'lin', dtMin: 0.001, dtMax: 0.1 } as const;

describe.each(['lin', 'inv', 'legs'] as const)('from S4D-%s', (initialisation) => {
  it.each([1, 2, 7, 9])('agrees with the recurrence, step by step, at length %i', (length) => {
    const mixer = s4d.create({ length, width, layers: 2 }, { ...options, initialisation });
    for (const isPadded of [false, true]) {
      checkParity(mixer, length, (x, p, real) => reference.s4d(x, p, 4, real), isPadded);
    }
  });
});

it('agrees with the recurrence where the convolution goes through the Fourier transform', () => {
  const length = 67;
  const mixer = s4d.create({ length, width, layers: 2 }, options);
  checkParity(mixer, length, (x, p, real) => reference.s4d(x, p, 4, real), true);
});

it('sees everything', () => {
  const mixer = s4d.create({ length: 33, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

it('refuses bounds of the step size that cross', () => {
  expect(() =>
    s4d.create({ length: 4, width, layers: 1 }, { ...options, dtMin: 0.2, dtMax: 0.1 }),
  ).toThrow(/dtMin: 0\.2 .*at most 0\.1/);
});

import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { s4d } from '../../../models/mixers/s4d.ts';
import { asBatch, randomInput, randomParameters, relativeError, stream } from '../parity.ts';
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
  const length = 131;
  const mixer = s4d.create({ length, width, layers: 2 }, options);
  const random = stream('fourier');
  const x = randomInput([1, length, width], random);
  const inputs = randomParameters(mixer.parameters, random);
  const tensors: Record<string, Tensor> = {};
  const values: reference.Flat = {};
  for (const [name, input] of Object.entries(inputs)) {
    tensors[name] = tf.tensor(Float32Array.from(input.values), input.shape);
    values[name] = input.values;
  }
  const y = mixer.apply(tf.tensor(Float32Array.from(x.values), x.shape), tensors, {});
  const [rows] = asBatch(x.values, x.shape);
  const expected = reference.s4d(
    rows!,
    values,
    4,
    rows!.map(() => true),
  );
  expect(relativeError(y.dataSync(), expected.flat())).toBeLessThan(1e-5);
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

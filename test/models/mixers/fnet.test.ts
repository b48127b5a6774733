import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { realTransform } from '../../../models/ops/fourier.ts';
import { fnet } from '../../../models/mixers/fnet.ts';
import { randomInput, relativeError, stream } from '../parity.ts';
import type { Sequence } from '../reference.ts';
import { masked } from '../references/convolutions.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

/** The double sum of the definition, token by token and channel by channel. */
function naive(x: Sequence, real: boolean[]): Sequence {
  const length = x.length;
  const u = masked(x, real);
  return u.map((row, f) =>
    row.map((_, g) => {
      let sum = 0;
      u.forEach((other, n) => {
        other.forEach((value, c) => {
          sum += value * Math.cos(2 * Math.PI * ((f * n) / length + (g * c) / width));
        });
      });
      return sum / Math.sqrt(length * width);
    }),
  );
}

it.each([1, 2, 7, 12])('agrees with the double sum at length %i', (length) => {
  const mixer = fnet.create({ length, width, layers: 2 }, { positions: 'none' });
  expect(mixer.parameters).toEqual({});
  for (const isPadded of [false, true]) {
    checkParity(mixer, length, (x, _, real) => naive(x, real), isPadded);
  }
});

it('transforms long complex sequences in two levels', () => {
  const length = 360;
  const random = stream('fourier');
  const [re, im] = [0, 1].map(() => randomInput([1, length, 1], random).values) as [
    Float64Array,
    Float64Array,
  ];
  const tensor = (values: Float64Array) => tf.tensor(Float32Array.from(values), [1, length, 1]);
  const expected = Array.from({ length }, (_, f) =>
    re.reduce((sum, value, n) => {
      const phase = (2 * Math.PI * f * n) / length;
      return sum + value * Math.cos(phase) + im[n]! * Math.sin(phase);
    }, 0),
  );
  const actual = realTransform(tensor(re), tensor(im)).dataSync();
  expect(relativeError(actual, expected)).toBeLessThan(1e-5);
});

it('sees everything', () => {
  const mixer = fnet.create({ length: 33, width, layers: 2 }, { positions: 'none' });
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

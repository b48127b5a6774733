import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { longConv } from '../../../models/mixers/longConv.ts';
import { parseOptions } from '../../../models/options.ts';
import { stream } from '../parity.ts';
import * as reference from '../references/convolutions.ts';
import { checkParity, measureReach, parameterOf, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

describe.each([0, 0.05])('with a squash of %d', (squash) => {
  it.each([1, 2, 7])('agrees with loops over distances at length %i', (length) => {
    const mixer = longConv.create(
      { length, width, layers: 2 },
      { initialisation: 'random', squash },
    );
    for (const isPadded of [false, true]) {
      checkParity(
        mixer,
        length,
        (x, p, real) => {
          const kernel = Array.from(p.kernel!, (value) =>
            Math.abs(value) > squash ? value - Math.sign(value) * squash : 0,
          );
          const weight = reference.bothWays(kernel, width, length);
          return reference.convolutionBlock(reference.masked(x, real), p, weight);
        },
        isPadded,
      );
    }
  });
});

it('sees everything', () => {
  const options = { initialisation: 'random', squash: 0 } as const;
  const mixer = longConv.create({ length: 33, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

it('starts from kernels that decay, faster from channel to channel', () => {
  const [channels, length] = [16, 512];
  const shape = { length, width: channels, layers: 2 };
  const kernel = parameterOf(longConv.create(shape, parseOptions(longConv, {})), 'kernel');
  expect(kernel.shape).toEqual([2, channels, length]);
  const values = kernel.initialise(2 * channels * length, stream('kernel'));
  for (let row = 0; row < 2 * channels; row++) {
    const rate = 8 ** ((row % channels) / channels);
    for (const [from, to] of [
      [0, 256],
      [256, 512],
    ] as const) {
      let sum = 0;
      for (let t = from; t < to; t++) {
        sum += (values[row * length + t]! / (0.02 * Math.exp((-rate * t) / length))) ** 2;
      }
      // Under its envelope it is standard normal: the mean square is 1, give or take 0.09.
      expect(Math.abs(sum / 256 - 1), `row ${row}`).toBeLessThan(0.4);
    }
  }
});

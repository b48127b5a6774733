import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { boundedConv } from '../../../models/mixers/boundedConv.ts';
import { affine, gelu, type Flat, type Sequence } from '../reference.ts';
import { masked } from '../references/convolutions.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

function naive(x: Sequence, p: Flat, real: boolean[], taps: number, isFull: boolean): Sequence {
  const u = masked(x, real);
  const hidden = u.map((_, i) =>
    Array.from({ length: width }, (_, to) => {
      let sum = p.kernelBias![to]!;
      for (let t = 0; t < taps; t++) {
        const row = u[i + t - (taps - 1) / 2];
        for (let from = 0; row && from < width; from++) {
          const weight = isFull
            ? p.kernel![(t * width + from) * width + to]!
            : from === to
              ? p.kernel![t * width + to]!
              : 0;
          sum += weight * row[from]!;
        }
      }
      return gelu(sum);
    }),
  );
  return affine(hidden, p.output!, p.outputBias!);
}

describe.each(['depthwise', 'full'] as const)('%s', (kind) => {
  it.each([
    { length: 1, kernel: 5 },
    { length: 2, kernel: 1 },
    { length: 9, kernel: 3 },
    { length: 6, kernel: 7 },
  ])('agrees with loops over positions: %o', ({ length, kernel }) => {
    const mixer = boundedConv.create({ length, width, layers: 2 }, { kernel, kind });
    for (const isPadded of [false, true]) {
      checkParity(
        mixer,
        length,
        (x, p, real) => naive(x, p, real, kernel, kind === 'full'),
        isPadded,
      );
    }
  });

  it.each([1, 5, 11])('sees exactly half its kernel of %i to either side', (kernel) => {
    const mixer = boundedConv.create({ length: 70, width, layers: 2 }, { kernel, kind });
    expect(mixer.reach).toBe((kernel - 1) / 2);
    expect(measureReach(mixer, 70)).toBe((kernel - 1) / 2);
  });
});

it('refuses an even kernel', () => {
  expect(() =>
    boundedConv.create({ length: 8, width, layers: 1 }, { kernel: 6, kind: 'depthwise' }),
  ).toThrow(/kernel: 6 is even; expected an odd number.* 7/);
});

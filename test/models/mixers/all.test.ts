import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Mixer } from '../../../models/mixer.ts';
import { local } from '../../../models/mixers/local.ts';
import { s4d } from '../../../models/mixers/s4d.ts';
import { transformer } from '../../../models/mixers/transformer.ts';
import { alibiSlopes } from '../../../models/positions.ts';
import { asBatch, expectParity, randomInput, randomParameters, stream } from '../parity.ts';
import * as reference from '../reference.ts';

const batch = 2;
const width = 4;

type Naive = (x: reference.Sequence, p: reference.Flat, real: boolean[]) => reference.Sequence;

/** Outputs and gradients at real tokens; the second sequence has padding if asked for. */
function check(mixer: Mixer, length: number, naive: Naive, isPadded: boolean): void {
  const random = stream(`${length}/${isPadded}`);
  const tokens = [length, isPadded ? Math.ceil(length / 2) : length];
  const real = tokens.map((count) => Array.from({ length }, (_, i) => i < count));
  const shape = [batch, length, width];
  const weights = real.flatMap((row) =>
    row.flatMap((isReal) => Array.from({ length: width }, () => (isReal ? random() + 0.5 : 0))),
  );
  const mask = isPadded ? tf.tensor2d(real.map((row) => row.map(Number))) : undefined;
  expectParity(
    { x: randomInput(shape, random), ...randomParameters(mixer.parameters, random) },
    ({ x, ...p }) => mixer.apply(x!, p, { mask }),
    ({ x, ...p }) => asBatch(x!, shape).flatMap((rows, b) => naive(rows, p, real[b]!).flat()),
    weights,
  );
}

beforeAll(() => tf.setBackend('cpu'));

const lengths = [1, 2, 7, 9];

describe('transformer', () => {
  for (const positions of ['rotary', 'alibi', 'none'] as const) {
    for (const isPadded of [false, true]) {
      it(`agrees with loops over positions: ${positions}, ${isPadded ? '' : 'no '}padding`, () => {
        for (const length of lengths) {
          const options = { heads: 2, positions };
          const mixer = transformer.create({ length, width, layers: 2 }, options);
          const slopes = alibiSlopes(2);
          check(
            mixer,
            length,
            (x, p, real) => reference.attention(x, p, options, real, slopes),
            isPadded,
          );
        }
      });
    }
  }
});

describe('local', () => {
  for (const positions of ['rotary', 'alibi', 'none'] as const) {
    for (const isPadded of [false, true]) {
      it(`agrees with loops over positions: ${positions}, ${isPadded ? '' : 'no '}padding`, () => {
        for (const [length, window] of [
          [1, 1],
          [7, 1],
          [7, 3],
          [9, 4],
          [6, 3],
          [5, 9],
        ] as const) {
          const options = { window, heads: 2, positions };
          const mixer = local.create({ length, width, layers: 2 }, options);
          const slopes = alibiSlopes(2);
          check(
            mixer,
            length,
            (x, p, real) => reference.attention(x, p, options, real, slopes),
            isPadded,
          );
        }
      });
    }
  }
});

describe('s4d', () => {
  for (const initialisation of ['lin', 'inv', 'legs'] as const) {
    for (const isPadded of [false, true]) {
      it(`agrees with the recurrence: ${initialisation}, ${isPadded ? '' : 'no '}padding`, () => {
        for (const length of lengths) {
          const options = { state: 4, initialisation, dtMin: 0.001, dtMax: 0.1 };
          const mixer = s4d.create({ length, width, layers: 2 }, options);
          check(mixer, length, (x, p, real) => reference.s4d(x, p, 4, real), isPadded);
        }
      });
    }
  }
  it('refuses bounds of the step size that cross', () => {
    const options = { state: 4, initialisation: 'lin', dtMin: 0.2, dtMax: 0.1 } as const;
    expect(() => s4d.create({ length: 4, width, layers: 1 }, options)).toThrow(/dtMin.*0\.1/);
  });
});

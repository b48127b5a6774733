import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { synthesizer } from '../../../models/mixers/synthesizer.ts';
import { asBatch, expectParity, randomInput, randomParameters, stream } from '../parity.ts';
import { affine, type Flat, type Sequence } from '../reference.ts';
import { average, dot, joined } from '../references/heads.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const [heads, rank] = [2, 3];
const channels = width / heads;
const options = { heads, rank, positions: 'none' } as const;

function naive(x: Sequence, p: Flat, real: boolean[], kind: 'random' | 'dense'): Sequence {
  const length = x.length;
  const values = affine(x, p.value!, p.valueBias!);
  const hidden =
    kind === 'dense'
      ? affine(x, p.hidden!, p.hiddenBias!).map((row) => row.map((value) => Math.max(0, value)))
      : [];
  const score = (h: number, i: number, j: number): number => {
    if (kind === 'random') {
      const row = (table: ArrayLike<number>, at: number) =>
        Array.from({ length: rank }, (_, r) => table[(h * length + at) * rank + r]!);
      return dot(row(p.rows!, i), row(p.columns!, j));
    }
    let sum = p.scoresBias![h * length + j]!;
    for (let c = 0; c < channels; c++) {
      sum += hidden[i]![h * channels + c]! * p.scores![(h * channels + c) * length + j]!;
    }
    return sum;
  };
  const outputs = Array.from({ length: heads }, (_, h) => {
    const v = values.map((row) => row.slice(h * channels, (h + 1) * channels));
    return x.map((_, i) =>
      average(
        v.map((_, j) => (real[j] ? Math.exp(score(h, i, j)) : 0)),
        v,
      ),
    );
  });
  return joined(outputs, p);
}

describe.each(['random', 'dense'] as const)('%s', (kind) => {
  it.each([2, 7])('agrees with loops over positions at length %i', (length) => {
    const mixer = synthesizer.create({ length, width, layers: 2 }, { ...options, kind });
    for (const isPadded of [false, true]) {
      checkParity(mixer, length, (x, p, real) => naive(x, p, real, kind), isPadded);
    }
  });

  it('sees everything', () => {
    const mixer = synthesizer.create({ length: 33, width, layers: 2 }, { ...options, kind });
    expect(mixer.reach).toBe(Infinity);
    expect(measureReach(mixer, 33)).toBe(32);
  });
});

it.each(['random', 'dense'] as const)(
  'attends to the one token there is at length 1: %s',
  (kind) => {
    const mixer = synthesizer.create({ length: 1, width, layers: 2 }, { ...options, kind });
    const random = stream('one');
    // Scores have no gradient then; what rounding leaves of it is compared with 1e-3.
    expectParity(
      { x: randomInput([2, 1, width], random), ...randomParameters(mixer.parameters, random) },
      ({ x, ...p }) => mixer.apply(x!, p, {}),
      ({ x, ...p }) =>
        asBatch(x!, [2, 1, width]).flatMap((rows) => naive(rows, p, [true], kind).flat()),
      Array.from({ length: 2 * width }, () => random() + 0.5),
      1e-3,
    );
  },
);

import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { nystromformer } from '../../../models/mixers/nystromformer.ts';
import { randomInput, randomParameters, relativeError, stream } from '../parity.ts';
import { attention, type Flat, type Sequence } from '../reference.ts';
import { dot, headsOf, joined } from '../references/heads.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const heads = 2;
const base = { heads, positions: 'none', iterations: 6 } as const;

type Matrix = number[][];

const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, c) => row.reduce((sum, value, j) => sum + value * b[j]![c]!, 0)));

/** factor · I − a */
const lessThan = (factor: number, a: Matrix): Matrix =>
  a.map((row, i) => row.map((value, j) => (i === j ? factor : 0) - value));

/** Rows of softmax(q kᵀ / √dh) over the keys given. */
function softmax(q: Sequence, k: Sequence): Matrix {
  return q.map((query) => {
    const weights = k.map((key) => Math.exp(dot(query, key) / Math.sqrt(query.length)));
    const total = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / total);
  });
}

function pseudoInverse(a: Matrix, iterations: number): Matrix {
  const columns = a[0]!.map((_, j) => a.reduce((sum, row) => sum + row[j]!, 0));
  let z = a[0]!.map((_, j) => a.map((row) => row[j]! / Math.max(...columns)));
  for (let step = 0; step < iterations; step++) {
    const az = product(a, z);
    const inner = lessThan(15, product(az, lessThan(7, az)));
    z = product(z, lessThan(13, product(az, inner))).map((row) => row.map((value) => value / 4));
  }
  return z;
}

interface Options {
  landmarks: number;
  iterations: number;
  kernel: number;
}

/** Over the tokens that are real and the segments that have any. */
function naive(x: Sequence, p: Flat, real: boolean[], { landmarks, iterations, kernel }: Options) {
  const size = Math.ceil(x.length / Math.min(landmarks, x.length));
  const segments = Array.from({ length: Math.ceil(x.length / size) }, (_, s) =>
    x.flatMap((_, i) => (Math.floor(i / size) === s && real[i] ? [i] : [])),
  ).filter((tokens) => tokens.length > 0);
  const means = (rows: Sequence): Sequence =>
    segments.map((tokens) =>
      rows[0]!.map((_, c) => tokens.reduce((sum, i) => sum + rows[i]![c]! / tokens.length, 0)),
    );
  const outputs = headsOf(x, p, heads).map(({ q, k, v }, h) => {
    const isReal = (_: unknown, j: number) => real[j]!;
    const [qMean, kMean] = [means(q), means(k)];
    const seen = product(softmax(qMean, k.filter(isReal)), v.filter(isReal));
    const inverse = pseudoInverse(softmax(qMean, kMean), iterations);
    const o = product(softmax(q, kMean), product(inverse, seen));
    return o.map((row, i) =>
      row.map((value, c) => {
        let sum = value;
        for (let t = 0; t < kernel; t++) {
          const j = i + t - (kernel - 1) / 2;
          if (real[j]) sum += p.skip![t * heads + h]! * v[j]![c]!;
        }
        return sum;
      }),
    );
  });
  return joined(outputs, p);
}

describe.each([
  { landmarks: 3, kernel: 0, lengths: [1, 2, 7] },
  { landmarks: 4, kernel: 3, lengths: [1, 10] },
])('%o', ({ lengths, ...some }) => {
  it.each(lengths)('agrees with loops over positions at length %i', (length) => {
    const options = { ...base, ...some };
    const mixer = nystromformer.create({ length, width, layers: 2 }, options);
    for (const isPadded of [false, true]) {
      checkParity(mixer, length, (x, p, real) => naive(x, p, real, options), isPadded);
    }
  });
});

it('is softmax attention where every token is a landmark and the inverse is exact', () => {
  const length = 6;
  const options = { ...base, landmarks: length, kernel: 0, iterations: 30 };
  const mixer = nystromformer.create({ length, width, layers: 2 }, options);
  const random = stream('exact');
  const x = randomInput([1, length, width], random, 3);
  const inputs = randomParameters(mixer.parameters, random);
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, values }]) => [
      name,
      tf.tensor(Float32Array.from(values), shape),
    ]),
  );
  const y = mixer.apply(tf.tensor(Float32Array.from(x.values), x.shape), tensors, {});
  const rows = Array.from({ length }, (_, i) => [...x.values.slice(i * width, (i + 1) * width)]);
  const p = Object.fromEntries(Object.entries(inputs).map(([name, { values }]) => [name, values]));
  const expected = attention(
    rows,
    p,
    base,
    rows.map(() => true),
    [],
  );
  expect(relativeError(y.dataSync(), expected.flat())).toBeLessThan(1e-2);
});

it('sees everything', () => {
  const mixer = nystromformer.create(
    { length: 33, width, layers: 2 },
    { ...base, landmarks: 4, kernel: 3 },
  );
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

it('refuses an even kernel', () => {
  expect(() =>
    nystromformer.create({ length: 4, width, layers: 1 }, { ...base, landmarks: 4, kernel: 4 }),
  ).toThrow(/kernel: 4 is even; expected 0 or an odd number/);
});

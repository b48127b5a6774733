import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { shortConvolve, shortConvolveLast } from '../../../models/ops/shortConvolution.ts';
import { asBatch, expectParity, randomInput, relativeError, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

const channels = 3;

/** The sum of the definition. */
function naive(x: number[][][], kernel: ArrayLike<number>, taps: number, before: number) {
  return x.map((rows) =>
    rows.map((_, i) =>
      Array.from({ length: channels }, (_, c) => {
        let sum = 0;
        for (let t = 0; t < taps; t++) {
          sum += kernel[t * channels + c]! * (rows[i + t - before]?.[c] ?? 0);
        }
        return sum;
      }),
    ),
  );
}

it.each([
  { length: 1, taps: 5, before: 2 },
  { length: 2, taps: 1, before: 0 },
  { length: 3, taps: 9, before: 4 },
  { length: 33, taps: 4, before: 3 },
  { length: 70, taps: 3, before: 1 },
])('agrees with the sum, all tokens and the last: %o', ({ length, taps, before }) => {
  const random = stream(`short/${length}/${taps}`);
  const shape = [2, length, channels];
  const inputs = { x: randomInput(shape, random), kernel: randomInput([taps, channels], random) };
  expectParity(
    inputs,
    ({ x, kernel }) => shortConvolve(x!, kernel!, before),
    ({ x, kernel }) => naive(asBatch(x!, shape), kernel!, taps, before).flat(2),
    Array.from({ length: 2 * length * channels }, () => random() + 0.5),
  );
  expectParity(
    inputs,
    ({ x, kernel }) => shortConvolveLast(x!, kernel!, before),
    ({ x, kernel }) =>
      naive(asBatch(x!, shape), kernel!, taps, before).flatMap((rows) => rows[length - 1]!),
    Array.from({ length: 2 * channels }, () => random() + 0.5),
  );
});

it('takes kernels longer than a block', () => {
  const shape = [2, 130, channels];
  const random = stream('short/long');
  const [x, kernel] = [randomInput(shape, random), randomInput([61, channels], random)];
  const y = shortConvolve(
    tf.tensor(Float32Array.from(x.values), shape),
    tf.tensor(Float32Array.from(kernel.values), [61, channels]),
    30,
  );
  const expected = naive(asBatch(x.values, shape), kernel.values, 61, 30);
  expect(relativeError(y.dataSync(), expected.flat(2))).toBeLessThan(1e-5);
});

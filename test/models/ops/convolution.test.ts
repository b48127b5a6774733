import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { convolve } from '../../../models/ops/convolution.ts';
import { asBatch, expectParity, randomInput, relativeError, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

const batch = 2;
const channels = 3;

/** The double sum of the definition. */
function naive(u: number[][][], after: ArrayLike<number>, before: ArrayLike<number>): number[] {
  const length = u[0]!.length;
  return u.flatMap((rows) =>
    rows.flatMap((_, i) =>
      Array.from({ length: channels }, (_, h) =>
        rows.reduce((sum, row, j) => {
          const weight =
            j <= i ? after[h * length + i - j]! : before[h * (length - 1) + length - 1 - (j - i)]!;
          return sum + weight * row[h]!;
        }, 0),
      ),
    ),
  );
}

describe.each(['toeplitz', 'fourier'] as const)('%s', (method) => {
  it.each([1, 2, 3, 7, 8, 13, 31])('agrees with the sum at length %i', (length) => {
    const random = stream(`convolution/${length}`);
    const shape = [batch, length, channels];
    const inputs = {
      u: randomInput(shape, random),
      after: randomInput([channels, length], random),
      ...(length > 1 ? { before: randomInput([channels, length - 1], random) } : {}),
    };
    expectParity(
      inputs,
      ({ u, after, before }) => convolve(u!, after!, before, method),
      ({ u, after, before }) => naive(asBatch(u!, shape), after!, before ?? []),
      Array.from({ length: batch * length * channels }, () => random() + 0.5),
    );
  });

  it('is causal without weights for later tokens', () => {
    const length = 9;
    const random = stream('causal');
    const shape = [batch, length, channels];
    const zeros = new Float64Array(channels * (length - 1));
    expectParity(
      { u: randomInput(shape, random), after: randomInput([channels, length], random) },
      ({ u, after }) => convolve(u!, after!, undefined, method),
      ({ u, after }) => naive(asBatch(u!, shape), after!, zeros),
      Array.from({ length: batch * length * channels }, () => random() + 0.5),
    );
  });
});

it('gives the same for a long sequence by both methods', () => {
  const length = 400;
  const random = stream('long');
  const tensor = (shape: number[]) =>
    tf.tensor(Float32Array.from(randomInput(shape, random).values), shape);
  const u = tensor([1, length, 2]);
  const after = tensor([2, length]);
  const before = tensor([2, length - 1]);
  const [a, b] = (['toeplitz', 'fourier'] as const).map((method) =>
    convolve(u, after, before, method).dataSync(),
  );
  expect(relativeError(a!, b!)).toBeLessThan(1e-5);
});

describe('a long causal convolution', () => {
  const length = 150;
  const random = stream('halves');
  const tensor = (shape: number[]) =>
    tf.tensor(Float32Array.from(randomInput(shape, random).values), shape);
  const [u, after, weights] = [
    [2, length, 2],
    [2, length],
    [2, length, 2],
  ].map(tensor);

  it('has the same outputs and gradients by both methods', () => {
    const [a, b] = (['toeplitz', 'fourier'] as const).map((method) => {
      const loss = (u: Tensor, after: Tensor) =>
        tf.sum(tf.mul(tf.square(convolve(u, after, undefined, method)), weights!)).asScalar();
      const { value, grads } = tf.valueAndGrads(loss)([u!, after!]);
      return [value, ...grads].map((t) => t.dataSync());
    });
    a!.forEach((expected, i) => expect(relativeError(b![i]!, expected)).toBeLessThan(1e-5));
  });

  it('lets not one bit of a later token through', () => {
    const output = (u: Tensor) => tf.slice(convolve(u, after!), [0, 0, 0], [2, 100, 2]).dataSync();
    const later = tf.concat([tf.zeros([2, 100, 2]), tf.ones([2, length - 100, 2])], 1);
    expect(output(tf.add(u!, later))).toEqual(output(u!));
  });
});

import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { exponential, exponentialLessOne, product, rotation } from '../../../models/ops/complex.ts';
import { expectParity, randomInput, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('rotation', () => {
  it.each([1e-3, 1, 100, 1e4])('has the cosine and the sine of angles up to %d', (scale) => {
    const angles = Float32Array.from(randomInput([1000], stream('angles'), scale).values);
    const { re, im } = rotation(tf.tensor1d(angles));
    const [cos, sin] = [re.dataSync(), im.dataSync()];
    angles.forEach((angle, i) => {
      expect(Math.abs(cos[i]! - Math.cos(angle))).toBeLessThan(1e-6);
      expect(Math.abs(sin[i]! - Math.sin(angle))).toBeLessThan(1e-6);
      expect(Math.abs(sin[i]! / Math.sin(angle) - 1)).toBeLessThan(scale > 10 ? Infinity : 1e-5);
    });
  });
});

const random = stream('complex');
const z = { re: randomInput([2, 3], random, 2), im: randomInput([2, 3], random, 8) };
const weights = Array.from({ length: 12 }, () => random() + 0.5);

it('multiplies', () => {
  const a = product(
    { re: tf.scalar(1), im: tf.scalar(2) },
    { re: tf.scalar(3), im: tf.scalar(-4) },
  );
  expect([a.re.dataSync()[0], a.im.dataSync()[0]]).toEqual([11, 2]);
});

it.each([
  ['exponential', exponential, 0],
  ['exponentialLessOne', exponentialLessOne, 1],
] as const)('%s has the values and gradients of its formula', (_, operation, less) => {
  expectParity(
    z,
    ({ re, im }) => {
      const y = operation({ re: re!, im: im! });
      return tf.concat([y.re, y.im], 0);
    },
    ({ re, im }) => [
      ...re!.map((x, i) => Math.exp(x) * Math.cos(im![i]!) - less),
      ...re!.map((x, i) => Math.exp(x) * Math.sin(im![i]!)),
    ],
    weights,
  );
});

it('keeps the digits of e^z − 1 for small z', () => {
  const { re, im } = exponentialLessOne({ re: tf.tensor1d([-1e-4]), im: tf.tensor1d([2e-4]) });
  const exact = Math.expm1(-1e-4) * Math.cos(2e-4) - 2 * Math.sin(1e-4) ** 2;
  expect(re.dataSync()[0]! / exact).toBeCloseTo(1, 6);
  expect(im.dataSync()[0]! / (Math.exp(-1e-4) * Math.sin(2e-4))).toBeCloseTo(1, 6);
});

import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { dss } from '../../../models/mixers/dss.ts';
import { affine, gelu, sigmoid, type Flat, type Sequence } from '../reference.ts';
import { checkParity, measureReach, parameterOf, type Naive, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const options = { state: 4, kernel: 'softmax', dtMin: 0.01, dtMax: 0.1 } as const;

type Number = [re: number, im: number];
const times = ([a, b]: Number, [c, d]: Number): Number => [a * c - b * d, a * d + b * c];
const exp = ([a, b]: Number): Number => [Math.exp(a) * Math.cos(b), Math.exp(a) * Math.sin(b)];
const scaled = ([a, b]: Number, by: number): Number => [a * by, b * by];

/** One state's share of the kernel before its weight, at t = 0 … L − 1, from the paper's formulas. */
function basis(kernel: string, p: Flat, n: number, dt: number, length: number): Number[] {
  const re = kernel === 'softmax' ? p.re![n]! : -Math.exp(p.re![n]!);
  const rate: Number = [re, p.im![n]!];
  const powers = Array.from({ length }, (_, t) => exp(scaled(rate, dt * t)));
  const [er, ei] = exp(scaled(rate, dt));
  const less: Number = [er - 1, ei];
  if (kernel === 'exp') {
    const [a, b] = rate;
    const inverse = scaled([a, -b], 1 / (a * a + b * b));
    return powers.map((power) => times(times(less, inverse), power));
  }
  // The softmax by its sum, counted from the larger end, with the code's guard of the division.
  const end: Number = re > 0 ? powers.at(-1)! : [1, 0];
  const [cr, ci] = scaled([end[0], -end[1]], 1 / (end[0] ** 2 + end[1] ** 2));
  const shifted = powers.map((power) => times(power, [cr, ci]));
  const sum = shifted.reduce((a, b) => [a[0] + b[0], a[1] + b[1]]);
  const [nr, ni] = exp(scaled(rate, re > 0 ? -dt : dt));
  const numerator: Number = [nr - 1, ni];
  const [qr, qi] = times(times(sum, numerator), rate);
  const share = times(numerator, scaled([qr, -qi], 1 / (qr * qr + qi * qi + 1e-7)));
  return shifted.map((power) => times(power, share));
}

const naive =
  (kernel: string): Naive =>
  (x: Sequence, p, real) => {
    const [length, pairs] = [x.length, p.im!.length];
    const u = x.map((row, i) => row.map((value) => (real[i] ? value : 0)));
    const y = u.map((row) => row.map((value, h) => value * p.d![h]!));
    for (let h = 0; h < width; h++) {
      for (let n = 0; n < pairs; n++) {
        const share = basis(kernel, p, n, Math.exp(p.logDt![h]!), length);
        const at = (direction: number, t: number) => {
          const c = (part: number) => p.c![((direction * 2 + part) * width + h) * pairs + n]!;
          return 2 * (c(0) * share[t]![0] - c(1) * share[t]![1]);
        };
        for (let i = 0; i < length; i++) {
          for (let j = 0; j < length; j++) {
            y[i]![h]! += u[j]![h]! * (j <= i ? at(0, i - j) : at(1, j - i - 1));
          }
        }
      }
    }
    const gated = affine(
      y.map((row) => row.map(gelu)),
      p.output!,
      p.outputBias!,
    );
    return gated.map((row) => row.slice(0, width).map((a, c) => a * sigmoid(row[width + c]!)));
  };

describe.each(['softmax', 'exp'] as const)('with the %s kernel', (kernel) => {
  it.each([1, 2, 9])('agrees with the sums of the paper at length %i', (length) => {
    const mixer = dss.create({ length, width, layers: 2 }, { ...options, kernel });
    for (const isPadded of length === 9 ? [false, true] : [false]) {
      checkParity(mixer, length, naive(kernel), isPadded);
    }
  });
});

it('counts rates that grow from the last token', () => {
  const length = 9;
  const mixer = dss.create({ length, width, layers: 2 }, options);
  const growing = { ...parameterOf(mixer, 're'), initialise: () => Float32Array.of(-0.5, 0.7) };
  const grown = { ...mixer, parameters: { ...mixer.parameters, re: growing } };
  checkParity(grown, length, naive('softmax'), false);
});

it('sees everything', () => {
  const mixer = dss.create({ length: 17, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 17)).toBe(16);
});

it('refuses bounds of the step size that cross', () => {
  expect(() =>
    dss.create({ length: 4, width, layers: 1 }, { ...options, dtMin: 0.2, dtMax: 0.1 }),
  ).toThrow(/dtMin: 0\.2 .*at most 0\.1/);
});

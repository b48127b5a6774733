import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { s5 } from '../../../models/mixers/s5.ts';
import { affine, gelu, sigmoid, type Flat, type Sequence } from '../reference.ts';
import { checkParity, measureReach, parameterOf, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const options = { state: 6, blocks: 1, dtMin: 0.01, dtMax: 0.1 };

/** The recurrence of the paper, state by state and token by token, from either end. */
function naive(x: Sequence, p: Flat, real: boolean[]): Sequence {
  const pairs = p.imag!.length;
  const u = x.map((row, i) => row.map((value) => (real[i] ? value : 0)));
  const z = u.map((row) => row.map((value, c) => value * p.d![c]!));
  for (let n = 0; n < pairs; n++) {
    const dt = Math.exp(p.logDt![n]!);
    const [ar, ai] = [-Math.exp(p.logReal![n]!), p.imag![n]!];
    const size = Math.exp(ar * dt);
    const [lr, li] = [size * Math.cos(ai * dt), size * Math.sin(ai * dt)];
    const norm = ar * ar + ai * ai;
    const holdR = ((lr - 1) * ar + li * ai) / norm;
    const holdI = (li * ar - (lr - 1) * ai) / norm;
    for (const end of [0, 1]) {
      let [xr, xi] = [0, 0];
      for (let step = 0; step < x.length; step++) {
        const t = end === 0 ? step : x.length - 1 - step;
        const input = (part: number) =>
          u[t]!.reduce((sum, v, c) => sum + v * p.b![c * 2 * pairs + part * pairs + n]!, 0);
        const [br, bi] = [input(0), input(1)];
        [xr, xi] = [
          lr * xr - li * xi + holdR * br - holdI * bi,
          lr * xi + li * xr + holdR * bi + holdI * br,
        ];
        for (let c = 0; c < width; c++) {
          const row = (part: number) => p.c![((2 * end + part) * pairs + n) * width + c]!;
          z[t]![c]! += 2 * (row(0) * xr + row(1) * xi);
        }
      }
    }
  }
  const gated = affine(
    z.map((row) => row.map(gelu)),
    p.output!,
    p.outputBias!,
  );
  return gated.map((row) => row.slice(0, width).map((a, c) => a * sigmoid(row[width + c]!)));
}

it.each([1, 2, 7, 11])('agrees with the recurrence, step by step, at length %i', (length) => {
  const mixer = s5.create({ length, width, layers: 2 }, options);
  for (const isPadded of [false, true]) checkParity(mixer, length, naive, isPadded);
});

it('starts every block from the same eigenvalues', () => {
  const mixer = s5.create({ length: 4, width, layers: 1 }, { ...options, state: 12, blocks: 3 });
  const imag = parameterOf(mixer, 'imag');
  const start = [...imag.initialise(6, () => 0.5)];
  expect(start.slice(2, 4)).toEqual(start.slice(0, 2));
  expect(start.slice(4)).toEqual(start.slice(0, 2));
  expect(start[0]).not.toBe(start[1]);
});

it('sees everything', () => {
  const mixer = s5.create({ length: 33, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

it('refuses blocks that do not divide the state, and step sizes whose bounds cross', () => {
  const create = (changed: object) => () =>
    s5.create({ length: 4, width, layers: 1 }, { ...options, ...changed });
  expect(create({ blocks: 2 })).toThrow(/blocks: 2 .*half the state, 3/);
  expect(create({ dtMin: 0.2 })).toThrow(/dtMin: 0\.2 .*at most 0\.1/);
});

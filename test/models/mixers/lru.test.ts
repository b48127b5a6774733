import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { lru } from '../../../models/mixers/lru.ts';
import { stream } from '../parity.ts';
import { affine, gelu, sigmoid, type Flat, type Sequence } from '../reference.ts';
import { checkParity, measureReach, parameterOf, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const options = { state: 3, rMin: 0.5, rMax: 0.999, maxPhase: 2 };

/** The unit of the paper, state by state and token by token, from either end. */
function naive(x: Sequence, p: Flat, real: boolean[]): Sequence {
  const state = p.nu!.length;
  const u = x.map((row, i) => row.map((value) => (real[i] ? value : 0)));
  const z = u.map((row) => row.map((value, c) => value * p.d![c]!));
  for (let n = 0; n < state; n++) {
    const size = Math.exp(-Math.exp(p.nu![n]!));
    const phase = Math.exp(p.theta![n]!);
    const [lr, li] = [size * Math.cos(phase), size * Math.sin(phase)];
    const gamma = Math.exp(p.logGamma![n]!) * Math.sqrt(1 - size * size);
    for (const end of [0, 1]) {
      let [hr, hi] = [0, 0];
      for (let step = 0; step < x.length; step++) {
        const t = end === 0 ? step : x.length - 1 - step;
        const input = (part: number) =>
          gamma * u[t]!.reduce((sum, v, c) => sum + v * p.b![c * 2 * state + part * state + n]!, 0);
        [hr, hi] = [lr * hr - li * hi + input(0), lr * hi + li * hr + input(1)];
        for (let c = 0; c < width; c++) {
          const row = (part: number) => p.c![((2 * end + part) * state + n) * width + c]!;
          z[t]![c]! += row(0) * hr + row(1) * hi;
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
  const mixer = lru.create({ length, width, layers: 2 }, options);
  for (const isPadded of [false, true]) checkParity(mixer, length, naive, isPadded);
});

it('starts uniform on the ring', () => {
  const mixer = lru.create({ length: 4, width, layers: 1 }, { ...options, state: 2000 });
  const start = (name: string) => [...parameterOf(mixer, name).initialise(2000, stream(name))];
  const sizes = start('nu').map((nu) => Math.exp(-Math.exp(nu)));
  expect(Math.min(...sizes)).toBeGreaterThan(0.5 - 1e-5);
  expect(Math.max(...sizes)).toBeLessThan(0.999 + 1e-5);
  // Half of a ring's area lies within the root mean square of its radii.
  const middle = Math.sqrt((0.5 ** 2 + 0.999 ** 2) / 2);
  expect(sizes.filter((size) => size < middle).length / 2000).toBeCloseTo(0.5, 1);
  const phases = start('theta').map(Math.exp);
  expect(Math.max(...phases)).toBeLessThan(2 + 1e-5);
  expect(phases.filter((phase) => phase < 1).length / 2000).toBeCloseTo(0.5, 1);
});

it('sees everything', () => {
  const mixer = lru.create({ length: 33, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

it('refuses a ring whose bounds cross', () => {
  expect(() => lru.create({ length: 4, width, layers: 1 }, { ...options, rMax: 0.4 })).toThrow(
    /rMin: 0\.5 .*less than 0\.4/,
  );
});

it('starts B and C and groups parameters as minimal-LRU does', () => {
  const { b, c, nu } = startsOf();
  // Real and imaginary parts, of each: 1/√(2 d) and 1/√N.
  expect(deviation(b)).toBeCloseTo(1 / Math.sqrt(2 * 40), 2);
  expect(deviation(c)).toBeCloseTo(1 / Math.sqrt(50), 2);
  for (const { learningRate, decay } of [b, nu])
    expect({ learningRate, decay }).toEqual({ learningRate: 0.25, decay: false });
});

function startsOf() {
  const options = { state: 50, rMin: 0.9, rMax: 0.999, maxPhase: 6 };
  const mixer = lru.create({ length: 8, width: 40, layers: 2 }, options);
  return { b: parameterOf(mixer, 'b'), c: parameterOf(mixer, 'c'), nu: parameterOf(mixer, 'nu') };
}

function deviation({ initialise }: ReturnType<typeof parameterOf>): number {
  const drawn = [...initialise(4000, stream('start'))];
  return Math.sqrt(drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length);
}

import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { tensorsOf } from '../../../models/parameters.ts';
import { lowRankKernels, lowRankParameters } from '../../../models/recurrence/lowRank.ts';
import { s4 } from '../../../models/mixers/s4.ts';
import { randomParameters, stream } from '../parity.ts';
import { affine, gelu, sigmoid, type Flat, type Sequence } from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const options = { state: 4, dtMin: 0.01, dtMax: 0.1 };

type Matrix = number[][];

/** X with A X = B, by elimination with partial pivoting. */
function solve(a: Matrix, b: Matrix): Matrix {
  const rows = a.map((row, i) => [...row, ...b[i]!]);
  for (let column = 0; column < a.length; column++) {
    let pivot = column;
    for (let i = column; i < a.length; i++) {
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let i = 0; i < a.length; i++) {
      if (i === column) continue;
      const factor = rows[i]![column]! / rows[column]![column]!;
      rows[i] = rows[i]!.map((value, k) => value - factor * rows[column]![k]!);
    }
  }
  return rows.map((row, i) => row.slice(a.length).map((value) => value / row[i]!));
}

/** The real matrix that multiplies real and imaginary parts as a complex one does. */
function asReal(size: number, entry: (i: number, k: number) => [number, number]): Matrix {
  return Array.from({ length: 2 * size }, (_, row) =>
    Array.from({ length: 2 * size }, (_, column) => {
      const [re, im] = entry(row % size, column % size);
      if (row < size === column < size) return re;
      return row < size ? -im : im;
    }),
  );
}

/** The paper's discretised recurrence in all N states, conjugates included, step by step. */
function mixed(u: Sequence, p: Flat): Sequence {
  const pairs = p.imag!.length;
  const state = 2 * pairs;
  const sign = (n: number) => (n < pairs ? 1 : -1); // of the imaginary part
  const part = (values: ArrayLike<number>, n: number): [number, number] => [
    values[n % pairs]!,
    sign(n) * values[pairs + (n % pairs)]!,
  ];
  const matrix = asReal(state, (i, k) => {
    const [[a, b], [c, d]] = [part(p.p!, i), part(p.p!, k)];
    const own: [number, number] =
      i === k ? [-Math.exp(p.logReal![i % pairs]!), sign(i) * p.imag![i % pairs]!] : [0, 0];
    return [own[0] - (a * c + b * d), own[1] - (b * c - a * d)]; // Λ − P P*
  });
  const b = Array.from({ length: 2 * state }, (_, n) => [part(p.b!, n % state)[n < state ? 0 : 1]]);
  const y = u.map((row) => row.map((value, h) => value * p.d![h]!));
  for (let h = 0; h < width; h++) {
    const dt = Math.exp(p.logDt![h]!);
    const plus = (factor: number) =>
      matrix.map((row, i) => row.map((value, k) => Number(i === k) + factor * value));
    const transition = solve(plus(-dt / 2), plus(dt / 2));
    const input = solve(
      plus(-dt / 2),
      b.map(([value]) => [dt * value!]),
    );
    for (const direction of [0, 1]) {
      // The sum over all N states of C_n x_n, whose imaginary parts cancel.
      const c = (n: number) =>
        p.c![(h * 2 + direction) * state + (n < state ? 0 : pairs) + (n % pairs)]! *
        (n < state ? 1 : sign(n - state));
      let x = new Array<number>(2 * state).fill(0);
      for (let step = 0; step < u.length; step++) {
        const i = direction === 0 ? step : u.length - 1 - step;
        x = transition.map((row, n) =>
          row.reduce((sum, value, k) => sum + value * x[k]!, input[n]![0]! * u[i]![h]!),
        );
        const to = direction === 0 ? i : i - 1;
        if (to >= 0) y[to]![h]! += x.reduce((sum, value, n) => sum + value * c(n), 0);
      }
    }
  }
  return y;
}

function naive(x: Sequence, p: Flat, real: boolean[]): Sequence {
  const u = x.map((row, i) => row.map((value) => (real[i] ? value : 0)));
  const gated = affine(
    mixed(u, p).map((row) => row.map(gelu)),
    p.output!,
    p.outputBias!,
  );
  return gated.map((row) => row.slice(0, width).map((a, c) => a * sigmoid(row[width + c]!)));
}

it.each([1, 2, 9])('agrees with the recurrence, step by step, at length %i', (length) => {
  const mixer = s4.create({ length, width, layers: 2 }, options);
  for (const isPadded of length === 9 ? [false, true] : [false]) {
    checkParity(mixer, length, naive, isPadded);
  }
});

it('keeps its kernels exact over a thousand tokens of small steps', () => {
  const length = 1000;
  const mixer = s4.create({ length, width, layers: 2 }, { ...options, state: 16, dtMax: 0.01 });
  const drawn = randomParameters(mixer.parameters, stream('kernels'));
  drawn.logDt!.values.fill(Math.log(0.001));
  drawn.d!.values.fill(0);
  const tensors = Object.fromEntries(
    Object.entries(drawn).map(([name, { shape, values }]) => [
      name,
      tf.tensor(Float32Array.from(values), shape),
    ]),
  );
  const kernels = lowRankKernels(
    tensorsOf(
      lowRankParameters(width, { state: 16, dtMin: 0.001, dtMax: 0.01, directions: 2 }),
      tensors,
    ),
    length,
  ).arraySync() as number[][][];
  const values = Object.fromEntries(
    Object.entries(drawn).map(([name, { values }]) => [name, values]),
  );
  const impulse = Array.from({ length }, (_, t) => new Array<number>(width).fill(Number(t === 0)));
  const response = mixed(impulse, values);
  for (let h = 0; h < width; h++) {
    const scale = Math.max(...response.map((row) => Math.abs(row[h]!)));
    response.forEach((row, t) => {
      expect(Math.abs(row[h]! - kernels[0]![h]![t]!) / scale).toBeLessThan(1e-5);
    });
  }
});

it('sees everything', () => {
  const mixer = s4.create({ length: 17, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 17)).toBe(16);
});

it('refuses bounds of the step size that cross', () => {
  expect(() =>
    s4.create({ length: 4, width, layers: 1 }, { ...options, dtMin: 0.2, dtMax: 0.1 }),
  ).toThrow(/dtMin: 0\.2 .*at most 0\.1/);
});

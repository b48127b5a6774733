import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { named } from '../../../models/parameters.ts';
import { imaginaryParts, stateSpaceParameters } from '../../../models/recurrence/diagonal.ts';
import { stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('imaginaryParts', () => {
  it('is linear and inverse as in the paper', () => {
    expect(imaginaryParts('lin', 6)).toEqual([0, Math.PI, 2 * Math.PI]);
    const inverse = imaginaryParts('inv', 4);
    expect(inverse[0]).toBeCloseTo((4 / Math.PI) * 3, 12);
    expect(inverse[1]).toBeCloseTo((4 / Math.PI) * (4 / 3 - 1), 12);
  });

  it.each([2, 8, 16])('has the eigenvalues of HiPPO-LegS for %i states', (state) => {
    const parts = imaginaryParts('legs', state);
    expect(parts).toHaveLength(state / 2);
    // i·λ is an eigenvalue of S exactly where S − iλ, as a real matrix of twice the size, is singular.
    const s = (n: number, k: number) =>
      (Math.sign(k - n) * Math.sqrt((2 * n + 1) * (2 * k + 1))) / 2;
    const real = (lambda: number) =>
      Array.from({ length: 2 * state }, (_, row) =>
        Array.from({ length: 2 * state }, (_, column) => {
          const [n, k] = [row % state, column % state];
          if (row < state === column < state) return s(n, k);
          if (n !== k) return 0;
          return row < state ? lambda : -lambda;
        }),
      );
    for (const lambda of parts) {
      expect(smallestPivot(real(lambda))).toBeLessThan(1e-8);
      expect(smallestPivot(real(lambda + 0.05))).toBeGreaterThan(1e-6);
    }
    // Every pair counted once: 2 Σ λ² is the squared norm of S.
    let norm = 0;
    for (let n = 0; n < state; n++) for (let k = 0; k < state; k++) norm += s(n, k) ** 2;
    expect((2 * parts.reduce((sum, x) => sum + x * x, 0)) / norm).toBeCloseTo(1, 10);
  });
});

/** Smallest pivot of elimination with full pivoting, over the largest: 0 for singular matrices. */
function smallestPivot(matrix: number[][]): number {
  const a = matrix.map((row) => [...row]);
  let [largest, smallest] = [0, Infinity];
  while (a.length > 0) {
    let [row, column] = [0, 0];
    a.forEach((values, i) =>
      values.forEach((value, j) => {
        if (Math.abs(value) > Math.abs(a[row]![column]!)) [row, column] = [i, j];
      }),
    );
    const pivotRow = a.splice(row, 1)[0]!;
    const pivot = pivotRow[column]!;
    largest = Math.max(largest, Math.abs(pivot));
    smallest = Math.min(smallest, Math.abs(pivot));
    if (pivot === 0) return 0;
    for (const values of a) {
      const factor = values[column]! / pivot;
      pivotRow.forEach((value, j) => (values[j]! -= factor * value));
      values.splice(column, 1);
    }
  }
  return smallest / largest;
}

describe('stateSpaceParameters', () => {
  const options = { state: 8, spectrum: 'lin', dtMin: 0.01, dtMax: 0.1 } as const;
  const start = Object.fromEntries(
    named(stateSpaceParameters(500, options)).map(({ name, shape, initialise }) => [
      name,
      initialise(
        shape.reduce((a, b) => a * b),
        stream(name),
      ),
    ]),
  );

  it('starts with step sizes spread over the decades between the bounds', () => {
    const steps = [...start.logDt!].map(Math.exp);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0.01 - 1e-6);
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.1 + 1e-6);
    expect(steps.filter((step) => step < Math.sqrt(0.001)).length / steps.length).toBeCloseTo(
      0.5,
      1,
    );
  });

  it('starts every channel from the same rates, with real part −1/2', () => {
    expect([...start.logReal!].every((value) => Math.abs(Math.exp(value) - 0.5) < 1e-6)).toBe(true);
    expect(start.imag!.slice(0, 4)).toEqual(start.imag!.slice(4, 8));
  });
});

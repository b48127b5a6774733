import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { invertUnitLower, statesBefore } from '../../../models/ops/deltaRule.ts';
import { expectParity, randomInput, relativeError, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

/** Columns of (I + A)⁻¹ by forward substitution. */
function inverse(a: ArrayLike<number>, size: number): number[] {
  const result = new Array<number>(size * size).fill(0);
  for (let column = 0; column < size; column++) {
    for (let row = column; row < size; row++) {
      let value = row === column ? 1 : 0;
      for (let j = column; j < row; j++) value -= a[row * size + j]! * result[j * size + column]!;
      result[row * size + column] = value;
    }
  }
  return result;
}

it.each([1, 2, 3, 8, 13])(
  'inverts I + A of %i rows, whatever stands above the diagonal',
  (size) => {
    const random = stream(`inverse/${size}`);
    const inputs = { a: randomInput([2, size, size], random) };
    expectParity(
      inputs,
      ({ a }) => invertUnitLower(a!),
      ({ a }) =>
        [0, 1].flatMap((b) => inverse(a!.subarray(b * size * size, (b + 1) * size * size), size)),
      Array.from({ length: 2 * size * size }, () => random() + 0.5),
    );
  },
);

it('stays exact where all keys are alike and powers of A would be astronomical', () => {
  const size = 64;
  const a = Float32Array.from({ length: size * size }, () => 0.5);
  const actual = invertUnitLower(tf.tensor3d(a, [1, size, size]));
  expect(relativeError(actual.dataSync(), inverse(a, size))).toBeLessThan(1e-5);
});

it.each([1, 2, 3, 7])('hands the state through %i chunks', (count) => {
  const random = stream(`states/${count}`);
  const [groups, keys, values] = [2, 2, 3];
  const inputs = {
    m: randomInput([groups, count, keys, keys], random),
    n: randomInput([groups, count, keys, values], random),
  };
  expectParity(
    inputs,
    ({ m, n }) => statesBefore(m!, n!),
    ({ m, n }) =>
      Array.from({ length: groups }, (_, g) => {
        let state = Array.from({ length: keys }, () => new Array<number>(values).fill(0));
        return Array.from({ length: count }, (_, i) => {
          const before = state.flat();
          const at = g * count + i;
          state = state.map((_, r) =>
            Array.from({ length: values }, (_, e) =>
              state.reduce(
                (sum, row, j) => sum + m![(at * keys + r) * keys + j]! * row[e]!,
                n![(at * keys + r) * values + e]!,
              ),
            ),
          );
          return before;
        });
      }).flat(2),
    Array.from({ length: groups * count * keys * values }, () => random() + 0.5),
  );
});

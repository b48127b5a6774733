import { expect, it } from 'vitest';
import { legs } from '../../../models/ops/hippo.ts';

const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const apply = (matrix: number[][], x: number[]) => matrix.map((row) => dot(row, x));

it.each([2, 6, 16])('is HiPPO-LegS in another basis, for %i states', (state) => {
  const { imaginary, lowRank } = legs(state);
  const n = Array.from({ length: state }, (_, n) => n);
  const legendre = n.map((n1) =>
    n.map((k) => (n1 > k ? -Math.sqrt((2 * n1 + 1) * (2 * k + 1)) : n1 === k ? -(n1 + 1) : 0)),
  );
  // Diagonal less rank one, of all states with their conjugates, as real and imaginary parts.
  const half = imaginary.length;
  const low = [...lowRank.map((x) => Math.SQRT2 * x), ...lowRank.map(() => 0)];
  const turned = n.map((i) =>
    n.map((k) => {
      const pair = i % half;
      const own = i === k ? -1 / 2 : k === i + half ? -imaginary[pair]! : 0;
      return (k === i - half ? imaginary[pair]! : own) - low[i]! * low[k]!;
    }),
  );
  // A unitary change of basis keeps Pᵀ A^k B and the traces of the powers' squares, whatever k.
  let x = n.map((k) => Math.sqrt(2 * k + 1));
  let y = low.map((value) => Math.SQRT2 * value);
  const p = n.map((k) => Math.sqrt(k + 1 / 2));
  for (let k = 0; k < state; k++) {
    expect(dot(low, y) / dot(p, x)).toBeCloseTo(1, 8);
    expect(dot(y, y) / dot(x, x)).toBeCloseTo(1, 8);
    [x, y] = [apply(legendre, x), apply(turned, y)];
  }
});

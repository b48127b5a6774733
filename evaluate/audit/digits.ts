/**
 * Distributions of a ListOps operator's value over independent operands, each with a known
 * distribution over the digits; exact but for rounding.
 */
import { MAX, MIN, SM } from '../../generators/standard/listops/expressions.ts';

/** Probability of each digit. */
export type Digits = Float64Array;

export const certain = (digit: number): Digits => {
  const digits = new Float64Array(10);
  digits[digit] = 1;
  return digits;
};

export function combine(operator: number, operands: readonly Digits[]): Digits {
  if (operator === MIN) return extreme(operands, false);
  if (operator === MAX) return extreme(operands, true);
  return operator === SM ? sum(operands) : median(operands);
}

/** P(max <= v) is the product of all P(operand <= v); the minimum is the same from the other side. */
function extreme(operands: readonly Digits[], isMaximum: boolean): Digits {
  const result = new Float64Array(10);
  const below = new Float64Array(operands.length);
  let before = 0;
  for (let i = 0; i < 10; i++) {
    const digit = isMaximum ? i : 9 - i;
    let product = 1;
    operands.forEach((operand, o) => {
      below[o]! += operand[digit]!;
      product *= below[o]!;
    });
    result[digit] = product - before;
    before = product;
  }
  return result;
}

function sum(operands: readonly Digits[]): Digits {
  let result = certain(0);
  for (const operand of operands) {
    const next = new Float64Array(10);
    for (let a = 0; a < 10; a++)
      if (result[a]! > 0)
        for (let b = 0; b < 10; b++) next[(a + b) % 10]! += result[a]! * operand[b]!;
    result = next;
  }
  return result;
}

/**
 * Mean of the two middle operands rounded down, or the middle one. With h = n / 2 operands in each half,
 * P(lower <= a and upper >= b) for a < b is that h are at most a and the others at least b; the
 * probability of each pair of middle values follows by differences.
 */
function median(operands: readonly Digits[]): Digits {
  const n = operands.length;
  const upTo = operands.map((operand) => {
    let total = 0;
    return operand.map((p) => (total += p));
  });
  const result = new Float64Array(10);
  const counts = new Float64Array(n + 1);
  /** Probability that exactly (or at least) `least` operands are <= a, while no other is below b. */
  const split = (a: number, b: number, least: number, orMore: boolean): number => {
    counts.fill(0);
    counts[0] = 1;
    for (const cumulative of upTo) {
      const low = a < 0 ? 0 : cumulative[a]!;
      const high = b > 9 ? 0 : cumulative[9]! - (b > 0 ? cumulative[b - 1]! : 0);
      for (let c = n; c > 0; c--) counts[c] = counts[c]! * high + counts[c - 1]! * low;
      counts[0] *= high;
    }
    if (!orMore) return counts[least]!;
    let total = 0;
    for (let c = least; c <= n; c++) total += counts[c]!;
    return total;
  };
  /** P(lower middle <= a) */
  const lowerUpTo = Array.from({ length: 10 }, (_, a) => split(a, a + 1, (n + 1) >> 1, true));
  if (n % 2 === 1) {
    for (let a = 0; a < 10; a++) result[a] = lowerUpTo[a]! - (a > 0 ? lowerUpTo[a - 1]! : 0);
    return result;
  }
  const half = n / 2;
  const both = Array.from({ length: 11 }, (_, i) =>
    Array.from({ length: 11 }, (_, b) => (i - 1 < b ? split(i - 1, b, half, false) : 0)),
  ); // [a + 1][b]
  for (let a = 0; a < 10; a++) {
    let rest = lowerUpTo[a]! - (a > 0 ? lowerUpTo[a - 1]! : 0);
    for (let b = a + 1; b < 10; b++) {
      const pair = both[a + 1]![b]! - both[a]![b]! - both[a + 1]![b + 1]! + both[a]![b + 1]!;
      rest -= pair;
      result[(a + b) >> 1]! += pair;
    }
    result[a]! += rest;
  }
  return result;
}

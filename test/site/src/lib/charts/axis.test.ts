import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scale, spaced } from '../../../../../site/src/lib/charts/axis.ts';

describe('a scale', () => {
  it('is linear, and has its middle for a single value', () => {
    expect([0, 0.5, 1].map(scale([0, 1], [10, 30]))).toEqual([10, 20, 30]);
    expect(scale([4, 4], [10, 30])(4)).toBe(20);
  });
});

describe('ticks', () => {
  it('stand apart, with the ends always there', () => {
    const ascending = fc
      .uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 30 })
      .map((values) => values.sort((a, b) => a - b));
    fc.assert(
      fc.property(ascending, (values) => {
        const kept = spaced(values, (value) => value, 28);
        expect([kept[0], kept.at(-1)]).toEqual([values[0], values.at(-1)]);
        for (let i = 2; i < kept.length; i++)
          expect(kept[i]! - kept[i - 1]!).toBeGreaterThanOrEqual(28);
      }),
    );
    expect(spaced([], (value) => value, 28)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { groupInterval } from '../../../leaderboards/statistics/groups.ts';

const width = ([low, high]: [number, number]) => high - low;

describe('interval over groups', () => {
  it('has no width where all groups are alike and neither right nor wrong throughout', () => {
    expect(groupInterval([1, 1, 1], [10, 10, 10])).toEqual([0.1, 0.1]);
  });
  it('is Wilson’s for single examples', () => {
    // 90 of 100 right: Wilson's interval by hand.
    const correct = Array.from({ length: 100 }, (_, i) => (i < 90 ? 1 : 0));
    const [low, high] = groupInterval(correct, new Array(100).fill(1));
    expect(low).toBeCloseTo(0.8256, 2);
    expect(high).toBeCloseTo(0.9448, 2);
  });
  it('takes a group for one example where all are right, and stays within shares', () => {
    const [low, high] = groupInterval(new Array(20).fill(8), new Array(20).fill(8));
    expect(high).toBe(1);
    expect(low).toBeCloseTo(20 / (20 + 1.96 ** 2), 4);
    expect(groupInterval([0, 0], [4, 4])[0]).toBe(0);
  });
  it('is wider where siblings stand or fall together', () => {
    const together = Array.from({ length: 100 }, (_, i) => (i % 2) * 4);
    const sizes = new Array(100).fill(4);
    expect(width(groupInterval(together, sizes))).toBeGreaterThan(0.15);
    expect(width(groupInterval(new Array(100).fill(2), sizes))).toBe(0);
  });
  it('does not count the differences between distances as uncertainty', () => {
    const random = Array.from({ length: 100 }, (_, i) => (i < 50 ? 3 : 1) + ((i * 7) % 2));
    const sizes = new Array(100).fill(4);
    const strata = sizes.map((_, i) => (i < 50 ? 0 : 1));
    expect(width(groupInterval(random, sizes, strata))).toBeLessThan(
      0.6 * width(groupInterval(random, sizes)),
    );
  });
  it('refuses no groups and unequal lengths', () => {
    expect(() => groupInterval([], [])).toThrow(RangeError);
    expect(() => groupInterval([1], [1, 1])).toThrow(/1 counts and 2 sizes/);
  });
});

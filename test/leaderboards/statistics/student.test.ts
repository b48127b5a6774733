import { describe, expect, it } from 'vitest';
import { tQuantile, tTail } from '../../../leaderboards/statistics/student.ts';

describe('Student’s t', () => {
  it.each([
    [1, 12.7062],
    [2, 4.3027],
    [3, 3.1824],
    [4, 2.7764],
    [9, 2.2622],
    [30, 2.0423],
    [Infinity, 1.96],
  ])('quantile of %d degrees is the table’s', (degrees, expected) => {
    expect(tQuantile(degrees)).toBeCloseTo(expected, 4);
  });
  it('tail is the closed form where there is one', () => {
    for (const t of [0.01, 0.5, 1, 3, 40]) {
      expect(tTail(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 12);
      expect(tTail(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
    }
    expect(tTail(0, 5)).toBe(1);
    expect(tTail(Infinity, 5)).toBe(0);
  });
  it('lies between whole degrees for those between', () => {
    expect(tQuantile(2.5)).toBeLessThan(tQuantile(2));
    expect(tQuantile(2.5)).toBeGreaterThan(tQuantile(3));
  });
});

import { describe, expect, it } from 'vitest';
import { chanceCorrected, localityMetrics } from '../../../leaderboards/statistics/metrics.ts';

describe('chance-corrected accuracy', () => {
  it('is 1 for perfect, 0 at chance, negative below', () => {
    expect(chanceCorrected(1, 0.1)).toBe(1);
    expect(chanceCorrected(0.1, 0.1)).toBe(0);
    expect(chanceCorrected(0.55, 0.1)).toBeCloseTo(0.5, 12);
    expect(chanceCorrected(0, 0.5)).toBe(-1);
  });
  it('refuses a chance that leaves nothing to gain', () => {
    expect(() => chanceCorrected(1, 1)).toThrow(/chance is 1/);
  });
});

describe('locality', () => {
  it('interpolates reach on the logarithm of the distance', () => {
    // Corrected accuracy 1, 1, 0 at 4, 16, 64: half way between 16 and 64 on a log axis is 32.
    const { reach } = localityMetrics([4, 16, 64], [1, 1, 0.5], 0.5);
    expect(reach).toBeCloseTo(32, 9);
  });
  it('gives the distance itself where the half is met on the grid, and the first crossing', () => {
    expect(localityMetrics([2, 8, 32], [1, 0.75, 1], 0.5).reach).toBeCloseTo(8, 9);
  });
  it('says beyond where half holds everywhere', () => {
    expect(localityMetrics([2, 8], [1, 0.76], 0.5).reach).toBe('beyond');
    expect(localityMetrics([2], [1], 0.5)).toEqual({ reach: 'beyond', localitySensitivity: null });
  });
  it('is held by a certified limit, beyond which use is exactly 0', () => {
    const reach = (limit: number) => localityMetrics([4, 16, 64], [1, 1, 0.5], 0.5, limit).reach;
    expect(reach(20)).toBe(20);
    expect(reach(40)).toBeCloseTo(32, 9);
    expect(reach(64)).toBeCloseTo(32, 9);
    expect(localityMetrics([4, 16], [1, 1], 0.5, 15).reach).toBe(15);
    expect(localityMetrics([4, 16], [1, 1], 0.5, 16).reach).toBe('beyond');
  });
  it('integrates sensitivity over the log-distance axis', () => {
    // Trapezoids: (1 + 1)/2 and (1 + 0)/2 over equal log steps: mean 0.75.
    const { localitySensitivity } = localityMetrics([4, 16, 64], [1, 1, 0.5], 0.5);
    expect(localitySensitivity).toBeCloseTo(0.25, 12);
    expect(localityMetrics([4, 16], [0.8, 0.8], 0.5).localitySensitivity).toBeCloseTo(0, 12);
  });
  it('refuses curves that are none', () => {
    expect(() => localityMetrics([], [], 0.5)).toThrow(RangeError);
    expect(() => localityMetrics([1, 2], [1], 0.5)).toThrow(/2 distances and 1 accuracies/);
    expect(() => localityMetrics([0, 2], [1, 1], 0.5)).toThrow(/positive and ascending/);
    expect(() => localityMetrics([4, 2], [1, 1], 0.5)).toThrow(/positive and ascending/);
  });
});

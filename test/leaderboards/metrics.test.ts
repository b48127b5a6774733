import { describe, expect, it } from 'vitest';
import {
  chanceCorrected,
  gain,
  groupInterval,
  localityInterval,
  localityMetrics,
  meanOverTasks,
  overSeeds,
  tInterval,
  tQuantile,
} from '../../leaderboards/metrics.ts';

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

describe('group bootstrap', () => {
  it('has no width where every group scores the same', () => {
    expect(groupInterval([1, 1, 1], [10, 10, 10], 'a')).toEqual([0.1, 0.1]);
  });
  it('agrees with the normal approximation for single-example groups', () => {
    const correct = Array.from({ length: 2000 }, (_, i) => (i % 5 === 0 ? 0 : 1));
    const [low, high] = groupInterval(correct, new Array(2000).fill(1), 'b');
    const half = 1.96 * Math.sqrt((0.8 * 0.2) / 2000);
    expect(Math.abs(low - (0.8 - half))).toBeLessThan(0.002);
    expect(Math.abs(high - (0.8 + half))).toBeLessThan(0.002);
  });
  it('is wider where siblings stand or fall together', () => {
    const together = Array.from({ length: 100 }, (_, i) => (i % 2) * 4);
    const apart = new Array(100).fill(2);
    const sizes = new Array(100).fill(4);
    const width = ([low, high]: [number, number]) => high - low;
    expect(width(groupInterval(together, sizes, 'c'))).toBeGreaterThan(0.15);
    expect(width(groupInterval(apart, sizes, 'c'))).toBe(0);
  });
  it('repeats for a name and differs between names', () => {
    const correct = Array.from({ length: 50 }, (_, i) => i % 3);
    const sizes = new Array(50).fill(3);
    expect(groupInterval(correct, sizes, 'x')).toEqual(groupInterval(correct, sizes, 'x'));
    expect(groupInterval(correct, sizes, 'x')).not.toEqual(groupInterval(correct, sizes, 'y'));
  });
  it('refuses no groups and unequal lengths', () => {
    expect(() => groupInterval([], [], 'a')).toThrow(RangeError);
    expect(() => groupInterval([1], [1, 1], 'a')).toThrow(/1 counts and 2 sizes/);
  });
});

describe('locality', () => {
  const near: [number, number] = [0.99, 1];
  it('interpolates reach on the logarithm of the distance', () => {
    // Corrected accuracy 1, 1, 0 at 4, 16, 64: half way between 16 and 64 on a log axis is 32.
    const { reach } = localityMetrics([4, 16, 64], [1, 1, 0.5], 0.5, near);
    expect(reach).toBeCloseTo(32, 9);
  });
  it('gives the distance itself where the half is met on the grid, and the first crossing', () => {
    expect(localityMetrics([2, 8, 32], [1, 0.75, 1], 0.5, near).reach).toBeCloseTo(8, 9);
  });
  it('says beyond where half holds everywhere', () => {
    expect(localityMetrics([2, 8], [1, 0.76], 0.5, near).reach).toBe('beyond');
    expect(localityMetrics([2], [1], 0.5, near)).toEqual({
      learned: true,
      reach: 'beyond',
      localitySensitivity: null,
    });
  });
  it('integrates sensitivity over the log-distance axis', () => {
    // Trapezoids: (1 + 1)/2 and (1 + 0)/2 over equal log steps: mean 0.75.
    const { localitySensitivity } = localityMetrics([4, 16, 64], [1, 1, 0.5], 0.5, near);
    expect(localitySensitivity).toBeCloseTo(0.25, 12);
    expect(localityMetrics([4, 16], [0.8, 0.8], 0.5, near).localitySensitivity).toBeCloseTo(0, 12);
  });
  it('is undefined where the smallest distance was not learned', () => {
    const none = { learned: false, reach: null, localitySensitivity: null };
    expect(localityMetrics([2, 8], [0.55, 0.5], 0.5, [0.49, 0.61])).toEqual(none);
    expect(localityMetrics([2, 8], [0.55, 0.5], 0.5, [0.5, 0.61])).toEqual(none);
    expect(localityMetrics([2, 8], [0.55, 0.5], 0.5, [0.51, 0.61]).learned).toBe(true);
  });
  it('refuses curves that are none', () => {
    expect(() => localityMetrics([], [], 0.5, near)).toThrow(RangeError);
    expect(() => localityMetrics([1, 2], [1], 0.5, near)).toThrow(/2 distances and 1 accuracies/);
    expect(() => localityMetrics([0, 2], [1, 1], 0.5, near)).toThrow(/positive and ascending/);
    expect(() => localityMetrics([4, 2], [1, 1], 0.5, near)).toThrow(/positive and ascending/);
  });
  it('gives the interval of the ratio over seeds', () => {
    // With equal near accuracy the ratio is linear, so it is the t interval of the seeds' own values.
    const curves = [
      [1, 0.5],
      [1, 0.6],
      [1, 0.7],
    ];
    const own = curves.map((c) => localityMetrics([2, 8], c, 0.5, near).localitySensitivity!);
    const interval = localityInterval([2, 8], curves, 0.5)!;
    const expected = tInterval(own)!;
    expect(interval[0]).toBeCloseTo(expected[0], 12);
    expect(interval[1]).toBeCloseTo(expected[1], 12);
    expect(localityInterval([2, 8], curves.slice(0, 1), 0.5)).toBeNull();
  });
});

describe('over seeds', () => {
  it.each([
    [1, 12.7062],
    [2, 4.3027],
    [3, 3.1824],
    [4, 2.7764],
    [9, 2.2622],
    [30, 2.0423],
  ])('t quantile of %i degrees is the table’s', (degrees, expected) => {
    expect(tQuantile(degrees)).toBeCloseTo(expected, 4);
  });
  it('has the textbook interval', () => {
    const { mean, interval, seeds } = overSeeds([0.8, 0.9, 1]);
    expect(mean).toBeCloseTo(0.9, 12);
    expect(interval![0]).toBeCloseTo(0.9 - 4.30265 * (0.1 / Math.sqrt(3)), 4);
    expect(seeds).toBe(3);
  });
  it('has no interval for one seed, and refuses none', () => {
    expect(overSeeds([0.5])).toEqual({ mean: 0.5, interval: null, seeds: 1 });
    expect(() => overSeeds([])).toThrow(RangeError);
  });
  it('pairs the gain by seed', () => {
    const spt = [
      { seed: 1, value: 0.9 },
      { seed: 2, value: 0.7 },
      { seed: 5, value: 0 },
    ];
    const matched = [
      { seed: 2, value: 0.6 },
      { seed: 1, value: 0.8 },
    ];
    const result = gain(spt, matched)!;
    expect(result.seeds).toBe(2);
    expect(result.mean).toBeCloseTo(0.1, 12);
    expect(result.interval![1] - result.interval![0]).toBeLessThan(1e-9);
    expect(gain(spt, [])).toBeNull();
  });
  it('means over tasks take the seeds that all tasks have', () => {
    const a = [
      { seed: 1, value: 1 },
      { seed: 2, value: 0.8 },
    ];
    const b = [
      { seed: 1, value: 0.5 },
      { seed: 3, value: 0 },
    ];
    expect(meanOverTasks([a, b])).toEqual({ mean: 0.75, interval: null, seeds: 1 });
    expect(meanOverTasks([a])!.mean).toBeCloseTo(0.9, 12);
    expect(meanOverTasks([a, []])).toBeNull();
    expect(meanOverTasks([])).toBeNull();
  });
});

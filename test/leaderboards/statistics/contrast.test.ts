import { describe, expect, it } from 'vitest';
import {
  combine,
  intervalOf,
  measure,
  pairedDifference,
  type Sample,
} from '../../../leaderboards/statistics/contrast.ts';
import {
  reachInterval,
  sensitivityInterval,
} from '../../../leaderboards/statistics/localityIntervals.ts';
import { rankRanges } from '../../../leaderboards/statistics/ranks.ts';

/** One stratum; a row of group rates for each seed. */
function sampleOf(rates: number[][], seeds = rates.map((_, s) => s + 1)): Sample {
  const groups = rates[0]!.length;
  return {
    seeds,
    accuracies: rates.map((own) => [own.reduce((a, b) => a + b, 0) / groups]),
    groups: {
      strata: new Uint32Array(groups),
      counts: [groups],
      rates: rates.map((own) => Float64Array.from(own)),
    },
    own: [{ variance: 0.01, degrees: groups - 1 }],
  };
}
const withoutGroups = (accuracies: number[]): Sample => ({
  seeds: accuracies.map((_, s) => s + 1),
  accuracies: accuracies.map((accuracy) => [accuracy]),
  groups: null,
  own: [{ variance: 0.0004, degrees: 63 }],
});
const term = (sample: Sample, factor = 1, examples = 'recall') => ({
  measured: measure(sample, [1]),
  factor,
  examples,
});

describe('a contrast', () => {
  it('over seeds alone has the textbook interval', () => {
    const result = combine([term(withoutGroups([0.8, 0.9, 1]))]);
    expect(result).toMatchObject({ seeds: 3, over: 'seeds' });
    const [low, high] = intervalOf(result);
    expect((low + high) / 2).toBeCloseTo(0.9, 12);
    expect(low).toBeCloseTo(0.9 - 4.30265 * (0.1 / Math.sqrt(3)), 4);
  });
  it('of one seed is over its groups, by its own interval where they were not kept', () => {
    const rates = [[0, 0.5, 1, 0.5]];
    const result = combine([term(sampleOf(rates))]);
    expect(result).toMatchObject({ value: 0.5, over: 'groups', degrees: 3 });
    expect(result.variance).toBeCloseTo(1 / 6 / 4, 12);
    expect(combine([term(withoutGroups([0.7]))])).toMatchObject({
      variance: 0.0004,
      over: 'groups',
    });
  });
  it('counts what seeds and groups share once', () => {
    // Analysis of variance by hand: 2 seeds, 3 groups.
    const rates = [
      [0.2, 0.6, 0.7],
      [0.4, 0.6, 1],
    ];
    const { variance, over } = combine([term(sampleOf(rates))]);
    const seeds = (0.5 - 2 / 3) ** 2 / 2 / 2;
    const groups = ((0.3 - 7 / 12) ** 2 + (0.6 - 7 / 12) ** 2 + (0.85 - 7 / 12) ** 2) / 2 / 3;
    const residuals = [1 / 60, -1 / 12, 1 / 15].map((x) => -x);
    const interaction = (2 * residuals.reduce((sum, x) => sum + x * x, 0)) / 2 / 6;
    expect(over).toBe('both');
    expect(variance).toBeCloseTo(seeds + groups - interaction, 10);
  });
  it('compares models on the groups that they share', () => {
    const a = [[1, 0.5, 0, 0.75]];
    const b = [[0.75, 0.25, 0, 0.5]];
    const paired = combine([term(sampleOf(a)), term(sampleOf(b), -1)]);
    const apart = combine([term(sampleOf(a)), term(sampleOf(b), -1, 'text')]);
    expect(paired.value).toBeCloseTo(apart.value, 12);
    expect(paired.variance).toBeLessThan(apart.variance / 5);
  });
  it('pairs regimes by seed', () => {
    const spt = { ...withoutGroups([0.9, 0.7, 0]), seeds: [1, 2, 5] };
    const matched = { ...withoutGroups([0.6, 0.8]), seeds: [2, 1] };
    const difference = pairedDifference(spt, matched)!;
    expect(difference.seeds).toEqual([1, 2]);
    const result = combine([term(difference)]);
    expect(result.value).toBeCloseTo(0.1, 12);
    expect(result.variance).toBeCloseTo(0, 12);
    expect(pairedDifference(spt, { ...matched, seeds: [7, 8] })).toBeNull();
  });
});

describe('ranks', () => {
  const level = (accuracy: number) =>
    sampleOf([Array.from({ length: 40 }, (_, g) => ((g * 0.37) % 1 < accuracy ? 1 : 0))]);
  it('are ranges of those not told apart, and null without a score', () => {
    const ranks = rankRanges(
      [0.9, 0.2, null, 0.88].map((accuracy) =>
        accuracy === null ? null : [term(level(accuracy))],
      ),
    );
    expect(ranks).toEqual([[1, 2], [3, 3], null, [1, 2]]);
  });
  it('tie models that answer alike', () => {
    expect(rankRanges([[term(level(0.5))], [term(level(0.5))]])).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});

describe('intervals along the distance', () => {
  const curves = (...accuracies: number[][]): Sample => ({
    seeds: accuracies.map((_, s) => s),
    accuracies,
    groups: null,
    own: accuracies[0]!.map(() => ({ variance: 0, degrees: 63 })),
  });
  it('of sensitivity are t over seeds where the near accuracy is sure', () => {
    // With equal near accuracy the ratio is linear, so it is the t interval of the seeds' own values.
    const sample = curves([1, 0.5], [1, 0.6], [1, 0.7]);
    const [low, high] = sensitivityInterval([2, 8], 0.5, sample)!;
    expect((low + high) / 2).toBeCloseTo(0.4, 9);
    expect(high - low).toBeCloseTo((2 * 4.30265 * 0.1) / Math.sqrt(3), 4);
  });
  it('of reach hold the reach of every seed where seeds agree, and say beyond', () => {
    const [low, high] = reachInterval([4, 16, 64], 0.5, curves([1, 1, 0.5], [1, 1, 0.5]))!;
    expect(low).toBeCloseTo(32, 6);
    expect(high).toBeCloseTo(32, 6);
    const [least, most] = reachInterval([4, 16], 0.5, curves([1, 0.9], [1, 1]))!;
    expect(least).toBeGreaterThan(4);
    expect(least).toBeLessThan(16);
    expect(most).toBe('beyond');
    expect(reachInterval([4, 16], 0.5, curves([1, 0.99], [1, 1]))).toEqual(['beyond', 'beyond']);
  });
  it('are none for one seed that kept nothing', () => {
    expect(reachInterval([4, 16], 0.5, curves([1, 0.5]))).toBeNull();
    expect(sensitivityInterval([4, 16], 0.5, curves([1, 0.5]))).toBeNull();
  });
});

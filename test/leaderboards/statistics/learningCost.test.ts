import { describe, expect, it } from 'vitest';
import { stream } from '../../../core/random.ts';
import { estimateCost } from '../../../leaderboards/statistics/learningCost.ts';

const lookEvery = 50;
const seenAt = (steps: number) => {
  const cost = Math.max(1, Math.ceil(steps / lookEvery)) * lookEvery;
  return { cost, before: cost - lookEvery };
};

describe('estimateCost', () => {
  it('is the geometric mean of the middles between looks', () => {
    const { cost, seeds } = estimateCost([seenAt(100), seenAt(400)])!;
    expect(cost).toBeCloseTo(Math.sqrt(75 * 375));
    expect(seeds).toBe(2);
  });

  it('has no interval for fewer than three seeds, and nothing for none', () => {
    expect(estimateCost([seenAt(300)])).toEqual({ cost: expect.closeTo(275), seeds: 1 });
    expect(estimateCost([seenAt(300), seenAt(300)])).toEqual({
      ...{ cost: expect.closeTo(275), seeds: 2 },
    });
    expect(estimateCost([])).toBeUndefined();
  });

  it('does not know the step where all seeds learned at the same look', () => {
    const [low, high] = estimateCost([300, 300, 300].map(seenAt))!.interval!;
    expect(low).toBeLessThan(250);
    expect(high).toBeGreaterThan(300);
  });

  it.each([
    { seeds: 3, spread: 0.3, typical: 600 },
    { seeds: 5, spread: 0.3, typical: 600 },
    { seeds: 5, spread: 0.6, typical: 400 },
    { seeds: 10, spread: 0.2, typical: 1500 },
  ])('holds the truth in 93 to 97 % of $seeds seeds ($spread, $typical)', (of) => {
    const random = stream(`cost/${JSON.stringify(of)}`);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    let held = 0;
    const times = 4000;
    for (let i = 0; i < times; i++) {
      const seen = Array.from({ length: of.seeds }, () =>
        seenAt(of.typical * Math.exp(of.spread * normal())),
      );
      const [low, high] = estimateCost(seen)!.interval!;
      if (low <= of.typical && of.typical <= high) held++;
    }
    expect(held / times).toBeGreaterThan(0.93);
    expect(held / times).toBeLessThan(0.97);
  });
});

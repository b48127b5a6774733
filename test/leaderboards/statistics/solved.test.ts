import { describe, expect, it } from 'vitest';
import { isOneInK, isSolved, meanAccuracy } from '../../../leaderboards/statistics/solved.ts';

describe('whole answers', () => {
  it('are at chance exactly, with no answer to either side', () => {
    expect(isOneInK({ correct: 100, count: 1000 }, 10)).toBe(true);
    expect(isOneInK({ correct: 101, count: 1000 }, 10)).toBe(false);
    expect(isOneInK({ correct: 99, count: 1000 }, 10)).toBe(false);
  });

  it('are solved from half of the way, that one included', () => {
    // Half of the way from 1/10 is 0.55; from 1/2 it is 0.75.
    expect(isSolved({ correct: 550, count: 1000 }, 10)).toBe(true);
    expect(isSolved({ correct: 549, count: 1000 }, 10)).toBe(false);
    expect(isSolved({ correct: 75, count: 100 }, 2)).toBe(true);
    expect(isSolved({ correct: 74, count: 100 }, 2)).toBe(false);
  });
});

describe('mean accuracy', () => {
  it('is chance if every run is, whatever the rounding of a mean', () => {
    expect((0.1 + 0.1 + 0.1) / 3).toBeGreaterThan(0.1);
    const run = { correct: 16, count: 160 };
    expect(meanAccuracy([run, run, run], 0.1)).toBe(0.1);
    expect(meanAccuracy([run, undefined, undefined], 0.1)).toBe(0.1);
  });

  it('takes a run that did not end well at chance', () => {
    expect(meanAccuracy([{ correct: 90, count: 100 }, undefined], 0.5)).toBeCloseTo(0.7, 12);
    expect(meanAccuracy([undefined], 0.25)).toBe(0.25);
  });
});

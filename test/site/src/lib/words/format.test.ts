import { describe, expect, it } from 'vitest';
import {
  compact,
  counted,
  fixed,
  listed,
  longDate,
  percent,
  plusMinus,
  points,
  reachText,
} from '../../../../../site/src/lib/words/format.ts';

describe('numbers as a reader sees them', () => {
  it('shares in percent', () => {
    expect([1, 0.8731, 0, 0.125].map(percent)).toEqual(['100.0', '87.3', '0.0', '12.5']);
    expect(plusMinus([0.8, 0.83])).toBe('±1.5');
  });
  it('differences with their sign, zero without', () => {
    expect([0.041, -0.041, 0, -0.0001].map(points)).toEqual(['+4.1', '−4.1', '0.0', '0.0']);
    expect([fixed(-0.001), fixed(-0.2), fixed(1)]).toEqual(['0.00', '−0.20', '1.00']);
  });
  it('large counts in thousands and millions', () => {
    expect([9999, 100_352, 8_192_000].map(compact)).toEqual(['9999', '100\u202fk', '8.19\u202fM']);
  });
  it('reach, and where it lies beyond the farthest distance', () => {
    expect([33.4, 'beyond' as const, null].map((reach) => reachText(reach, 240))).toEqual([
      '33',
      '>\u202f240',
      null,
    ]);
  });
  it('lists, counts and dates', () => {
    expect([[], ['A'], ['A', 'B'], ['A', 'B', 'C']].map(listed)).toEqual([
      '',
      'A',
      'A and B',
      'A, B and C',
    ]);
    expect([counted(1, 'seed'), counted(3, 'seed')]).toEqual(['1 seed', '3 seeds']);
    expect(longDate('2026-01-02T23:59:59.000Z')).toBe('2 January 2026');
  });
});

import { describe, expect, it } from 'vitest';
import { matchFeedForward } from '../../../models/backbone/size.ts';

describe('matchFeedForward', () => {
  it('prefers multiples of 8, then of 4, then any width, within 5 %', () => {
    const size = { layers: 1, width: 4 };
    expect(matchFeedForward(0, { ...size, parameters: 9 * 39 })).toBe(40);
    expect(matchFeedForward(0, { ...size, parameters: 9 * 12 })).toBe(12);
    expect(matchFeedForward(0, { ...size, parameters: 9 * 7 })).toBe(7);
  });
  it('says what the smallest model has when the target is too small', () => {
    expect(() => matchFeedForward(1000, { layers: 2, width: 4, parameters: 500 })).toThrow(
      /at least 1018 parameters.*500/,
    );
  });
  it('says how coarse the steps are when none comes within 5 %', () => {
    expect(() => matchFeedForward(0, { layers: 100, width: 4, parameters: 1350 })).toThrow(
      /one hidden channel more is 900/,
    );
  });
});

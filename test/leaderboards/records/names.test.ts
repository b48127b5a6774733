import { describe, expect, it } from 'vitest';
import { displayName } from '../../../leaderboards/records/names.ts';

describe('display names', () => {
  it('leave ordinary names alone, whatever the script', () => {
    for (const name of ['S4D', 'Mega-Ψ', 'Трансформер', 'ローカル注意', 'é', '🤖 model']) {
      expect(displayName(name)).toBe(name);
    }
  });
  it('drop what cannot be seen and put it on one line', () => {
    expect(displayName('good\u202Edoog\u0000\n\tx')).toBe('good doog x');
    expect(displayName('a\u200Bb')).toBe('a b');
    expect(displayName('\u2066\u2069')).toBe('unnamed');
    expect(displayName('')).toBe('unnamed');
  });
  it('are bounded in characters, not cut within one', () => {
    expect(displayName('x'.repeat(200), 10)).toBe('xxxxxxxxx…');
    expect(displayName('👩'.repeat(50), 5)).toBe('👩👩👩👩…');
  });
  it('do not let marks pile up', () => {
    expect(displayName(`Z${'\u0301'.repeat(50)}`)).toBe('Z\u0301\u0301');
  });
});

import { describe, expect, it } from 'vitest';
import { fitted, textWidth } from '../../../../../site/src/lib/charts/measure.ts';

describe('estimated widths', () => {
  it('are no less than those of a wide font', () => {
    // DejaVu Sans Bold at 12 pixels, measured in Chromium.
    for (const [text, width] of [
      ['Transformer', 83],
      ['Local attention', 100],
      ['scratch-matched', 112],
      ['WWWWWWWWWW', 132],
    ] as const) {
      expect(textWidth(text, 12, true)).toBeGreaterThan(width * 0.93);
    }
  });
  it('count wide scripts as wide', () => {
    expect(textWidth('注意', 12)).toBeGreaterThan(2 * 12);
  });
});

describe('fitting', () => {
  it('leaves alone what fits and shortens what does not', () => {
    expect(fitted('S4D', 100, 12)).toBe('S4D');
    const long = fitted('W'.repeat(40), 100, 12);
    expect(long).toMatch(/^W+…$/);
    expect(textWidth(long, 12)).toBeLessThanOrEqual(100);
    expect(fitted('abc', 1, 12)).toBe('a…');
  });
});

import { describe, expect, it } from 'vitest';
import { stream } from '../../../core/random.ts';
import { moved } from '../../../generators/pictures/transforms.ts';

const picture = { rows: 4, columns: 5, scan: 'rows' } as const;
const tokens = Uint16Array.from({ length: 20 }, (_, i) => i + 1);

describe('a moved picture', () => {
  it('is each shift and its mirror image, with the edge repeated', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 400; i++) {
      const made = moved(tokens, picture, 1, stream(`moved ${i}`));
      seen.add(made.join(' '));
      const [row, column] = [1, 2];
      // A pixel of the middle comes from at most one pixel away, in the picture or its mirror image.
      const from = made[row * 5 + column]! - 1;
      expect(Math.abs(Math.floor(from / 5) - row)).toBeLessThanOrEqual(1);
      expect(Math.abs((from % 5) - 2)).toBeLessThanOrEqual(1);
    }
    expect(seen.size).toBe(18);
    expect(seen).toContain(tokens.join(' '));
    expect(seen).toContain('1 1 2 3 4 1 1 2 3 4 6 6 7 8 9 11 11 12 13 14');
  });
});

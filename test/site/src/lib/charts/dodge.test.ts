import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dodge } from '../../../../../site/src/lib/charts/dodge.ts';

describe('labels that make way', () => {
  it('stay where they are with room enough', () => {
    expect(dodge([10, 50, 30], 15, [0, 100])).toEqual([10, 50, 30]);
  });
  it('move apart where they would meet, inwards at the edge', () => {
    expect(dodge([100, 100, 100], 15, [0, 100])).toEqual([70, 85, 100]);
    expect(dodge([0, 1], 15, [0, 100])).toEqual([0, 15]);
  });
  it('keep their order and their distance wherever there is room', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 15 }),
        (at) => {
          const placed = dodge(at, 15, [0, 300]);
          const sorted = placed.toSorted((a, b) => a - b);
          sorted.slice(1).forEach((y, i) => expect(y - sorted[i]!).toBeGreaterThan(15 - 1e-9));
          for (const [i, a] of at.entries()) {
            for (const [j, b] of at.entries())
              if (a < b) expect(placed[i]!).toBeLessThan(placed[j]!);
          }
        },
      ),
      { seed: 1 },
    );
  });
});

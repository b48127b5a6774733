import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakOfLabels,
  breakOfOrder,
  breakOfReach,
} from '../../../generators/verify/certificates.ts';

const group = (rows: number[][], distance = 1, labels = rows.map((_, s) => s)) => ({
  rows,
  labels,
  distance,
});

/** All w-grams of a row with marks around it, counted the slow way. */
function grams(row: number[], w: number): string {
  const marked = [...Array<number>(w - 1).fill(-1), ...row, ...Array<number>(w - 1).fill(-1)];
  const all = Array.from({ length: row.length + w - 1 }, (_, i) => marked.slice(i, i + w).join());
  return all.sort().join(' ');
}

describe('labels', () => {
  it('must be all classes, each once', () => {
    const rows = [[1], [2], [3]];
    expect(breakOfLabels(group(rows, 1, [2, 0, 1]), 3)).toBeUndefined();
    expect(breakOfLabels(group(rows, 1, [2, 0, 2]), 3)).toContain('siblings 0 and 2');
    expect(breakOfLabels(group(rows, 1, [2, 0, 1]), 4)).toContain('expected all 4');
  });
});

describe('reach certificate', () => {
  it('holds for exactly the distance of the nearest difference', () => {
    const rows = [
      [5, 1, 7, 8, 9],
      [5, 2, 7, 8, 9],
      [6, 3, 7, 8, 9],
    ];
    expect(breakOfReach(group(rows, 3))).toBeUndefined();
    expect(breakOfReach(group(rows, 4))).toContain(
      'differ at position 1, within the last 4 tokens',
    );
    expect(breakOfReach(group(rows, 2))).toContain('at distance 3, not 2');
  });

  it('is broken by siblings that are equal', () => {
    expect(
      breakOfReach(
        group(
          [
            [1, 2],
            [1, 2],
          ],
          1,
        ),
      ),
    ).toContain('all the same');
  });
});

describe('order certificate', () => {
  it('counts windows that stick out over the ends', () => {
    expect(
      breakOfOrder(
        group([
          [1, 2],
          [2, 1],
        ]),
        1,
      ),
    ).toBeUndefined();
    expect(
      breakOfOrder(
        group([
          [1, 0, 2],
          [2, 0, 1],
        ]),
        1,
      ),
    ).toBeUndefined();
    expect(
      breakOfOrder(
        group([
          [1, 0, 2],
          [2, 0, 1],
        ]),
        2,
      ),
    ).toContain('2-gram');
    expect(
      breakOfOrder(
        group([
          [0, 1, 0, 2, 0],
          [0, 2, 0, 1, 0],
        ]),
        2,
      ),
    ).toBeUndefined();
    expect(
      breakOfOrder(
        group([
          [0, 1, 0, 2, 0],
          [0, 2, 0, 1, 0],
        ]),
        3,
      ),
    ).toContain('3-gram');
  });

  it('agrees with counting all windows, and holds for every shorter window too', () => {
    const row = fc.array(fc.nat(2), { minLength: 6, maxLength: 6 });
    // Swapping parts of a row gives pairs that often have the same counts.
    const pair = fc.tuple(row, fc.nat(6), fc.nat(6)).map(([a, i, j]) => {
      const [low, high] = [Math.min(i, j), Math.max(i, j)];
      return [a, [...a.slice(0, low), ...a.slice(low, high).reverse(), ...a.slice(high)]] as [
        number[],
        number[],
      ];
    });
    let held = 0;
    fc.assert(
      fc.property(pair, fc.integer({ min: 1, max: 4 }), ([a, b], w) => {
        const holds = breakOfOrder(group([a, b]), w) === undefined;
        expect(holds).toBe(grams(a, w) === grams(b, w));
        if (!holds) return;
        held++;
        for (let v = 1; v < w; v++) expect(breakOfOrder(group([a, b]), v)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    expect(held).toBeGreaterThan(100);
  });
});

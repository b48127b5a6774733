import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../core/errors.ts';
import { positionsOf, scanOrder, scans } from '../../../generators/pictures/scan.ts';

/** Steps between pixels that follow one another: 1 where they touch at an edge. */
function steps(order: Uint32Array, columns: number): number[] {
  const place = (pixel: number) => [Math.floor(pixel / columns), pixel % columns] as const;
  return Array.from(order.slice(1), (pixel, i) => {
    const [a, b] = [place(order[i]!), place(pixel)];
    return Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);
  });
}

describe('scan orders', () => {
  it('visit every pixel once, for any size that they take', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.constantFrom(...scans), side, side, (scan, rows, columns) => {
        const [height, width] =
          scan === 'hilbert' ? [2 ** (rows % 6), 2 ** (rows % 6)] : [rows, columns];
        const order = scanOrder(scan, height, width);
        expect(new Set(order).size).toBe(height * width);
        expect(Math.max(...order)).toBe(height * width - 1);
        const positions = positionsOf(order);
        order.forEach((pixel, position) => expect(positions[pixel]).toBe(position));
      }),
      { numRuns: 60 },
    );
  });

  it('of rows and of a snake are what a reader expects', () => {
    expect([...scanOrder('rows', 2, 3)]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...scanOrder('snake', 3, 3)]).toEqual([0, 1, 2, 5, 4, 3, 6, 7, 8]);
  });

  it("of a snake and of Hilbert's curve never jump", () => {
    for (const scan of ['snake', 'hilbert'] as const)
      for (const side of [1, 2, 8, 64])
        expect(new Set(steps(scanOrder(scan, side, side), side))).toEqual(
          new Set(side > 1 ? [1] : []),
        );
  });

  it("of Hilbert's curve fill each quarter before the next, at every scale", () => {
    const order = scanOrder('hilbert', 16, 16);
    expect([...scanOrder('hilbert', 2, 2)]).toEqual([0, 2, 3, 1]);
    for (const side of [2, 4, 8])
      for (let first = 0; first < 256; first += side * side) {
        const squares = Array.from(order.slice(first, first + side * side), (pixel) =>
          [Math.floor(pixel / 16 / side), Math.floor((pixel % 16) / side)].join(),
        );
        expect(new Set(squares).size).toBe(1);
      }
  });

  it('that are permuted are fixed for a size and have no neighbourhoods', () => {
    const order = scanOrder('permuted', 32, 32);
    expect([...scanOrder('permuted', 32, 32)]).toEqual([...order]);
    // Of a random order 1023 steps, one in about 256 touches at an edge.
    expect(steps(order, 32).filter((step) => step === 1).length).toBeLessThan(20);
    // The order is part of published data sets: it must stay.
    expect([...scanOrder('permuted', 3, 3)]).toMatchInlineSnapshot(`
      [
        1,
        8,
        0,
        6,
        3,
        2,
        5,
        4,
        7,
      ]
    `);
  });

  it('are refused where a picture has none, with what would do', () => {
    expect(() => scanOrder('hilbert', 16, 32)).toThrow(UsageError);
    expect(() => scanOrder('hilbert', 12, 12)).toThrow(/power of two/);
    expect(() => scanOrder('rows', 0, 12)).toThrow(/0 x 12/);
    expect(() => scanOrder('rows', 1e9, 1e9)).toThrow(UsageError);
  });
});

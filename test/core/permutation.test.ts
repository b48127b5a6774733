import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permutation } from '../../core/permutation.ts';
import { chiSquareLimit } from '../generators/support.ts';

const placesOf = (name: string, size: number) => {
  const { itemAt } = permutation(name, size);
  return Array.from({ length: size }, (_, place) => itemAt(place));
};

describe('a seeded permutation', () => {
  it('has every number once, and its inverse gives each its place', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 3000 }), (name, size) => {
        const { placeOf } = permutation(name, size);
        const items = placesOf(name, size);
        expect([...items].sort((x, y) => x - y)).toEqual([...items.keys()]);
        items.forEach((item, place) => expect(placeOf(item)).toBe(place));
      }),
      { numRuns: 60 },
    );
  });

  it('works for sizes of which no table could be made', () => {
    const { itemAt, placeOf } = permutation('large', 2 ** 40);
    for (const place of [0, 1, 12_345_678_901, 2 ** 40 - 1])
      expect(placeOf(itemAt(place))).toBe(place);
  });

  it('is the same for the same name, another for another', () => {
    expect(placesOf('a', 200)).toEqual(placesOf('a', 200));
    expect(placesOf('a', 200)).not.toEqual(placesOf('b', 200));
    expect(placesOf('a', 12)).toMatchInlineSnapshot(`
      [
        7,
        3,
        11,
        8,
        5,
        4,
        2,
        0,
        10,
        6,
        1,
        9,
      ]
    `);
  });

  it.each([1, 2, 3, 4, 5])('of %i numbers takes each order equally often', (size) => {
    const counts = new Map<string, number>();
    const drawn = 12_000;
    for (let i = 0; i < drawn; i++) {
      const order = placesOf(`small/${size}/${i}`, size).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const orders = Array.from({ length: size }, (_, i) => i + 1).reduce((x, y) => x * y, 1);
    const expected = drawn / orders;
    const absent = (orders - counts.size) * expected;
    const statistic =
      absent + [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(statistic).toBeLessThanOrEqual(orders === 1 ? 0 : chiSquareLimit(orders - 1));
  });

  it('moves neighbours apart: where an item stands says nothing of where the next one does', () => {
    const size = 997;
    const steps = new Array<number>(10).fill(0);
    for (let i = 0; i < 40; i++) {
      const { placeOf } = permutation(`neighbours/${i}`, size);
      for (let item = 1; item < size; item++) {
        const step = (placeOf(item) - placeOf(item - 1) + size) % size;
        steps[Math.floor((10 * step) / size)]!++;
      }
    }
    const expected = (40 * (size - 1)) / 10;
    const statistic = steps.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // Neighbours of one permutation exclude each other, so the limit is a little too wide.
    expect(statistic).toBeLessThan(1.1 * chiSquareLimit(9));
  });

  it.each([0, -1, 1.5, NaN, 2 ** 41])('refuses the size %d', (size) => {
    expect(() => permutation('x', size)).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../core/random.ts';
import {
  arrangements,
  binsOf,
  otherBins,
  placesIn,
  placesOfSets,
} from '../../../generators/controlled/places.ts';
import { chiSquareLimit } from '../support.ts';

describe('bins', () => {
  it('are as wide as they are far, wide enough for the pieces, and inside the sequence', () => {
    expect(binsOf([16, 32, 64, 128], 40, 250)).toEqual([
      { from: 16, to: 56 },
      { from: 32, to: 72 },
      { from: 64, to: 128 },
      { from: 128, to: 251 },
    ]);
  });
});

describe('places', () => {
  it('are apart, ascending and inside the bin', () => {
    const parameters = fc.record({
      from: fc.nat(50),
      count: fc.integer({ min: 1, max: 6 }),
      apart: fc.integer({ min: 1, max: 9 }),
      more: fc.nat(30),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(parameters, ({ from, count, apart, more, seed }) => {
        const to = from + 1 + (count - 1) * apart + more;
        const places = placesIn({ from, to }, count, apart, stream(`${seed}`));
        expect(places).toHaveLength(count);
        places.forEach((place, i) => {
          expect(place).toBeGreaterThanOrEqual(i === 0 ? from : places[i - 1]! + apart);
          expect(place).toBeLessThan(to);
        });
      }),
    );
  });

  it('are all equally likely', () => {
    // Two places, at least 3 apart, among 10 to 16: ten choices.
    const random = stream('places');
    const counts = new Map<string, number>();
    for (let i = 0; i < 5000; i++) {
      const key = placesIn({ from: 10, to: 17 }, 2, 3, random).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    const statistic = [...counts.values()].reduce((sum, n) => sum + (n - 500) ** 2 / 500, 0);
    expect(statistic).toBeLessThan(chiSquareLimit(9));
  });

  it('do not fit into too narrow a bin', () => {
    expect(() => placesIn({ from: 3, to: 8 }, 2, 5, stream('narrow'))).toThrow(RangeError);
    expect(() =>
      placesOfSets(
        {
          bins: [
            { from: 3, to: 9 },
            { from: 4, to: 9 },
          ],
          count: 2,
          apart: 3,
        },
        stream('narrow'),
      ),
    ).toThrow('2 sets of 2 pieces find no room at distances 3 to 8, 4 to 8');
  });

  it('of several sets are apart from each other, each set in its bin', () => {
    const bins = binsOf([16, 32, 64], 40, 120);
    for (let i = 0; i < 50; i++) {
      const sets = placesOfSets({ bins, count: 4, apart: 5 }, stream(`sets ${i}`));
      sets.forEach((places, b) =>
        places.forEach((place) => {
          expect(place).toBeGreaterThanOrEqual(bins[b]!.from);
          expect(place).toBeLessThan(bins[b]!.to);
        }),
      );
      const all = sets.flat().sort((a, b) => a - b);
      all.slice(1).forEach((place, n) => expect(place - all[n]!).toBeGreaterThanOrEqual(5));
    }
  });

  it('of several sets are all equally likely, and counted', () => {
    const bins = [
      { from: 2, to: 9 },
      { from: 5, to: 12 },
    ];
    const sets = { bins, count: 2, apart: 2 };
    // By trying all: two places in either bin, all four at least 2 apart.
    const all = new Set<string>();
    const pairs = ({ from, to }: { from: number; to: number }) =>
      Array.from({ length: to - from }, (_, i) => from + i).flatMap((a) =>
        Array.from({ length: to - a - 1 }, (_, i) => [a, a + 1 + i]),
      );
    for (const one of pairs(bins[0]!))
      for (const other of pairs(bins[1]!)) {
        const sorted = [...one, ...other].sort((a, b) => a - b);
        if (sorted.every((p, i) => i === 0 || p - sorted[i - 1]! >= 2))
          all.add(JSON.stringify([one, other]));
      }
    expect(arrangements(sets)).toBe(all.size);
    const random = stream('arrangements');
    const counts = new Map<string, number>();
    const draws = 40 * all.size;
    for (let i = 0; i < draws; i++) {
      const places = placesOfSets(sets, random).map((set) => set.sort((a, b) => a - b));
      const key = JSON.stringify(places);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(new Set(counts.keys())).toEqual(all);
    const statistic = [...counts.values()].reduce((sum, n) => sum + (n - 40) ** 2 / 40, 0);
    expect(statistic).toBeLessThan(chiSquareLimit(all.size - 1));
  });

  it('are all equally likely where there are few, and drawing at random mostly fails', () => {
    const bins = [
      { from: 0, to: 21 },
      { from: 3, to: 24 },
    ];
    const sets = { bins, count: 4, apart: 3 };
    // Eight places at least 3 apart below 24, and four of them for the first set.
    const choose = (from: number, left: number): number[][] =>
      left === 0
        ? [[]]
        : Array.from({ length: Math.max(0, 24 - from) }, (_, i) => from + i).flatMap((place) =>
            choose(place + 3, left - 1).map((rest) => [place, ...rest]),
          );
    const masks = Array.from({ length: 256 }, (_, mask) => mask).filter(
      (mask) => mask.toString(2).replaceAll('0', '').length === 4,
    );
    const expected = new Map<string, number>();
    let all = 0;
    for (const places of choose(0, 8)) {
      const fitting = masks.filter((mask) =>
        places.every((place, i) => ((mask >> i) & 1 ? place < 21 : place >= 3)),
      );
      if (fitting.length > 0) expected.set(places.join(), fitting.length);
      all += fitting.length;
    }
    expect(arrangements(sets)).toBe(all);
    const random = stream('few');
    const counts = new Map<string, number>();
    const draws = 3000;
    for (let i = 0; i < draws; i++) {
      const key = placesOfSets(sets, random)
        .flat()
        .sort((a, b) => a - b)
        .join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    let statistic = 0;
    for (const [key, ways] of expected) {
      const mean = (draws * ways) / all;
      statistic += ((counts.get(key) ?? 0) - mean) ** 2 / mean;
    }
    expect(statistic).toBeLessThan(chiSquareLimit(expected.size - 1));
  });

  it('of many sets in one bin are drawn as one large set', () => {
    const bin = { from: 10, to: 90 };
    const sets = placesOfSets(
      { bins: new Array<typeof bin>(16).fill(bin), count: 2, apart: 2 },
      stream('many'),
    );
    expect(sets.map(({ length }) => length)).toEqual(new Array(16).fill(2));
    const all = sets.flat().sort((a, b) => a - b);
    expect(all.slice(1).every((place, i) => place - all[i]! >= 2)).toBe(true);
    expect(all[0]).toBeGreaterThanOrEqual(10);
    expect(all.at(-1)).toBeLessThan(90);
  });

  it('of other sets are in other bins, each equally often', () => {
    const bins = binsOf([16, 32, 64, 128], 40, 250);
    const random = stream('others');
    const counts = new Map<number, number>();
    for (let i = 0; i < 3000; i++)
      for (const { from } of otherBins(bins, bins[1]!, 3, random))
        counts.set(from, (counts.get(from) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([16, 64, 128]);
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(150);
  });
});

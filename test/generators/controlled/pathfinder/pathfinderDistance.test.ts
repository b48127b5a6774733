import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakOfReach } from '../../../../generators/verify/certificates.ts';
import { pathfinderDistance } from '../../../../generators/controlled/pathfinder/pathfinderDistance.ts';
import { unscan } from '../../../../generators/pictures/pictures.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import type { Example } from '../../../../generators/task.ts';
import { chiSquare, histogram, kolmogorovSmirnov } from '../../support.ts';

type Options = Parameters<typeof pathfinderDistance.shape>[0];
const resolve = (
  overrides: Record<string, unknown> = {},
  tier: 'smoke' | 'lite' | 'lra' = 'smoke',
) => resolveOptions(pathfinderDistance, tier, overrides) as Options;

/** All siblings of the first `count` groups of the training split. */
async function groups(chosen: Options, count: number, seed = 1): Promise<Example[][]> {
  const { example } = await pathfinderDistance.open(chosen, seed);
  return Array.from({ length: count }, (_, g) =>
    Array.from({ length: chosen.curves }, (_, s) => example('train', g * chosen.curves + s)),
  );
}

const levelsOf = ({ tokens }: Example, { size, scan }: Options) =>
  unscan(tokens, { rows: size, columns: size, scan });

interface Run {
  from: number;
  to: number;
  middle: number;
}

/** The bright runs of a row, from the left. */
function runsOf(levels: Uint8Array, size: number, row: number): Run[] {
  const runs: Run[] = [];
  let [mass, moment, from] = [0, 0, -1];
  for (let column = 0; column <= size; column++) {
    const level = column < size ? levels[row * size + column]! : 0;
    if (level >= 40) {
      if (from < 0) from = column;
      mass += level;
      moment += level * column;
    } else if (from >= 0) {
      runs.push({ from, to: column - 1, middle: moment / mass });
      [mass, moment, from] = [0, 0, -1];
    }
  }
  return runs;
}

const touching = (runs: Run[], { from, to }: Run) =>
  runs.filter((run) => run.from <= to + 1 && run.to >= from - 1);

/**
 * Follows the marked curve up the picture by what is seen, row by row, from run to touching run.
 * Curves touch only where they cross: of two that have met, the left one leaves on the right.
 * Returns the start it gets to, from the left.
 */
function trace(levels: Uint8Array, size: number): number {
  const bright = [...levels.keys()].filter((i) => levels[i] === 255).map((i) => i % size);
  const end = (Math.min(...bright) + Math.max(...bright)) / 2;
  let run = runsOf(levels, size, size - 3).reduce((best, other) =>
    Math.abs(other.middle - end) < Math.abs(best.middle - end) ? other : best,
  );
  let place = 0;
  for (let row = size - 4; row >= 0; row--) {
    const above = touching(runsOf(levels, size, row), run);
    if (above.length === 0) return -1;
    if (above.length > 1) {
      run = above[above.length - 1 - place]!;
      continue;
    }
    const met = touching(runsOf(levels, size, row + 1), above[0]!);
    if (met.length > 1) place = met.findIndex(({ from }) => from === run.from);
    run = above[0]!;
  }
  return runsOf(levels, size, 0).findIndex(({ from }) => from === run.from);
}

describe('an example', () => {
  it.each(['smoke', 'lite', 'lra'] as const)(
    'can be answered by following the marked curve, tier %s',
    async (tier) => {
      const chosen = resolve({}, tier);
      for (const example of (await groups(chosen, tier === 'lra' ? 60 : 120)).flat())
        expect(trace(levelsOf(example, chosen), chosen.size)).toBe(example.label);
    },
  );

  it('has its starts alone in the first two rows, its ends and decoys in the last', async () => {
    const chosen = resolve({}, 'lite');
    const { size, curves, decoys } = chosen;
    for (const example of (await groups(chosen, 60)).flat()) {
      const levels = levelsOf(example, chosen);
      const { starts, ends, marked } = example.extras!;
      const middles = (row: number) => runsOf(levels, size, row).map(({ middle }) => middle);
      expect(middles(0)).toHaveLength(curves);
      middles(0).forEach((middle, i) => expect(Math.abs(middle - starts![i]!)).toBeLessThan(1.1));
      expect(middles(1)).toHaveLength(curves);
      expect(middles(size - 1)).toHaveLength(curves + decoys);
      const brightest = [...levels.keys()].filter((i) => levels[i] === 255);
      expect(brightest).toHaveLength(6);
      expect(brightest.at(-2)).toBe((size - 1) * size + ends![marked![0]!]!);
    }
  });

  it('has its leftmost end marked in the share that is asked for, and any end else', async () => {
    for (const leftmost of [0, 0.6]) {
      const chosen = resolve({ leftmost, size: 32, curves: 3, fragments: 1, distances: [] });
      const marked = (await groups(chosen, 300)).map(([example]) => example!.extras!.marked![0]!);
      const share = marked.filter((end) => end === 0).length / marked.length;
      expect(Math.abs(share - (leftmost + (1 - leftmost) / 3))).toBeLessThan(0.08);
      expect(new Set(marked)).toEqual(new Set([0, 1, 2]));
    }
  });

  it('belongs to the distance and the group that its index says', async () => {
    const chosen = resolve();
    const { distances, counts, siblings } = pathfinderDistance.shape(chosen);
    const { example } = await pathfinderDistance.open(chosen, 1);
    expect(distances).toEqual([60, 108, 204, 372]);
    for (let group = 0; group < 10; group++) {
      const made = example('test', group * siblings + 1);
      expect(made.distance).toBe(distances[group % distances.length]);
      expect(made.group).toBe((counts.train + counts.val) / siblings + group);
      expect(made.label).toBe((made.extras!.marked![0]! + 1) % siblings);
    }
  });

  it('differs between seeds, splits and groups, and not with what was made before', async () => {
    const chosen = resolve();
    const texts = new Set<string>();
    for (const seed of [1, 2]) {
      const { example } = await pathfinderDistance.open(chosen, seed);
      const first = example('train', 0);
      for (const split of ['train', 'val', 'test'] as const)
        for (let i = 0; i < 20; i++) texts.add(Array.from(example(split, i).tokens).join());
      expect(example('train', 0)).toEqual(first);
    }
    expect(texts.size).toBe(2 * 3 * 20);
  });
});

describe('a sibling group', () => {
  it('has the reach certificate at exactly its distance, all labels, and no other difference', async () => {
    const parameters = fc.record({
      size: fc.integer({ min: 12, max: 26 }).map((half) => 2 * half),
      curves: fc.integer({ min: 2, max: 5 }),
      fragments: fc.integer({ min: 0, max: 3 }),
      scan: fc.constantFrom('rows', 'snake'),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async ({ size, curves, fragments, scan, seed }) => {
        fc.pre(size >= 8 * curves);
        const chosen = resolve({ size, curves, fragments, scan, distances: [] });
        for (const group of await groups(chosen, 5, seed)) {
          const rows = group.map(({ tokens }) => tokens);
          const labels = group.map(({ label }) => label);
          const { distance } = group[0]!;
          expect(breakOfReach({ rows, labels, distance })).toBeUndefined();
          expect(breakOfReach({ rows, labels, distance: distance + 1 })).toBeDefined();
          expect([...labels].sort((a, b) => a - b)).toEqual([...labels.keys()]);
          expect(Math.min(...rows.map((row) => Math.min(...Array.from(row))))).toBe(1);
          // Above the wiring nothing differs either.
          const top = size - (distance - size / 2) / size - Math.max(5, Math.round(size / 4)) - 3;
          const above = group.map((e) => levelsOf(e, chosen).subarray(0, Math.max(0, top) * size));
          for (const levels of above) expect(levels).toEqual(above[0]);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('along the grid of distances', () => {
  it('everything but the place of the wiring keeps its distribution', async () => {
    const chosen = resolve({}, 'lite');
    const { size } = chosen;
    const facts: Record<string, (example: Example, levels: Uint8Array) => number> = {
      label: ({ label }) => label,
      marked: ({ extras }) => extras!.marked![0]!,
      'first start': ({ extras }) => extras!.starts![0]!,
      'first end': ({ extras }) => extras!.ends![0]!,
      'marked end': ({ extras }) => extras!.ends![extras!.marked![0]!]!,
      'room between ends': ({ extras }) => extras!.ends![1]! - extras!.ends![0]!,
      'first run of the last row': (_, levels) =>
        Math.floor(runsOf(levels, size, size - 1)[0]!.middle),
      'last run of the last row': (_, levels) =>
        Math.floor(runsOf(levels, size, size - 1).at(-1)!.middle),
    };
    const byDistance = new Map<number, Example[]>();
    for (const [index, group] of (await groups(chosen, 4 * 150)).entries()) {
      const example = group[Math.floor(index / 4) % group.length]!;
      byDistance.set(example.distance, [...(byDistance.get(example.distance) ?? []), example]);
    }
    expect(byDistance.size).toBe(4);
    const examples = [...byDistance.values()].map((found) =>
      found.map((example) => ({ example, levels: levelsOf(example, chosen) })),
    );
    for (const [what, fact] of Object.entries(facts)) {
      const rows = examples.map((found) =>
        histogram(
          found.map(({ example, levels }) => fact(example, levels)),
          size,
        ),
      );
      const { statistic, limit } = chiSquare(rows);
      expect(statistic, what).toBeLessThan(limit);
    }
    // Ink is alike: bends differ a little where the rows above and below are many or few.
    const ink = examples.map((found) =>
      found.map(({ levels }) => levels.reduce((a, b) => a + b, 0) / 200),
    );
    const means = ink.map((values) => values.reduce((a, b) => a + b, 0) / values.length);
    expect(Math.max(...means) / Math.min(...means)).toBeLessThan(1.05);
    const { statistic, limit } = kolmogorovSmirnov(ink[0]!, ink.at(-1)!);
    expect(statistic).toBeLessThan(1.5 * limit);
  });

  it('the grid doubles its rows up to the most possible', () => {
    expect(pathfinderDistance.shape(resolve({}, 'lite')).distances).toEqual([60, 108, 204, 372]);
    expect(pathfinderDistance.shape(resolve({}, 'lra')).distances).toEqual([
      160, 288, 544, 1056, 2080, 2912,
    ]);
    const { distances } = pathfinderDistance.shape(resolve({ distances: [84, 300] }));
    expect(distances).toEqual([84, 300]);
  });
});

describe('parameters', () => {
  it.each([
    [{ scan: 'hilbert' }, 'scan hilbert: expected rows or snake'],
    [{ scan: 'permuted' }, 'scan permuted: expected rows or snake'],
    [{ curves: 4 }, 'size 24: expected at least 32 for 4 curves'],
    [{ leftmost: 1 }, 'leftmost 1'],
    [{ decoys: 5 }, 'decoys 5: expected at most 1 beside 2 curves'],
    [{ fragments: 9 }, 'fragments 9: expected at most 3 in 24 rows'],
    [{ distances: [60, 61] }, 'expected ascending numbers out of 60, 84, 108'],
    [{ distances: [84, 60] }, 'distances'],
    [{ size: 25 }, 'size 25'],
    [{ train: 0 }, 'train 0'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('gives the picture and says which start is the answer', async () => {
    const chosen = resolve();
    const { example } = await pathfinderDistance.open(chosen, 1);
    const made = example('train', 2);
    const { picture, question, answer, notes } = pathfinderDistance.read(made, chosen);
    expect(picture).toMatchObject({ rows: 24, columns: 24 });
    expect(question).toContain('of the 2 starts, from the left');
    expect(answer).toBe(`start ${made.label + 1}`);
    expect(notes[0]).toContain('above the last 4 rows');
  });
});

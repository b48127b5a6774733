import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../core/random.ts';
import {
  makeGroup,
  rowBounds,
  stationRows,
} from '../../../../generators/controlled/pathfinder/group.ts';
import { pathfinderDistance } from '../../../../generators/controlled/pathfinder/pathfinderDistance.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import type { Example, TaskDefinition, TierName } from '../../../../generators/task.ts';
import { chiSquare, histogram } from '../../support.ts';
import {
  bestReader,
  binsIn,
  expectEvaluated,
  expectRules,
  grams,
  tableOf,
  tablesOf,
} from '../table.ts';

const task = pathfinderDistance as unknown as TaskDefinition;
type Options = Parameters<typeof pathfinderDistance.shape>[0];
const resolve = (overrides: Record<string, unknown> = {}, tier: TierName = 'smoke') =>
  resolveOptions(task, tier, overrides) as Options;
const shapeOf = (chosen: Options) => pathfinderDistance.shape(chosen);

/** Columns of the strokes in a row, from the left: local maxima above the ground. */
function strokesIn(row: number[]): number[] {
  const level = (i: number) => row[i] ?? 0;
  return [...row.keys()].filter(
    (i) => level(i) > 56 && level(i) >= level(i - 1) && level(i) > level(i + 1),
  );
}

/**
 * Follows the marked curve up the picture by what is seen: where strokes come together to two or one,
 * and part again, the lanes beside each other have crossed. Knows nothing of stations and lanes.
 */
function trace({ tokens }: Example, { length, columns, asked }: Options): number {
  const row = (r: number) => Array.from(tokens).slice(r * columns, (r + 1) * columns);
  const rows = length / columns;
  const mark = row(rows - 1).indexOf(256) + 1;
  let strokes = strokesIn(row(rows - 2 - asked));
  let lane = strokes.findIndex((column) => Math.abs(column - mark) <= 1);
  for (let r = rows - 3 - asked; r >= 0; r--) {
    const next = strokesIn(row(r));
    if (strokes.length === 3 && next.length < 3) {
      // Those two have met that were nearest to each other in the row below.
      const left = strokes[1]! - strokes[0]! < strokes[2]! - strokes[1]! ? 0 : 1;
      if (lane === left || lane === left + 1) lane = 2 * left + 1 - lane;
    }
    strokes = next;
  }
  return lane;
}

describe('a group', () => {
  it('has the certificates, and labels that pixels say, for any options', async () => {
    const parameters = fc.record({
      columns: fc.integer({ min: 12, max: 20 }),
      turn: fc.integer({ min: 1, max: 2 }).map((half) => 2 * half),
      drawing: fc.constantFrom('strokes' as const, 'shades' as const),
      stations: fc.constantFrom(3 as const, 4 as const),
      straight: fc.integer({ min: 1, max: 3 }),
      sets: fc.integer({ min: 1, max: 2 }),
      asked: fc.nat(3),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async ({ seed, ...others }) => {
        const { columns, turn, straight } = others;
        const length = columns * (16 * (turn + 1 + straight) + 12);
        const { nearest } = rowBounds({ ...others, length, helpers: 0 });
        const distances = [nearest * columns, (nearest + 6 * (turn + 1 + straight)) * columns];
        const chosen = resolve({ ...others, length, distances });
        for (const table of await tablesOf(task, chosen, 2, { seed })) {
          expectRules(table, shapeOf(chosen));
          expectEvaluated(task, chosen, table);
        }
      }),
      { numRuns: 15 },
    );
  });

  it.each(['smoke', 'lite', 'lra'] as const)('has the certificates at tier %s', async (tier) => {
    const chosen = resolve({}, tier);
    for (const table of await tablesOf(task, chosen, shapeOf(chosen).distances.length)) {
      expectRules(table, shapeOf(chosen));
      expectEvaluated(task, chosen, table);
    }
  });

  it('is answered by tracing the curve that is marked', async () => {
    const picture = { drawing: 'strokes', stations: 4, columns: 24, turn: 6, length: 24 * 90 };
    const chosen = resolve({ ...picture, distances: [96] });
    let right = 0;
    const rows = (await tablesOf(task, chosen, 20)).flat(2);
    for (const row of rows) right += Number(trace(row, chosen) === row.label);
    expect(right / rows.length).toBeGreaterThan(0.95);
  });

  it('differs between seeds, splits and groups', async () => {
    const texts = new Set<string>();
    for (const seed of [1, 2])
      for (const split of ['train', 'val', 'test'] as const)
        for (const table of await tablesOf(task, resolve({ helpers: 0 }), 8, { seed, split }))
          for (const { tokens } of table.flat()) texts.add(Array.from(tokens).join());
    expect(texts.size).toBe(2 * 3 * 8 * 9);
  });
});

describe('readers that lack something', async () => {
  const chosen = resolve({}, 'lite');
  const { length, columns, straight } = chosen;
  const tables = await tablesOf(task, chosen, 9);
  const best = (seen: (tokens: number[]) => unknown) =>
    bestReader(tables, 3, ({ tokens }) => JSON.stringify(seen(tokens as number[])));

  it.each([
    ['the question', (tokens: number[]) => tokens.slice(0, length - columns)],
    ['what is 72 pixels from the end or farther', (tokens: number[]) => tokens.slice(-72)],
    [
      'the order of windows of a row and a pixel',
      (tokens: number[]) => [tokens.slice(-columns), grams(tokens, straight * columns + 1)],
    ],
  ])('are right in one third: %s', (_, seen) => {
    expect(best(seen)).toBeCloseTo(1 / 3, 12);
  });

  it('are the only ones: whoever reads all is right', () => {
    expect(best((tokens) => tokens)).toBe(1);
  });
});

describe('along the distances', () => {
  it('stations of the asked set and of the others have one distribution', async () => {
    const chosen = resolve({ length: 12 * 64, sets: 2, distances: [36, 200] });
    const places: [number[], number[]] = [[], []];
    for (const table of await tablesOf(task, chosen, 300)) {
      const tops = Array.from(table[0]![0]!.extras!.tops!);
      tops.forEach((top, i) => places[i < chosen.stations ? 0 : 1].push(top >> 2));
    }
    const { statistic, limit } = chiSquare(places.map((found) => histogram(found, 16)));
    expect(statistic).toBeLessThan(limit);
  });

  it('earlier questions mark each end equally often, and repeat the last one as often as chance', async () => {
    const chosen = resolve({ asked: 3, distances: [60] });
    let repeats = 0;
    for (const [[row]] of (await tablesOf(task, chosen, 300)) as [[Example]][]) {
      const extras = Object.fromEntries(
        Object.entries(row.extras!).map(([name, values]) => [name, Int32Array.from(values)]),
      );
      repeats += task.evaluate!({ tokens: Uint16Array.from(row.tokens), extras }, chosen)!.repeats!;
    }
    expect(Math.abs(repeats / 900 - 1 / 3)).toBeLessThan(0.06);
    expect(shapeOf(chosen).table!.asked).toEqual([443, 455, 467]);
  });
});

describe('easier training groups', () => {
  const all = resolve({ helpers: 0.9, sets: 2, length: 12 * 64, distances: [36, 200] });

  it('leave validation and test alone', async () => {
    for (const split of ['val', 'test'] as const)
      for (const table of await tablesOf(task, all, 10, { split }))
        expectRules(table, shapeOf(all));
  });

  it('keep near pixels, the question certificate and right labels, with one set', async () => {
    let single = 0;
    const shape = shapeOf(all);
    for (let n = 0; n < 60; n++) {
      const bins = binsIn(shape, n % 2);
      const group = makeGroup(all, bins, stream(`easier/${n}`), 'train');
      const table = tableOf(group, shape, bins[0].from);
      expectEvaluated(task, all, table);
      for (const rows of table) expect(rows.map(({ label }) => label).sort()).toEqual([0, 1, 2]);
      for (const [question, { tokens, distance }] of table[0]!.entries())
        for (const rows of table)
          expect(Array.from(rows[question]!.tokens).slice(-distance)).toEqual(
            Array.from(tokens).slice(-distance),
          );
      single += Number(Array.from(table[0]![0]!.extras!.tops!).at(-1) === -1);
    }
    expect(Math.abs(single / 60 - 0.9)).toBeLessThan(0.15);
  });
});

describe('the evaluator', () => {
  it('knows no answer where no end is marked, or a station is not one', async () => {
    const chosen = resolve();
    const { columns, length } = chosen;
    const [[[row]]] = (await tablesOf(task, chosen, 1)) as [[[Example]]];
    const [tops, lanes] = [row.extras!.tops!, row.extras!.lanes!].map((of) => Int32Array.from(of));
    const read = (change: (tokens: Uint16Array) => void) => {
      const tokens = Uint16Array.from(row.tokens);
      change(tokens);
      return task.evaluate!({ tokens, extras: { tops: tops!, lanes: lanes! } }, chosen);
    };
    expect(read(() => {})).toBeDefined();
    expect(read((tokens) => tokens.fill(1, length - columns))).toBeUndefined();
    // A station where only the middle curve has moved.
    const from = tops![0]! * columns;
    const smudged = (tokens: Uint16Array) => {
      for (let i = from; i < from + stationRows(chosen) * columns; i++)
        tokens[i] = tokens[from - columns + (i % columns)]!;
      tokens[from + lanes![1]!]! += columns;
    };
    expect(read(smudged)).toBeUndefined();
  });
});

describe('parameters', () => {
  it.each([
    [{ length: 485 }, 'length 485: expected a multiple of the columns (12)'],
    [{ length: 240 }, 'length 240: expected at least'],
    [{ columns: 11 }, 'columns 11'],
    [{ columns: 48 }, 'columns 48: expected at most 32'],
    [{ turn: 3 }, 'turn 3: expected an even number'],
    [{ stations: 5 }, 'stations 5'],
    [{ straight: 0 }, 'straight 0'],
    [{ sets: 3 }, 'sets 3: expected fewer'],
    [{ distances: [24] }, 'expected ascending numbers from 36 to'],
    [{ distances: [96, 36] }, 'expected ascending numbers'],
    [{ helpers: 1 }, 'helpers 1'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('boxes the stations of the asked set and the question, and names the lane', async () => {
    const chosen = resolve();
    const [[[row]]] = (await tablesOf(task, chosen, 1)) as [[[Example]]];
    const { picture, answer } = task.read(row, chosen);
    const boxes = picture!.marks.filter(({ kind }) => kind === 'evidence');
    expect(boxes.map(({ y }) => y)).toEqual(Array.from(row.extras!.tops!));
    expect(picture!.marks.at(-1)).toMatchObject({ kind: 'question', y: 39, height: 1 });
    expect(answer).toBe(`lane ${row.label + 1}`);
  });
});

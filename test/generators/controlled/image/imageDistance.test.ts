import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../core/random.ts';
import {
  blank,
  bounds,
  cellRows,
  markLevels,
} from '../../../../generators/controlled/image/cells.ts';
import { markIn } from '../../../../generators/controlled/image/evaluate.ts';
import { quantised } from '../../../../generators/controlled/levels.ts';
import { makeGroup, type Ease } from '../../../../generators/controlled/image/group.ts';
import { imageDistance } from '../../../../generators/controlled/image/imageDistance.ts';
import { drawn } from '../../../../generators/controlled/image/pictures.ts';
import {
  drawShade,
  drawShape,
  shapeNames,
} from '../../../../generators/controlled/image/shapes.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import { pixels, readPictures } from '../../../../generators/sources/cifar.ts';
import type { Example, TaskDefinition, TierName } from '../../../../generators/task.ts';
import { archive, chiSquare, histogram, temporaryFolder } from '../../support.ts';
import { tinyPictures } from '../../tinyPictures.ts';
import {
  bestReader,
  binsIn,
  expectEvaluated,
  expectRules,
  grams,
  hasOrder,
  tableOf,
  tablesOf,
} from '../table.ts';

const task = imageDistance as unknown as TaskDefinition;
type Options = Parameters<typeof imageDistance.shape>[0];
/** Options of a tier; those of smoke with shapes. */
const resolve = (overrides: Record<string, unknown> = {}, tier: TierName = 'smoke') =>
  resolveOptions(
    task,
    tier,
    tier === 'smoke' ? { pictures: 'shapes', ...overrides } : overrides,
  ) as Options;

/** Cells by what is seen in the strip: rows of one level, each followed by a blank row. */
function cellsIn({ tokens }: Example, { length, side }: Options) {
  const row = (r: number) => Array.from(tokens).slice(r * side, (r + 1) * side);
  const isBlank = (r: number) => row(r).every((token) => token === 1 + blank);
  return Array.from({ length: length / side - cellRows(side) }, (_, top) => top)
    .filter((top) => isBlank(top + 1) && isBlank(top + cellRows(side) - 1))
    .filter((top) => !isBlank(top) && new Set(row(top)).size === 1)
    .map((top) => ({
      top,
      mark: row(top)[0]! - 1,
      picture: Array.from({ length: side - 1 }, (_, i) => row(top + 2 + i)).flat(),
    }));
}

/** The cell whose mark the last row has. */
function askedCell(example: Example, chosen: Options) {
  const mark = markIn(example.tokens, chosen.length / chosen.side - 1, chosen.side);
  const found = cellsIn(example, chosen).filter((cell) => cell.mark === mark);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('a group', () => {
  it('has the certificates, and labels that pixels and columns say, for any options', async () => {
    const parameters = fc.record({
      side: fc.integer({ min: 8, max: 10 }),
      classes: fc.integer({ min: 2, max: 4 }),
      sets: fc.integer({ min: 1, max: 2 }),
      border: fc.boolean(),
      asked: fc.nat(3),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async ({ seed, ...others }) => {
        const { side, classes } = others;
        const length = side * (3 * classes * cellRows(side) + 24);
        const { nearest } = bounds({ ...others, length });
        const distances = [nearest, nearest + classes * cellRows(side) * side];
        const chosen = resolve({ ...others, length, distances });
        for (const table of await tablesOf(task, chosen, 2, { seed })) {
          expectRules(table, imageDistance.shape(chosen));
          expectEvaluated(task, chosen, table);
        }
      }),
      { numRuns: 12 },
    );
  });

  it.each(['smoke', 'lite', 'lra'] as const)('has the certificates at tier %s', async (tier) => {
    const chosen = resolve({}, tier);
    const shape = imageDistance.shape(chosen);
    for (const table of await tablesOf(task, chosen, shape.distances.length)) {
      expectRules(table, shape);
      expectEvaluated(task, chosen, table);
      expect(hasOrder(table, shape, shape.order + 1)).toBe(false);
    }
  });

  it('shows each class once in a set, between blank rows, under marks that all differ', async () => {
    const chosen = resolve({}, 'lite');
    for (const table of await tablesOf(task, chosen, 6))
      for (const example of table.flat()) {
        const cells = cellsIn(example, chosen);
        expect(cells.map(({ top }) => top)).toEqual(
          Array.from(example.extras!.tops!).sort((a, b) => a - b),
        );
        expect(new Set(cells.map(({ mark }) => mark)).size).toBe(4);
        const shown = Array.from(example.extras!.shown!);
        expect(shown.slice(0, 2).sort()).toEqual([0, 1]);
        expect(shown.slice(2).sort()).toEqual([0, 1]);
      }
  });

  it('shows in the asked cell what its label says', async () => {
    // A reader who has seen many pictures of each class takes the label of the most similar one.
    const chosen = resolve({
      ...{ side: 16, length: 4096, classes: 4, distances: [96], border: false },
    });
    const random = stream('known pictures');
    const known = Array.from({ length: 1600 }, (_, i) => ({
      label: i % 4,
      picture: normalised(drawShape(i % 4, 15, 16, random)),
    }));
    let right = 0;
    const examples = (await tablesOf(task, chosen, 8)).map((table, i) => table[i % 4]![i >> 1]!);
    for (const example of examples) {
      const picture = normalised(askedCell(example, chosen).picture);
      let [best, label] = [-Infinity, -1];
      for (const other of known) {
        const likeness = picture.reduce((sum, level, i) => sum + level * other.picture[i]!, 0);
        if (likeness > best) [best, label] = [likeness, other.label];
      }
      if (label === example.label) right++;
    }
    expect(right).toBeGreaterThanOrEqual(7);
  });

  it('differs between seeds, splits and groups', async () => {
    const texts = new Set<string>();
    for (const seed of [1, 2])
      for (const split of ['train', 'val', 'test'] as const)
        for (const table of await tablesOf(task, resolve(), 10, { seed, split }))
          for (const { tokens } of table.flat()) texts.add(Array.from(tokens).join());
    expect(texts.size).toBe(2 * 3 * 10 * 4);
  });
});

/** Levels around their mean, of length 1. */
function normalised(levels: ArrayLike<number>): number[] {
  const all = Array.from(levels);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const length = Math.sqrt(all.reduce((sum, level) => sum + (level - mean) ** 2, 0));
  return all.map((level) => (level - mean) / length);
}

describe('readers that lack something', async () => {
  const chosen = resolve({ border: false }, 'lite');
  const { length, side } = chosen;
  const tables = await tablesOf(task, chosen, 12);
  const best = (seen: (tokens: number[]) => unknown) =>
    bestReader(tables, 2, ({ tokens }) => JSON.stringify(seen(tokens as number[])));

  it.each([
    ['the question', (tokens: number[]) => tokens.slice(0, length - side)],
    ['what is 40 pixels from the end or farther', (tokens: number[]) => tokens.slice(-40)],
    [
      'the order of windows of side + 1 pixels',
      (tokens: number[]) => [tokens.slice(-side), grams(tokens, side + 1)],
    ],
  ])('are right in one half: %s', (_, seen) => {
    expect(best(seen)).toBe(0.5);
  });

  it('are the only ones: whoever reads all is right', () => {
    expect(best((tokens) => tokens)).toBe(1);
  });
});

describe('shades', () => {
  it('are light on the side that their class says', () => {
    const random = stream('shades');
    for (let i = 0; i < 100; i++) {
      const levels = drawShade(i % 2, 7, 8, random);
      const side = (column: number) =>
        levels.reduce((sum, level, n) => sum + (n % 8 === column ? level : 0), 0);
      expect(side(7) > side(0)).toBe(i % 2 === 1);
    }
  });
});

describe('easier training groups', () => {
  it('have one class throughout, or pictures of one level', async () => {
    const chosen = resolve({ border: false });
    const shape = task.shape(chosen);
    const draw = drawn(chosen, drawShape);
    const marks = markLevels(chosen);
    const of = (ease: Ease) =>
      Array.from({ length: 6 }, (_, n) => {
        const bins = binsIn(shape, n % shape.distances.length);
        const random = stream(`easier/${n}`);
        const group = makeGroup(chosen, draw, bins.slice(0, chosen.sets), random, 'train', ease);
        return tableOf(group, shape, bins[0].from).map((rows) =>
          rows.map((row) => {
            // The last row of a picture of one level looks like a mark, but is of no mark's level.
            const cells = cellsIn(row, chosen).filter(({ mark }) => marks.includes(mark));
            return { row, cells };
          }),
        );
      });
    for (const table of of({ alike: true, plain: false }))
      table.forEach((rows, state) => {
        for (const { row } of rows)
          expect([row.label, ...Array.from(row.extras!.shown!)]).toEqual([state, state, state]);
      });
    for (const { row, cells } of of({ alike: false, plain: true }).flat(2)) {
      expect(cells).toHaveLength(2);
      for (const { picture } of cells) expect(new Set(picture).size).toBe(1);
      expect(task.evaluate!(row as never, resolve({ border: false }))!.label).toBe(row.label);
    }
  });
});

describe('the shapes', () => {
  const columns = 8;
  const rows = 7;
  const many = (shape: number, count: number) => {
    const random = stream(`shapes/${shape}`);
    return Array.from({ length: count }, () => drawShape(shape, rows, columns, random));
  };

  it('of a class are all different', () => {
    for (let shape = 0; shape < shapeNames.length; shape++)
      expect(new Set(many(shape, 200).map((levels) => levels.join())).size).toBe(200);
  });

  it('are not told by a pixel, nor by how light they are, as well as by the whole picture', () => {
    // Of each two classes, the best threshold on one pixel or on the sum; 0.5 is chance.
    const count = 400;
    const all = shapeNames.map((_, shape) => many(shape, count));
    const best = (a: number[], b: number[]) => {
      const marked = [...a.map((x) => [x, 1]), ...b.map((x) => [x, -1])].sort(
        (p, q) => p[0]! - q[0]!,
      );
      let [sum, largest] = [0, 0];
      marked.forEach(([x, by], i) => {
        sum += by!;
        if (marked[i + 1]?.[0] !== x) largest = Math.max(largest, Math.abs(sum));
      });
      return 0.5 + largest / (2 * a.length) / 2;
    };
    const shares: number[] = [];
    for (let a = 0; a < all.length; a++)
      for (let b = 0; b < a; b++)
        for (let pixel = 0; pixel < rows * columns; pixel++)
          shares.push(
            best(
              all[a]!.map((levels) => levels[pixel]!),
              all[b]!.map((levels) => levels[pixel]!),
            ),
          );
    // A ring and a disc differ most, in the middle.
    expect(Math.max(...shares)).toBeLessThan(0.95);
    expect(shares.reduce((x, y) => x + y, 0) / shares.length).toBeLessThan(0.65);
  });
});

describe('along the distances', () => {
  it('places, marks and classes of what is asked and what is not have one distribution', async () => {
    // Two bins and two sets: each set may be the asked one, and stands in either bin.
    const chosen = resolve({ length: 576, sets: 2, distances: [24, 128] });
    const found: Record<string, [number[], number[]]> = {
      places: [[], []],
      marks: [[], []],
      shown: [[], []],
    };
    for (const table of await tablesOf(task, chosen, 400)) {
      const { tokens, extras } = table[0]![0]!;
      Array.from(extras!.tops!).forEach((top, cell) => {
        const side = cell < 2 ? 0 : 1;
        found.places![side].push(Math.floor(top / 8));
        found.marks![side].push(markLevels(chosen).indexOf(markIn(tokens, top, 8)!));
        found.shown![side].push(extras!.shown![cell]!);
      });
    }
    for (const [what, [asked, others]] of Object.entries(found)) {
      const { statistic, limit } = chiSquare([histogram(asked, 9), histogram(others, 9)]);
      expect(statistic, what).toBeLessThan(limit);
    }
  });

  it('earlier questions are drawn from all cells, independent of the last', async () => {
    const chosen = resolve({ length: 576, sets: 2, asked: 3, distances: [40, 128] });
    let repeats = 0;
    for (const [[row]] of (await tablesOf(task, chosen, 200)) as [[Example]][]) {
      const marks = [69, 70, 71, 68].map((r) => markIn(row.tokens, r, 8));
      repeats += marks.filter((mark, n) => n !== 2 && mark === marks[2]).length;
    }
    // Each of three questions is the last one with probability 1/4.
    expect(Math.abs(repeats / 600 - 1 / 4)).toBeLessThan(0.07);
    expect(imageDistance.shape(chosen).table!.asked).toEqual([551, 559, 567]);
  });
});

describe('CIFAR-10 pictures', () => {
  it('come from the part of the archive that the split says, made smaller', async () => {
    const sources = temporaryFolder();
    writeFileSync(join(sources, 'cifar-10-binary.tar.gz'), await archive(tinyPictures(300)));
    const found = await readPictures(sources);
    const chosen = resolve({
      ...{ pictures: 'cifar', classes: 3, length: 480, distances: [24] },
      ...{ border: false, alike: 0, plain: 0 },
    });
    const small = ({ levels }: typeof found.train, n: number) =>
      Array.from({ length: 56 }, (_, i) => {
        let sum = 0;
        for (let r = 0; r < 4; r++)
          for (let c = 0; c < 4; c++)
            sum += levels[n * pixels + (2 + 4 * (i >> 3) + r) * 32 + 4 * (i & 7) + c]!;
        return 1 + quantised(Math.round(sum / 16));
      }).join();
    const seen: Record<'train' | 'val', Set<number>> = { train: new Set(), val: new Set() };
    for (const split of ['train', 'val', 'test'] as const) {
      const pictures = split === 'test' ? found.test : found.train;
      const known = Array.from(pictures.labels.keys(), (n) => small(pictures, n));
      for (const table of await tablesOf(task, chosen, 8, { split, sources }))
        for (const example of table.flat()) {
          const n = known.indexOf(askedCell(example, chosen).picture.join());
          expect(pictures.labels[n]).toBe(example.label);
          if (split !== 'test') seen[split].add(n);
        }
    }
    expect([...seen.val].filter((n) => seen.train.has(n))).toEqual([]);
  });

  it('are asked for in vain where there are none', async () => {
    const sources = temporaryFolder();
    const chosen = resolve({ pictures: 'cifar' });
    await expect(imageDistance.open(chosen, 1, sources)).rejects.toThrow('no CIFAR-10 pictures');
    const read = (options: Options) => imageDistance.realData!.isRead(options);
    expect([read(chosen), read(resolve())]).toEqual([true, false]);
    await expect(imageDistance.open(resolve(), 1, sources)).resolves.toBeDefined();
  });
});

describe('the evaluator', () => {
  it('knows no answer where no cell has the mark, or two have', async () => {
    const chosen = resolve();
    const [[[row]]] = (await tablesOf(task, chosen, 1)) as [[[Example]]];
    const { side, length } = chosen;
    const extras = Object.fromEntries(
      Object.entries(row.extras!).map(([name, values]) => [name, Int32Array.from(values)]),
    );
    const changed = (top: number, level: number) => {
      const tokens = Uint16Array.from(row.tokens);
      return task.evaluate!(
        { tokens: tokens.fill(level + 1, top * side, (top + 1) * side), extras },
        chosen,
      );
    };
    const marks = Array.from(row.extras!.tops!, (top) => markIn(row.tokens, top, side)!);
    const free = markLevels(chosen).find((level) => !marks.includes(level))!;
    expect(changed(length / side - 1, free)).toBeUndefined();
    expect(changed(row.extras!.tops![0]!, marks[1]!)).toBeUndefined();
    expect(changed(length / side - 1, marks[1]!)?.label).toBe(row.extras!.shown![1]);
  });
});

describe('parameters', () => {
  it.each([
    [{ length: 257 }, 'length 257: expected a multiple of the side (8)'],
    [{ length: 64 }, 'length 64: expected at least'],
    [
      { classes: 9, side: 16, length: 4096 },
      'classes 9: expected at most as many as there are shapes (8)',
    ],
    [{ side: 12, length: 720, pictures: 'cifar' }, 'side 12: expected a divisor of 32'],
    [{ sets: 3 }, 'sets 3: expected fewer'],
    [{ distances: [16] }, 'expected ascending numbers from 24 to'],
    [{ distances: [64, 24] }, 'expected ascending numbers'],
    [{ train: 0 }, 'train 0'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('boxes the picture that the last row asks for, and names what it shows', async () => {
    const chosen = resolve();
    for (const [rows] of await tablesOf(task, chosen, 4))
      for (const row of rows!) {
        const { picture, answer } = task.read(row, chosen);
        const { top } = askedCell(row, chosen);
        const [evidence, earlier, question] = picture!.marks;
        expect(evidence).toEqual({ kind: 'evidence', x: 0, y: top + 2, width: 8, height: 7 });
        expect(earlier!.y + earlier!.height).toBe(question!.y);
        expect(question!.y).toBe(chosen.length / 8 - 1);
        expect(answer).toBe(shapeNames[row.label]);
      }
  });
});

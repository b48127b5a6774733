import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakOfLabels, breakOfReach } from '../../../../generators/verify/certificates.ts';
import { imageDistance } from '../../../../generators/controlled/image/imageDistance.ts';
import { drawShape, shapeNames } from '../../../../generators/controlled/image/shapes.ts';
import { unscan } from '../../../../generators/pictures/pictures.ts';
import { stream } from '../../../../core/random.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import { pixels, readPictures } from '../../../../generators/sources/cifar.ts';
import type { Example, SplitName } from '../../../../generators/task.ts';
import { archive, chiSquare, chiSquareLimit, histogram, temporaryFolder } from '../../support.ts';
import { tinyPictures } from '../../tinyPictures.ts';

type Options = Parameters<typeof imageDistance.shape>[0];
type Tier = 'smoke' | 'lite' | 'lra';
const resolve = (overrides: Record<string, unknown> = {}, tier: Tier = 'smoke') =>
  resolveOptions(imageDistance as never, tier, overrides) as Options;

/** All siblings of the first `count` groups of a split. */
async function groups(
  chosen: Options,
  count: number,
  { seed = 1, split = 'train' as SplitName, sources = undefined as string | undefined } = {},
): Promise<Example[][]> {
  const { example } = await imageDistance.open(chosen, seed, sources);
  const k = chosen.classes;
  return Array.from({ length: count }, (_, g) =>
    Array.from({ length: k }, (_, s) => example(split, g * k + s)),
  );
}

/**
 * What a reader of the whole picture finds, who knows squares only, in a strip from the bottom and
 * on Hilbert's square by trying all: which of them carry a mark, the query's mark, and the pictures.
 */
function read({ tokens }: Example, chosen: Options) {
  const { side, scan } = chosen;
  const picture = imageDistance.shape(chosen).picture!;
  const levels = unscan(tokens, picture);
  const row = (r: number, c: number) =>
    Array.from(levels.subarray(r * picture.columns + c, r * picture.columns + c + side));
  const markOf = (r: number, c: number) => {
    const found = row(r, c);
    const light = found.filter((level) => level > 150).length;
    const isMark = light <= 1 && found.filter((level) => level <= 40).length === side - light;
    return isMark && light === 1 ? found.findIndex((level) => level > 150) : -1;
  };
  const squares: { top: number; left: number; mark: number; picture: number[] }[] = [];
  const bottom = scan === 'hilbert' ? picture.rows : picture.rows - 1;
  for (let top = bottom - side; top >= 0; top -= side)
    for (let left = 0; left < picture.columns; left += side) {
      const shown = Array.from({ length: side - 1 }, (_, i) => row(top + 1 + i, left)).flat();
      squares.push({ top, left, mark: markOf(top, left), picture: shown });
    }
  // Hilbert's curve ends in the upper right square.
  const isQuery = ({ top, left }: { top: number; left: number }) =>
    scan === 'hilbert' && top === 0 && left === picture.columns - side;
  const query = scan === 'hilbert' ? markOf(0, picture.columns - side) : markOf(bottom, 0);
  const marked = squares.filter((square) => square.mark >= 0 && !isQuery(square));
  return { squares, marked, query, asked: marked.filter(({ mark }) => mark === query) };
}

/** Where tokens differ between siblings. */
const differing = (group: Example[]) =>
  Array.from(group[0]!.tokens, (_, i) => i).filter((i) =>
    group.some(({ tokens }) => tokens[i] !== group[0]!.tokens[i]),
  );

describe('an example', () => {
  it.each(['rows', 'snake', 'hilbert'] as const)(
    'read along %s has marked pictures, one of which the query asks for, at the distance',
    async (scan) => {
      const chosen = resolve({ scan, length: 1024, shown: 4, classes: 3 });
      for (const group of await groups(chosen, 20)) {
        const example = group[1]!;
        const { marked, query, asked } = read(example, chosen);
        expect(marked).toHaveLength(4);
        expect(new Set(marked.map(({ mark }) => mark)).size).toBe(4);
        expect(query).toBeGreaterThanOrEqual(0);
        expect(asked).toHaveLength(1);
        // Siblings differ in the asked picture, and only there.
        const pictures = group.map((sibling) => read(sibling, chosen).asked[0]!.picture);
        expect(pictures[0]).not.toEqual(pictures[1]);
        const places = differing(group);
        expect(places.length).toBeLessThanOrEqual(8 * 7);
        expect(places.length).toBeGreaterThan(40);
        expect(chosen.length - 1 - Math.max(...places)).toBe(example.distance);
      }
    },
  );

  it('shows in the asked place what its label says', async () => {
    // A reader who has seen many pictures of each class takes the label of the most similar one.
    const chosen = resolve({ side: 16, length: 1024, classes: 4 });
    const random = stream('known pictures');
    const known = Array.from({ length: 1600 }, (_, i) => ({
      label: i % 4,
      picture: normalised(drawShape(i % 4, 15, 16, random)),
    }));
    let right = 0;
    const examples = (await groups(chosen, 30)).flat();
    for (const example of examples) {
      const picture = normalised(read(example, chosen).asked[0]!.picture);
      let [best, label] = [-Infinity, -1];
      for (const other of known) {
        const likeness = picture.reduce((sum, level, i) => sum + level * other.picture[i]!, 0);
        if (likeness > best) [best, label] = [likeness, other.label];
      }
      if (label === example.label) right++;
    }
    expect(right / examples.length).toBeGreaterThan(0.9);
  });

  it('differs between seeds, splits and groups', async () => {
    const texts = new Set<string>();
    for (const seed of [1, 2])
      for (const split of ['train', 'val', 'test'] as const)
        for (const example of (await groups(resolve(), 20, { seed, split })).flat())
          texts.add(Array.from(example.tokens).join());
    expect(texts.size).toBe(2 * 3 * 40);
  });
});

/** Levels around their mean, of length 1. */
function normalised(levels: ArrayLike<number>): number[] {
  const all = Array.from(levels);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const length = Math.sqrt(all.reduce((sum, level) => sum + (level - mean) ** 2, 0));
  return all.map((level) => (level - mean) / length);
}

describe('a sibling group', () => {
  it('has the reach certificate at exactly its distance, with any options', async () => {
    const parameters = fc.record({
      scan: fc.constantFrom('rows', 'snake', 'hilbert'),
      side: fc.constantFrom(8, 16),
      classes: fc.integer({ min: 2, max: 8 }),
      shown: fc.integer({ min: 2, max: 3 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async ({ seed, ...given }) => {
        const chosen = resolve({ ...given, length: 1024 });
        for (const group of await groups(chosen, 5, { seed })) {
          const rows = group.map(({ tokens }) => tokens);
          const labels = group.map(({ label }) => label);
          const { distance } = group[0]!;
          expect(breakOfReach({ rows, labels, distance })).toBeUndefined();
          expect(breakOfReach({ rows, labels, distance: distance + 1 })).toBeDefined();
          expect(breakOfReach({ rows, labels, distance: distance - 1 })).toBeDefined();
          expect(breakOfLabels({ rows, labels, distance }, chosen.classes)).toBeUndefined();
          const tokens = rows.flatMap((row) => Array.from(row));
          expect(tokens.every((token) => token >= 1 && token <= 256)).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
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

describe('along the grid of distances', () => {
  it('everything but the asked place keeps its distribution', async () => {
    const chosen = resolve({ length: 512, shown: 3, classes: 3, side: 8 });
    const byDistance = new Map<
      number,
      Record<'queries' | 'marks' | 'levels' | 'counts', number[]>
    >();
    for (const [index, group] of (await groups(chosen, 5 * 120)).entries()) {
      const example = group[index % 3]!;
      const found = byDistance.get(example.distance) ?? {
        queries: [],
        marks: [],
        levels: [],
        counts: [],
      };
      byDistance.set(example.distance, found);
      const { marked, query, asked } = read(example, chosen);
      expect(marked).toHaveLength(3);
      expect(asked).toHaveLength(1);
      found.queries.push(query);
      found.marks.push(...marked.map(({ mark }) => mark));
      // One of many: pixels of a sequence are not independent.
      found.levels.push(Math.floor(example.tokens[(37 * index) % 504]! / 32));
      found.counts.push(example.label);
    }
    expect([...byDistance.keys()]).toEqual([8, 72, 136, 264, 392]);
    const bounds = { queries: 8, marks: 8, levels: 9, counts: 3 } as const;
    for (const [what, bound] of Object.entries(bounds)) {
      const rows = [...byDistance.values()].map((found) =>
        histogram(found[what as keyof typeof bounds], bound),
      );
      const { statistic, limit } = chiSquare(rows);
      expect(statistic, what).toBeLessThan(limit);
      if (what === 'levels') continue;
      const all = rows[0]!.map((_, c) => rows.reduce((sum, row) => sum + row[c]!, 0));
      const mean = all.reduce((a, b) => a + b, 0) / bound;
      const uneven = all.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
      expect(uneven, `${what}, all distances`).toBeLessThan(chiSquareLimit(bound - 1));
    }
  });

  it('the places double up to the first', () => {
    expect(imageDistance.shape(resolve({}, 'lite')).distances).toEqual([8, 72, 136, 264]);
    expect(imageDistance.shape(resolve({}, 'lra')).distances).toEqual([
      16, 272, 528, 1040, 2064, 3600,
    ]);
    const hilbert = resolve({ scan: 'hilbert', length: 1024 });
    expect(imageDistance.shape(hilbert).distances).toEqual([66, 130, 192, 321, 577, 961]);
  });
});

describe('CIFAR-10 pictures', () => {
  it('come from the part of the archive that the split says, made smaller', async () => {
    const sources = temporaryFolder();
    writeFileSync(join(sources, 'cifar-10-binary.tar.gz'), await archive(tinyPictures(300)));
    const found = await readPictures(sources);
    const chosen = resolve({ pictures: 'cifar', classes: 3, length: 256 });
    const small = ({ levels }: typeof found.train, n: number) =>
      Array.from({ length: 56 }, (_, i) => {
        let sum = 0;
        for (let r = 0; r < 4; r++)
          for (let c = 0; c < 4; c++)
            sum += levels[n * pixels + (2 + 4 * (i >> 3) + r) * 32 + 4 * (i & 7) + c]!;
        return Math.round(sum / 16);
      });
    /** Equal but for the one level that keeps a distance exact. */
    const alike = (a: number[], b: number[]) => a.every((x, i) => Math.abs(x - b[i]!) <= 1);
    const seen: Record<'train' | 'val', Set<number>> = { train: new Set(), val: new Set() };
    for (const split of ['train', 'val', 'test'] as const) {
      const pictures = split === 'test' ? found.test : found.train;
      const known = Array.from(pictures.labels.keys(), (n) => small(pictures, n));
      for (const example of (await groups(chosen, 8, { split, sources })).flat()) {
        const shown = read(example, chosen).asked[0]!.picture;
        const n = known.findIndex((picture) => alike(picture, shown));
        expect(pictures.labels[n]).toBe(example.label);
        if (split !== 'test') seen[split].add(n);
      }
    }
    expect([...seen.val].filter((n) => seen.train.has(n))).toEqual([]);
    const made = (await groups(chosen, 1, { sources }))[0]![1]!;
    expect(imageDistance.read(made, chosen).answer).toBe('automobile');
  });

  it('are asked for in vain where there are none', async () => {
    const sources = temporaryFolder();
    const chosen = resolve({ pictures: 'cifar' });
    await expect(imageDistance.open(chosen, 1, sources)).rejects.toThrow('no CIFAR-10 pictures');
    const read = (options: ReturnType<typeof resolve>) => imageDistance.realData!.isRead(options);
    expect([read(chosen), read(resolve())]).toEqual([true, false]);
    await expect(imageDistance.open(resolve(), 1, sources)).resolves.toBeDefined();
  });
});

describe('parameters', () => {
  it.each([
    [{ scan: 'permuted' }, 'scan permuted: expected rows, snake or hilbert: a permutation spreads'],
    [{ scan: 'hilbert', length: 512 }, 'length 512: expected the square of a power of two'],
    [{ length: 257 }, 'length 257: expected a multiple of the side (8)'],
    [{ length: 64 }, 'length 64: expected room for 2 pictures of side 8, there is room for 0'],
    [{ shown: 9, length: 1024 }, 'shown 9: expected at most as many as there are marks (8)'],
    [{ classes: 9 }, 'classes 9: expected at most as many as there are shapes (8)'],
    [{ side: 12, length: 480, pictures: 'cifar' }, 'side 12: expected a divisor of 32'],
    [{ distances: [8, 64] }, 'expected ascending numbers out of 8, 72, 136, got 8, 64'],
    [{ distances: [72, 8] }, 'expected ascending numbers'],
    [{ train: 0 }, 'train 0'],
  ])('%j are refused', (overrides, message) => {
    expect(() => resolve(overrides)).toThrow(message);
  });
});

describe('read', () => {
  it('gives the picture, marks evidence and question, and names the answer', async () => {
    const chosen = resolve();
    const made = (await groups(chosen, 2))[1]![0]!;
    const { picture, answer, notes } = imageDistance.read(made, chosen);
    expect(picture).toMatchObject({ columns: 8, rows: chosen.length / 8 });
    expect([answer, ...notes]).toEqual(['disc', 'place 2 of 3']);
    const [evidence, question] = picture!.marks;
    expect(question).toMatchObject({ kind: 'question', width: 8, height: 1 });
    // The last evidence pixel of the picture is the one at the distance.
    const last = (evidence!.y + evidence!.height - 1) * picture!.columns + evidence!.x + 7;
    expect(chosen.length - 1 - last).toBe(made.distance);
  });
});

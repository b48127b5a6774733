/**
 * Image with a certified distance: what does the picture show that the query asks for? It stands
 * among several small pictures; each has a mark on the row of pixels above it, at a column of its
 * own, and the query, at the end, is such a row with the mark of one of them. The place of a
 * picture tells nothing of its mark. `imageDistanceCells.ts` has the places.
 *
 * The pictures are drawn shapes (`shapes.ts`), or, with `pictures: 'cifar'`, CIFAR-10 pictures in
 * grey, made smaller by means over squares; those of the validation and test examples are others
 * than those of the training examples. So every group shows pictures that were never seen before,
 * and they have to be classified. Places without a picture are noise around a background.
 *
 * Siblings differ in the asked picture alone: it shows each class once; mark, other pictures and
 * noise are the same. The asked picture's pixel that is read last differs between siblings (where
 * by chance it does not, it is made lighter or darker by one level in one of them), so the distance
 * is exact: L - 1 less the position of that pixel.
 *
 * Only the place of the asked picture changes along the grid; the others stand in any of the places
 * left, all equally often. There is no order certificate: pictures of different classes have
 * different pixels. Letting siblings exchange pictures instead would give one for windows narrower
 * than the margins, but then the evidence would be spread over all places that take part, and the
 * distance would be that of the nearest of them, not of the asked one.
 */
import { z } from 'zod';
import { DataError } from '../../../core/errors.ts';

import { exampleStream, int, sample, shuffle, stream, type Random } from '../../../core/random.ts';
import {
  classNames,
  identifyPictures,
  pixels as cifarPixels,
  readPictures,
  side as cifarSide,
  type Pictures,
} from '../../sources/cifar.ts';
import { defaultSources } from '../../sources/folder.ts';
import { pictureReading, type Mark } from '../../reading.ts';
import { scanOrder, scans } from '../../pictures/scan.ts';
import { splits, type SplitName, type TaskDefinition } from '../../task.ts';
import { exampleCounts, groupCount, keepLast, placeOf } from '../groups.ts';
import { breakOfCells, cellCount, cellsOf, pictureOf, type Cells } from './cells.ts';
import { background, clamped, drawShape, noise, shapeNames } from './shapes.ts';

const options = z
  .strictObject({
    /** Pixels in all, L. */
    length: z
      .int()
      .min(64)
      .max(1 << 20),
    /** Order in which the pixels are read. */
    scan: z.enum(scans),
    /** Pixels a side of a picture with the row of its mark above it. */
    side: z.int().min(8).max(64),
    /** What the pictures are. */
    pictures: z.enum(['shapes', 'cifar']),
    /** Pictures a sequence. */
    shown: z.int().min(2).max(64),
    /** Classes of pictures, k: the first of the shapes, or of CIFAR-10's classes. */
    classes: z.int().min(2).max(10),
    /** Ascending; empty for those of the last picture, of the one, two, four, ... before it, and of the first. */
    distances: z.array(z.int().positive()).max(64),
    /** Sibling groups for each distance. */
    train: groupCount,
    val: groupCount,
    test: groupCount,
  })
  .superRefine((chosen, context) => {
    const wrong = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const { side, pictures, shown, classes, distances } = chosen;
    const broken = breakOfCells(chosen);
    if (broken) return wrong(...broken);
    const places = Math.max(0, cellCount(chosen));
    const possible = places > 0 ? possibleOf(chosen) : [];
    if (places < shown)
      wrong(
        'length',
        `expected room for ${shown} pictures of side ${side}, there is room for ${places}`,
      );
    else if (shown > side) wrong('shown', `expected at most as many as there are marks (${side})`);
    else if (pictures === 'shapes' && classes > shapeNames.length)
      wrong('classes', `expected at most as many as there are shapes (${shapeNames.length})`);
    else if (pictures === 'cifar' && cifarSide % side !== 0)
      wrong('side', `expected a divisor of ${cifarSide} for CIFAR-10 pictures`);
    else if (distances.some((d, i) => !possible.includes(d) || d <= (distances[i - 1] ?? 0)))
      wrong(
        'distances',
        `expected ascending numbers out of ${possible.join(', ')}, got ${distances.join(', ')}`,
      );
  });

type Options = z.output<typeof options>;

/** Distances of all places, ascending. */
const possibleOf = (chosen: Options) =>
  cellsOf(chosen)
    .cells.map(({ distance }) => distance)
    .reverse();

function gridOf(chosen: Options): number[] {
  if (chosen.distances.length > 0) return chosen.distances;
  const possible = possibleOf(chosen);
  const last = possible.length - 1;
  const after = [0];
  // A last step of less than a half would add a point that says nothing new.
  for (let n = 1; n * 1.5 <= last; n *= 2) after.push(n);
  return [...after, last].map((n) => possible[n]!);
}

/** A new picture of a class for a split: side - 1 rows of side pixels. */
type Draw = (split: SplitName, label: number, random: Random) => Uint8Array;

const common = { scan: 'rows', pictures: 'shapes', distances: [] as number[] } as const;

export const imageDistance: TaskDefinition<typeof options> = {
  name: 'image-distance',
  title: 'Image, by distance',
  kind: 'controlled',
  summary:
    'What the picture shows that the last pixels ask for, one of several, a known distance away.',
  version: 1,
  options,
  tiers: {
    smoke: { ...common, length: 256, side: 8, shown: 2, classes: 2, train: 200, val: 8, test: 16 },
    lite: {
      ...common,
      length: 384,
      side: 8,
      shown: 3,
      classes: 2,
      train: 2500,
      val: 100,
      test: 400,
    },
    lra: {
      ...common,
      length: 4096,
      side: 16,
      shown: 6,
      classes: 8,
      train: 2000,
      val: 50,
      test: 100,
    },
  },

  shape(chosen) {
    const distances = gridOf(chosen);
    return {
      length: chosen.length,
      vocabulary: 257,
      classes: chosen.classes,
      documents: 1,
      input: 'levels',
      picture: pictureOf(chosen),
      readout: 'query',
      padded: false,
      distances,
      siblings: chosen.classes,
      order: 0,
      maskRatio: 0.5,
      counts: exampleCounts(chosen, distances.length, chosen.classes),
      extras: {},
    };
  },

  realData: { isRead: ({ pictures }) => pictures === 'cifar', identify: identifyPictures },

  async open(chosen, seed, sources = defaultSources()) {
    const grid = gridOf(chosen);
    const cells = cellsOf(chosen);
    const { draw, source } =
      chosen.pictures === 'cifar' ? await cifarPictures(chosen, seed, sources) : shapesOf(chosen);
    const groupAt = keepLast((split, { inSplit, distance }) => {
      const random = exampleStream(seed, 'image-distance', split, inSplit);
      return makeGroup(chosen, cells, distance, split, draw, random);
    });
    return {
      ...(source !== undefined && { source }),
      example(split, index) {
        const place = placeOf(chosen, grid, chosen.classes, split, index);
        const { sibling: label, group, distance } = place;
        return { tokens: groupAt(split, place)[label]!, label, group, distance };
      },
    };
  },

  read({ tokens, label, distance }, chosen) {
    const { cells, query } = cellsOf(chosen);
    const picture = pictureOf(chosen);
    const order = scanOrder(chosen.scan, picture.rows, picture.columns);
    const box = (kind: Mark['kind'], positions: Uint32Array, height: number): Mark => {
      const pixel = order[positions[0]!]!;
      const [x, y] = [pixel % picture.columns, Math.floor(pixel / picture.columns)];
      return { kind, x, y, width: chosen.side, height };
    };
    const asked = cells.findIndex((cell) => cell.distance === distance);
    const names = chosen.pictures === 'cifar' ? classNames : shapeNames;
    return {
      documents: [],
      between: '',
      picture: pictureReading(tokens, picture, [
        box('evidence', cells[asked]!.picture, chosen.side - 1),
        box('question', query, 1),
      ]),
      question: 'What does the picture under the mark of the last row show?',
      answer: names[label]!,
      notes: [`place ${asked + 1} of ${cells.length}`],
    };
  },
};

const dark = 10;
const bright = 235;

/** All siblings of a group. */
function makeGroup(
  chosen: Options,
  { cells, query }: Cells,
  distance: number,
  split: SplitName,
  draw: Draw,
  random: Random,
): Uint16Array[] {
  const { length, side, shown, classes } = chosen;
  const tokens = new Uint16Array(length);
  const paint = (into: Uint16Array, position: number, level: number) =>
    (into[position] = 1 + clamped(level));

  const ground = background(random);
  for (let i = 0; i < length; i++) paint(tokens, i, ground + noise(random));
  // A row with a mark, or with none: dark, and light at one column.
  const paintMark = (row: Uint32Array, mark: number) =>
    row.forEach((position, column) =>
      paint(tokens, position, (column === mark ? bright : dark) + noise(random)),
    );
  const asked = cells.findIndex((cell) => cell.distance === distance);
  const others = [...cells.keys()].filter((cell) => cell !== asked);
  const places = [asked, ...shuffle(others, random).slice(0, shown - 1)];
  const marks = sample(random, side, shown);
  cells.forEach(({ mark }, cell) => paintMark(mark, marks[places.indexOf(cell)] ?? -1));
  paintMark(query, marks[0]!);
  const paintPicture = (into: Uint16Array, cell: number, levels: Uint8Array) =>
    levels.forEach((level, i) => paint(into, cells[cell]!.picture[i]!, level));
  for (const place of places.slice(1))
    paintPicture(tokens, place, draw(split, int(random, classes), random));

  const siblings = Array.from({ length: classes }, (_, label) => {
    const sibling = tokens.slice();
    paintPicture(sibling, asked, draw(split, label, random));
    return sibling;
  });
  const last = length - 1 - distance;
  const changed = siblings[1 + int(random, classes - 1)]!;
  if (siblings.every((sibling) => sibling[last] === siblings[0]![last]))
    changed[last]! += changed[last]! > 128 ? -1 : 1;
  return siblings;
}

function shapesOf({ side }: Options): { draw: Draw; source?: undefined } {
  return { draw: (_, label, random) => drawShape(label, side - 1, side, random) };
}

/** CIFAR-10 pictures made smaller. A tenth of the training pictures, drawn by the seed, is for validation. */
async function cifarPictures(
  { side, classes }: Options,
  seed: number,
  sources: string,
): Promise<{ draw: Draw; source: string }> {
  const { train, test, source } = await readPictures(sources);
  const order = shuffle([...train.labels.keys()], stream(`${seed}/image-distance/pictures`));
  const forVal = Math.floor(order.length / 10);
  const pools = {
    train: byClass(train, order.slice(forVal), side),
    val: byClass(train, order.slice(0, forVal), side),
    test: byClass(test, [...test.labels.keys()], side),
  };
  for (const split of splits)
    for (let label = 0; label < classes; label++)
      if (pools[split][label]!.length === 0)
        throw new DataError(
          `The source has no picture of class ${classNames[label]} for ${split}; get the whole archive, or ask for fewer classes.`,
        );
  return {
    source,
    draw(split, label, random) {
      const pool = pools[split][label]!;
      return pool[int(random, pool.length)]!;
    },
  };
}

/** Means over squares; what the row of the mark takes is cut from the height, above and below alike. */
function byClass(pictures: Pictures, chosen: number[], side: number): Uint8Array[][] {
  const square = cifarSide / side;
  const top = square >> 1;
  const pools: Uint8Array[][] = classNames.map(() => []);
  for (const n of chosen) {
    const small = new Uint8Array((side - 1) * side);
    for (let i = 0; i < small.length; i++) {
      const row = top + Math.floor(i / side) * square;
      const first = n * cifarPixels + row * cifarSide + (i % side) * square;
      let sum = 0;
      for (let r = 0; r < square; r++)
        for (let c = 0; c < square; c++) sum += pictures.levels[first + r * cifarSide + c]!;
      small[i] = Math.floor(sum / square ** 2 + 0.5);
    }
    pools[pictures.labels[n]!]!.push(small);
  }
  return pools;
}

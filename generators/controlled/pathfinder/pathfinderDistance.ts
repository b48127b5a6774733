/**
 * Pathfinder with a certified distance: to which of the starts at the top does the marked end at the
 * bottom belong? k curves run down the whole picture and wander on their way. In one stretch, the
 * wiring, they change places: the k siblings of a group are the k cyclic shifts there, and nothing
 * else differs. The classes are the starts, numbered from the left.
 *
 * Outside the wiring curves never cross, but which one is the marked one has to be traced: short
 * fragments of the same make stand about, and decoys among them reach the last row like the ends do.
 * The curves' columns at the last row say little: whichever curve goes out of the wiring last goes
 * out at about the same column. The first two rows hold the starts and nothing else.
 *
 * In a share `leftmost` of the groups it is the leftmost end that is marked, in the others any. Then
 * how the curves run in the wiring tells the label in most groups, before ends are told apart.
 * Without that the label is like a parity of two facts of which neither tells anything by itself, and
 * small models learn nothing.
 *
 * Distance. The read-out is the last position. The wiring is placed so that its last pixel that is
 * not the same in all siblings is D tokens before it, exactly: that pixel, beside a curve's last
 * paint, shows from which side the curve came. D is a number of rows and a half.
 *
 * Only the place of the wiring changes along the grid, and with it how many rows of the same
 * wandering lie below and above it. Ends, starts, decoys, fragments, wiring and labels have the same
 * distributions at every distance (ends to within a pixel under `snake`, where rows are read in turn
 * from either side).
 *
 * Scans: `rows` and `snake`, under which the rows below the wiring are the last tokens. Hilbert's
 * curve and a permutation mix near and far rows, so no place of the wiring gives far distances.
 *
 * There is no order certificate. Shifts differ in how many curves cross, and a crossing looks
 * different from curves side by side in any window that shows it.
 */
import { z } from 'zod';
import { exampleStream } from '../../../core/random.ts';
import { positionsOf, scanOrder, scans } from '../../pictures/scan.ts';
import { pictureReading } from '../../reading.ts';
import { type TaskDefinition } from '../../task.ts';
import { exampleCounts, groupCount, keepLast, placeOf } from '../groups.ts';
import { makeGroup } from './group.ts';
import { smallestSize, wiringRows } from './wiring.ts';

const options = z
  .strictObject({
    /** Rows and columns of the picture. */
    size: z.int().min(24).max(256).multipleOf(2),
    /** Curves, and classes, k. */
    curves: z.int().min(2).max(8),
    /** Share of groups whose leftmost end is marked; in the others each end is, equally often. */
    leftmost: z.number().min(0).max(0.9),
    /** Fragments that do not reach the last row. */
    fragments: z.int().min(0).max(64),
    /** Fragments that reach the last row. */
    decoys: z.int().min(1).max(16),
    /** Order in which the pixels are read. */
    scan: z.enum(scans),
    /** Ascending, each a number of rows and a half; empty for 2.5, 4.5, 8.5, ... rows and the most possible. */
    distances: z.array(z.int().positive()).max(64),
    /** Sibling groups for each distance. */
    train: groupCount,
    val: groupCount,
    test: groupCount,
  })
  .superRefine((chosen, context) => {
    const wrong = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const { size, curves, fragments, decoys, scan, distances } = chosen;
    const room = Math.floor((size - 6 * curves) / 8);
    if (scan !== 'rows' && scan !== 'snake')
      wrong('scan', 'expected rows or snake: other orders mix what is near with what is far');
    else if (size < smallestSize(curves))
      wrong('size', `expected at least ${smallestSize(curves)} for ${curves} curves`);
    else if (decoys > Math.max(1, room))
      wrong('decoys', `expected at most ${Math.max(1, room)} beside ${curves} curves`);
    else if (fragments > size / 8)
      wrong('fragments', `expected at most ${Math.floor(size / 8)} in ${size} rows`);
    else {
      const possible = Array.from({ length: mostRows(size) - 1 }, (_, i) =>
        distanceOf(size, i + 2),
      );
      if (distances.some((d, i) => !possible.includes(d) || d <= (distances[i - 1] ?? 0)))
        wrong(
          'distances',
          `expected ascending numbers out of ${possible.join(', ')}, got ${distances.join(', ')}`,
        );
    }
  });

type Options = z.output<typeof options>;

/** Distance of a wiring that ends above the last `rows` rows. */
const distanceOf = (size: number, rows: number) => rows * size + size / 2;

/** Most rows below a wiring: two rows are above it. */
const mostRows = (size: number) => size - wiringRows(size) - 3;

function gridOf({ size, distances }: Options): number[] {
  if (distances.length > 0) return distances;
  const most = mostRows(size);
  const rows: number[] = [];
  // A last step of less than a quarter would add a point that says nothing new.
  for (let below = 2; below * 1.25 <= most; below *= 2) rows.push(below);
  return [...rows, most].map((below) => distanceOf(size, below));
}

const common = { scan: 'rows', distances: [] as number[] } as const;

export const pathfinderDistance: TaskDefinition<typeof options> = {
  name: 'pathfinder-distance',
  title: 'Pathfinder, by distance',
  kind: 'controlled',
  summary:
    'Which start the marked end of a curve belongs to, where curves change places a known distance away.',
  version: 2,
  options,
  tiers: {
    smoke: {
      ...common,
      size: 24,
      curves: 2,
      leftmost: 0.5,
      fragments: 2,
      decoys: 1,
      train: 200,
      val: 8,
      test: 16,
    },
    lite: {
      ...common,
      size: 24,
      curves: 2,
      leftmost: 0.5,
      fragments: 2,
      decoys: 1,
      train: 1000,
      val: 40,
      test: 150,
    },
    lra: {
      ...common,
      size: 64,
      curves: 3,
      leftmost: 0,
      fragments: 6,
      decoys: 3,
      train: 5000,
      val: 100,
      test: 200,
    },
  },

  shape(chosen) {
    const { size, curves, scan } = chosen;
    const distances = gridOf(chosen);
    return {
      length: size * size,
      vocabulary: 257,
      classes: curves,
      documents: 1,
      input: 'levels',
      picture: { rows: size, columns: size, scan },
      readout: 'query',
      padded: false,
      distances,
      siblings: curves,
      order: 0,
      maskRatio: 0.5,
      counts: exampleCounts(chosen, distances.length, curves),
      // Columns of the curves' starts and ends, from the left; which end is marked; the wiring's shift.
      extras: { starts: curves, ends: curves, marked: 1, shift: 1 },
    };
  },

  async open(chosen, seed) {
    const { size, curves, scan } = chosen;
    const grid = gridOf(chosen);
    const order = scanOrder(scan, size, size);
    const position = positionsOf(order);
    const groupAt = keepLast((split, { inSplit, distance }) => {
      const random = exampleStream(seed, 'pathfinder-distance', split, inSplit);
      const pixel = order[size * size - 1 - distance]!;
      const rightwards = position[pixel + 1]! > position[pixel]!;
      return makeGroup(chosen, pixel, rightwards, random);
    });
    return {
      example(split, index) {
        const place = placeOf(chosen, grid, curves, split, index);
        const { sibling: shift, group, distance } = place;
        const { pictures, starts, ends, marked } = groupAt(split, place);
        const levels = pictures[shift]!;
        return {
          tokens: Uint16Array.from(order, (pixel) => levels[pixel]! + 1),
          label: (marked + shift) % curves,
          group,
          distance,
          extras: { starts, ends, marked: [marked], shift: [shift] },
        };
      },
    };
  },

  read({ tokens, label, distance }, { size, curves, scan }) {
    const below = (distance - size / 2) / size;
    return {
      documents: [],
      between: '',
      picture: pictureReading(tokens, { rows: size, columns: size, scan }),
      question: `Which of the ${curves} starts, from the left, does the marked end belong to?`,
      answer: `start ${label + 1}`,
      notes: [`the curves change places above the last ${below} rows`],
    };
  },
};

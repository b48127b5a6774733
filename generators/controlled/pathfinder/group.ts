/** The pictures of a sibling group of pathfinder-distance: the same but for the wiring's shift. */
import { UsageError } from '../../../core/errors.ts';
import { int, type Random } from '../../../core/random.ts';
import { drawStrand, fragment, isClear, snapped, uniform, wander, type Strand } from './strands.ts';
import { makeWiring, wiringRows } from './wiring.ts';

export interface GroupOptions {
  size: number;
  curves: number;
  leftmost: number;
  fragments: number;
  decoys: number;
}

export interface Group {
  /** Grey levels row by row, for each shift of the wiring. */
  pictures: Uint8Array[];
  /** Columns of the curves in the first and in the last row. */
  starts: number[];
  ends: number[];
  /** Which end is marked. */
  marked: number;
}

const markerLevel = 255;
/** Pixels that stay dark around a fragment, from its middle. */
const clearance = 2.6;
/** Places that are tried for a fragment before it is made shorter. */
const placeTries = 100;
/** Sets of fragments that are tried before the curves are drawn anew, and how often that is done. */
const setTries = 20;
const groupTries = 100;

/**
 * @param pixel the last one, in reading order, that is not the same in all pictures.
 * @param rightwards how its row is read.
 */
export function makeGroup(
  options: GroupOptions,
  pixel: number,
  rightwards: boolean,
  random: Random,
): Group {
  for (let tries = 0; tries < groupTries; tries++) {
    const group = tryGroup(options, pixel, rightwards, random);
    if (group) return group;
  }
  const { size, fragments, decoys } = options;
  throw new UsageError(
    `${decoys} decoys and ${fragments} fragments found no room in ${size} x ${size} pixels; ask for fewer.`,
  );
}

function tryGroup(
  options: GroupOptions,
  pixel: number,
  rightwards: boolean,
  random: Random,
): Group | undefined {
  const { size, curves, leftmost } = options;
  const [row, column] = [Math.floor(pixel / size), pixel % size];
  const wiring = makeWiring(size, curves, row, column, rightwards, random);
  const jitter = () => uniform(random, -size / 32, size / 32);
  const near = (columns: number[]) => {
    const by = jitter();
    return columns.map((each) => snapped(each + by));
  };
  const [starts, ends] = [near(wiring.entries), near(wiring.exits)];
  const bottom = wiring.top + wiringRows(size) + 1;
  const shared = [
    ...wander(size, 0, wiring.top, starts, wiring.entries, random),
    ...wander(size, bottom, size - 1 - bottom, wiring.exits, ends, random),
  ];
  const marked = random() < leftmost ? 0 : int(random, curves);

  const draw = (levels: Uint8Array, strands: Strand[]) => {
    for (const strand of strands) drawStrand(levels, size, strand);
    return levels;
  };
  const common = draw(new Uint8Array(size * size), shared);
  mark(common, size, ends[marked]!);
  const all = wiring.strands.reduce(draw, common.slice());
  const fragments = placeFragments(options, all, random);
  if (!fragments) return undefined;
  draw(common, fragments);
  const pixels = (columns: number[]) => columns.map(Math.round);
  return {
    pictures: wiring.strands.map((strands) => draw(common.slice(), strands)),
    starts: pixels(starts),
    ends: pixels(ends),
    marked,
  };
}

/** Two rows by three columns at the bottom. */
function mark(levels: Uint8Array, size: number, end: number): void {
  const middle = Math.round(end);
  for (let row = size - 2; row < size; row++)
    levels.fill(markerLevel, row * size + middle - 1, row * size + middle + 2);
}

/** Fragments apart from each other and from all that is drawn in any of the pictures; none if they find no room. */
function placeFragments(
  { size, fragments, decoys }: GroupOptions,
  drawn: Uint8Array,
  random: Random,
): Strand[] | undefined {
  for (let tries = 0; tries < setTries; tries++) {
    const levels = drawn.slice();
    const placed: Strand[] = [];
    for (let i = 0; i < decoys + fragments; i++) {
      const strand = placeFragment(levels, size, i < decoys, random);
      if (!strand) break;
      drawStrand(levels, size, strand);
      placed.push(strand);
    }
    if (placed.length === decoys + fragments) return placed;
  }
  return undefined;
}

function placeFragment(
  levels: Uint8Array,
  size: number,
  isDecoy: boolean,
  random: Random,
): Strand | undefined {
  const shortest = Math.max(3, Math.round(size / 6));
  for (let height = shortest + int(random, shortest + 1); height >= 3; height--)
    for (let tries = 0; tries < placeTries; tries++) {
      const strand = fragment(size, isDecoy, height, random);
      const inside = strand.at.every((column) => column >= 1.5 && column <= size - 2.5);
      if (inside && isClear(levels, size, strand, clearance)) return strand;
    }
  return undefined;
}

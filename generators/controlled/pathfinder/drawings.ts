/**
 * How the pictures of `pathfinder-distance` are drawn.
 *
 *   strokes  smooth strokes in lanes and on a ground of random grey levels, which sway together on
 *            their way between stations
 *   shades   curves one pixel wide in fixed lanes; a pixel's level says its column and how many curves
 *            pass through it, single specks lie on the ground, and a mark is a line to the right edge whose
 *            level says its lane too: what a model without a notion of neighbouring pixels can read
 */
import { int, type Random } from '../../../core/random.ts';
import { quantised } from '../levels.ts';
import { drawStroke, groundLevels, snapped, uniform } from './strokes.ts';

export const drawings = ['strokes', 'shades'] as const;
export type DrawingName = (typeof drawings)[number];

export interface Drawing {
  /** Columns of the three lanes, from the left. */
  lanes: number[];
  /** Columns by which curves may swing to a side between stations. */
  sway: number;
  /** Grey levels of a row without curves, [columns]. */
  ground: Uint8Array;
  /** Grey levels of rows, [rows, columns]; each stroke has a column in each row. */
  paint(strokes: readonly number[][]): Uint8Array;
  /** Marks the end of a lane in a row that starts at pixel `at`. */
  mark(levels: Uint8Array, at: number, lane: number): void;
  /** Lays a speck on the ground of a row that starts at pixel `at`, or none. */
  speck(levels: Uint8Array, at: number, random: Random): void;
}

/** The least level of a mark. */
export const markLevel = (drawing: DrawingName, columns: number) =>
  drawing === 'strokes' ? 255 : marked * columns;

/** Columns of a mark that begins at a column, beside the lane. */
export const markColumns = (drawing: DrawingName, columns: number, first: number) =>
  drawing === 'strokes' ? 3 : columns - first;

/** Columns that a picture may have at most. */
export const widest = (drawing: DrawingName) =>
  drawing === 'strokes' ? 256 : Math.floor(256 / (speckled + 1));

/** The least binary logarithm of the number of grounds. */
export const groundBits = (drawing: DrawingName, columns: number, specks: number) =>
  drawing === 'strokes' ? columns * Math.log2(groundLevels) : specks * Math.log2(columns - 2);

export const drawingOf = (name: DrawingName, columns: number, random: Random): Drawing =>
  name === 'strokes' ? strokes(columns, random) : shades(columns);

function strokes(columns: number, random: Random): Drawing {
  const lanes = drawLanes(columns, random);
  const level = 140 + int(random, 100);
  // Columns differ in their ground, rows do not: so rows with the same strokes are the same.
  const ground = Uint8Array.from({ length: columns }, () => int(random, groundLevels));
  return {
    ...{ lanes, ground },
    sway: 2,
    paint(strokes) {
      const levels = new Uint8Array(strokes[0]!.length * columns);
      for (const stroke of strokes) drawStroke(levels, columns, stroke, level);
      return levels.map((ink, i) => Math.max(quantised(ink), ground[i % columns]!));
    },
    mark(levels, at, lane) {
      const middle = at + Math.round(lanes[lane]!);
      levels.fill(markLevel('strokes', columns), middle - 1, middle + 2);
    },
    speck() {},
  };
}

/** Lanes about a third of the picture from each other, with a column free beside them. */
function drawLanes(columns: number, random: Random): number[] {
  const steps = [0, 1].map(() => snapped(uniform(random, 0.28, 0.33) * columns)) as [
    number,
    number,
  ];
  const first = snapped(uniform(random, 1, columns - 2 - steps[0] - steps[1]));
  return [first, first + steps[0], first + steps[0] + steps[1]];
}

/**
 * Levels of `shades` are `columns · n + column`, where n is 0 to 3 curves, a mark of lane 0 to 2, or a
 * speck of one of the shades that are left. Specks are of many shades, so that a new level says nothing:
 * with one shade, the order in which levels first appear told the order of the stations.
 */
const marked = 4;
const speckled = 7;
const shadesOf = (columns: number) => Math.floor(256 / columns) - speckled;

function shades(columns: number): Drawing {
  // An even number of columns from lane to lane, so that curves meet in a column.
  const step = 2 * Math.floor((columns - 4) / 4);
  const lanes = [0, 1, 2].map((lane) => 2 + step * lane);
  const ground = Uint8Array.from({ length: columns }, (_, column) => column);
  return {
    ...{ lanes, ground },
    sway: 0,
    paint(strokes) {
      const levels = new Uint8Array(strokes[0]!.length * columns);
      for (let i = 0; i < levels.length; i++) levels[i] = i % columns;
      for (const stroke of strokes)
        stroke.forEach((x, row) => (levels[row * columns + Math.round(x)]! += columns));
      return levels;
    },
    mark(levels, at, lane) {
      for (let column = lanes[lane]! - 1; column < columns; column++)
        levels[at + column] = (marked + lane) * columns + column;
    },
    speck(levels, at, random) {
      const column = int(random, columns);
      const shade = speckled + int(random, shadesOf(columns));
      if (levels[at + column] === column) levels[at + column] = shade * columns + column;
    },
  };
}

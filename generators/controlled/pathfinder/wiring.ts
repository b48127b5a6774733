/**
 * The part of a picture in which curves change places: k of them come in from above and go out
 * below, and the k wirings are the cyclic shifts of one to the next. All wirings share the columns
 * at which curves come in and go out; in between each runs almost straight, so that crossings are
 * plain to see.
 */
import { int, type Random } from '../../../core/random.ts';
import { drawStrand, smooth, snapped, uniform, type Strand } from './strands.ts';

/** Rows in which curves change places. */
export const wiringRows = (size: number) => Math.max(5, Math.round(size / 4));

/** Distances between neighbours, as shares of the picture's size over the number of curves. */
const [narrowest, widest] = [0.4, 0.56];

/** Smallest picture with room for that many curves. */
export const smallestSize = (curves: number) => Math.max(24, 8 * curves);

export interface Wiring {
  /** Row in which curves come in, and columns where they come in and go out, ascending. */
  top: number;
  entries: number[];
  exits: number[];
  /** The k wirings: in the one of shift s, the curve that goes out at j came in at (j + s) mod k. */
  strands: Strand[][];
}

/** Columns side by side, around 0. */
function columnsOf(size: number, curves: number, random: Random): number[] {
  const columns = [0];
  for (let i = 1; i < curves; i++)
    columns.push(columns.at(-1)! + uniform(random, narrowest, widest) * (size / curves));
  const middle = columns.at(-1)! / 2;
  return columns.map((column) => snapped(column - middle));
}

/**
 * A wiring whose last pixel, in reading order, that is not the same in all shifts is at `row`,
 * `column`. Of the curves that go out one, any of them, gets there a row later than the others, so
 * that pixel is beside it.
 * @param rightwards how that row is read.
 */
export function makeWiring(
  size: number,
  curves: number,
  row: number,
  column: number,
  rightwards: boolean,
  random: Random,
): Wiring {
  const rows = wiringRows(size);
  const exits = columnsOf(size, curves, random);
  const shift = uniform(random, -size / 32, size / 32);
  const entries = columnsOf(size, curves, random).map((entry) => snapped(entry + shift));
  const latest = int(random, curves);
  const strands = Array.from({ length: curves }, (_, s) =>
    exits.map((exit, j): Strand => {
      const entry = entries[(j + s) % curves]!;
      const arrival = j === latest ? rows : rows - 1;
      // Below its arrival a curve goes straight down, for a row at least.
      const at = Array.from({ length: rows + 2 }, (_, r) => {
        const t = Math.min(1, r / arrival);
        return snapped(entry + (exit - entry) * ((t + smooth(t)) / 2));
      });
      return { top: 0, at };
    }),
  );
  const last = lastDifference(strands, 2 * size, size, rightwards);
  const [down, right] = [row - last.row, column - last.column];
  const moved = (columns: number[]) => columns.map((each) => each + right);
  return {
    top: down,
    entries: moved(entries),
    exits: moved(exits),
    strands: strands.map((shifted) => shifted.map(({ at }) => ({ top: down, at: moved(at) }))),
  };
}

/** The last pixel that is not the same in all wirings, drawn around `middle` on a wide canvas. */
function lastDifference(wirings: Strand[][], side: number, middle: number, rightwards: boolean) {
  const drawn = wirings.map((strands) => {
    const levels = new Uint8Array(side * side);
    for (const { top, at } of strands)
      drawStrand(levels, side, { top: top + 2, at: at.map((column) => column + middle) });
    return levels;
  });
  const differs = (pixel: number) => drawn.some((levels) => levels[pixel] !== drawn[0]![pixel]);
  for (let row = side - 1; row >= 0; row--)
    for (let i = 0; i < side; i++) {
      const column = rightwards ? side - 1 - i : i;
      if (differs(row * side + column)) return { row: row - 2, column: column - middle };
    }
  throw new RangeError('All wirings of a picture look the same.');
}

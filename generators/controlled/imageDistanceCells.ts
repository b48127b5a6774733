/**
 * Where the small pictures of `image-distance` stand: in cells of side x side pixels, each of which
 * is read as a whole before the next one begins, so that a cell has one distance from the end.
 *
 * - `rows` and `snake`: the picture is a strip as wide as a cell, cells stand one above the other,
 *   and the query is the last row.
 * - `hilbert`: the picture is a square; aligned runs of side² steps of the curve are squares. The
 *   query is in the cell in which the curve ends.
 * - `permuted`: none. A fixed permutation spreads every cell over the whole sequence, so the nearest
 *   pixel of any of them stands near the end, and there is no distance to certify.
 */
import { positionsOf, scanOrder } from '../scan.ts';
import type { ScanName, TaskShape } from '../task.ts';

export interface CellOptions {
  /** Pixels in all, L. */
  length: number;
  /** Pixels a side of a cell. */
  side: number;
  scan: ScanName;
}

export interface Cells {
  /** Positions in the sequence of each cell's pixels, row by row; cells in the order of reading. */
  cells: Uint32Array[]; // [n][side * side]
  /** Positions of the query's pixels, from the left. */
  query: Uint32Array; // [side]
}

/** Size of the whole picture. */
export function pictureOf({ length, side, scan }: CellOptions): NonNullable<TaskShape['picture']> {
  if (scan !== 'hilbert') return { rows: length / side, columns: side, scan };
  const whole = Math.sqrt(length);
  return { rows: whole, columns: whole, scan };
}

/** What is wrong with the options, if there is something: the field and what was expected. */
export function breakOfCells(options: CellOptions): [field: string, message: string] | undefined {
  const { length, side, scan } = options;
  const powerOfTwo = (n: number) => Number.isInteger(n) && (n & (n - 1)) === 0;
  if (scan === 'permuted')
    return [
      'scan',
      'expected rows, snake or hilbert: a permutation spreads each picture over the whole sequence, where no distance can be certified',
    ];
  if (scan === 'hilbert' && !(powerOfTwo(Math.sqrt(length)) && powerOfTwo(side)))
    return [
      'length',
      `expected the square of a power of two, and a side (${side}) that is one, for Hilbert's curve`,
    ];
  if (length % side !== 0) return ['length', `expected a multiple of the side (${side})`];
  return undefined;
}

/** Tokens from the end of the last cell to the end of the sequence: the smallest distance. */
export const queryTokens = ({ side, scan }: CellOptions) =>
  scan === 'hilbert' ? side * side : side;

export function cellCount(options: CellOptions): number {
  return Math.floor((options.length - queryTokens(options)) / options.side ** 2);
}

/** Distance of the cell after which `after` others follow. */
export function distanceOf(options: CellOptions, after: number): number {
  return queryTokens(options) + after * options.side ** 2;
}

export function cellsOf(options: CellOptions): Cells {
  const { length, side, scan } = options;
  const { rows, columns } = pictureOf(options);
  const order = scanOrder(scan, rows, columns);
  const positions = positionsOf(order);
  /** Positions of the pixels of a rectangle, row by row. */
  const rectangle = (top: number, left: number, height: number) =>
    Uint32Array.from(
      { length: height * side },
      (_, i) => positions[(top + Math.floor(i / side)) * columns + left + (i % side)]!,
    );
  const first = length - queryTokens(options) - cellCount(options) * side ** 2;
  const cells = Array.from({ length: cellCount(options) }, (_, i) => {
    const pixels = order.subarray(first + i * side ** 2, first + (i + 1) * side ** 2);
    return rectangle(...corner(pixels, columns), side);
  });
  const query = rectangle(...corner(order.subarray(length - queryTokens(options)), columns), 1);
  return { cells, query };
}

/** Upper left corner of pixels that fill a rectangle. */
function corner(pixels: Uint32Array, columns: number): [top: number, left: number] {
  const first = pixels.reduce((a, b) => Math.min(a, b));
  return [Math.floor(first / columns), first % columns];
}

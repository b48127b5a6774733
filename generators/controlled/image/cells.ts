/**
 * Where the small pictures of `image-distance` stand: in cells of side x side pixels, each of which
 * is read as a whole before the next one begins. The upper row of a cell has the mark, the others
 * have the picture, whose last pixel in the order of reading gives the distance.
 *
 * - `rows` and `snake`: the picture is a strip as wide as a cell, cells stand one above the other,
 *   and the query is the last row.
 * - `hilbert`: the picture is a square; aligned runs of side² steps of the curve are squares. The
 *   query is in the cell in which the curve ends.
 * - `permuted`: none. A fixed permutation spreads every cell over the whole sequence, so the nearest
 *   pixel of any of them stands near the end, and there is no distance to certify.
 */
import { positionsOf, scanOrder, type ScanName } from '../../pictures/scan.ts';
import type { TaskShape } from '../../task.ts';

export interface CellOptions {
  /** Pixels in all, L. */
  length: number;
  /** Pixels a side of a cell. */
  side: number;
  scan: ScanName;
}

export interface Cell {
  /** Positions in the sequence of the row for the mark, from the left, and of the picture below. */
  mark: Uint32Array; // [side]
  picture: Uint32Array; // [side - 1, side]
  /** Tokens from the end of the sequence to the picture's pixel that is read last. */
  distance: number;
}

export interface Cells {
  /** In the order of reading, so that distances fall. */
  cells: Cell[];
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

/** Tokens after the last cell. */
const queryTokens = ({ side, scan }: CellOptions) => (scan === 'hilbert' ? side * side : side);

export function cellCount(options: CellOptions): number {
  return Math.floor((options.length - queryTokens(options)) / options.side ** 2);
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
    const [top, left] = corner(pixels, columns);
    const picture = rectangle(top + 1, left, side - 1);
    const last = picture.reduce((a, b) => Math.max(a, b));
    return { mark: rectangle(top, left, 1), picture, distance: length - 1 - last };
  });
  const query = rectangle(...corner(order.subarray(length - queryTokens(options)), columns), 1);
  return { cells, query };
}

/** Upper left corner of pixels that fill a rectangle. */
function corner(pixels: Uint32Array, columns: number): [top: number, left: number] {
  const first = pixels.reduce((a, b) => Math.min(a, b));
  return [Math.floor(first / columns), first % columns];
}

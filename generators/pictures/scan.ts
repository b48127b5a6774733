/**
 * The order in which the pixels of a picture become a sequence. The order is part of the task: read
 * row by row, vertical neighbours stand one row apart, and a model that only looks at that distance
 * sees shapes; a fixed permutation takes every such neighbourhood away (Le et al. 2015,
 * https://arxiv.org/abs/1504.00941, "permuted MNIST"). Every order visits each pixel once.
 */
import { UsageError } from '../../core/errors.ts';
import { shuffle, stream } from '../../core/random.ts';

/** Order in which the pixels of a picture are read. */
export const scans = ['rows', 'snake', 'hilbert', 'permuted'] as const;
export type ScanName = (typeof scans)[number];

/** A picture's size in pixels and the order in which they are read. */
export interface ScannedPicture {
  rows: number;
  columns: number;
  scan: ScanName;
}

/**
 * Pixel `row * columns + column` that stands at each position of the sequence.
 *
 * - `rows`: row by row, each from the left. The Long Range Arena's order.
 * - `snake`: row by row, every second one from the right, so that neighbours stay neighbours.
 * - `hilbert`: along Hilbert's curve, for squares whose side is a power of two.
 * - `permuted`: one fixed random order for each size, the same in every data set.
 *
 * @throws UsageError if the picture has no such order.
 */
export function scanOrder(scan: ScanName, rows: number, columns: number): Uint32Array {
  const whole = (side: number) => Number.isInteger(side) && side >= 1;
  if (!whole(rows) || !whole(columns) || rows * columns > 1 << 24)
    throw new UsageError(
      `A picture of ${rows} x ${columns} pixels cannot be scanned: expected whole sides of at least 1 and at most ${1 << 24} pixels.`,
    );
  switch (scan) {
    case 'rows':
      return Uint32Array.from({ length: rows * columns }, (_, i) => i);
    case 'snake':
      return snake(rows, columns);
    case 'hilbert':
      return hilbert(rows, columns);
    case 'permuted':
      return shuffle(scanOrder('rows', rows, columns), stream(`scan/permuted/${rows}x${columns}`));
  }
}

/** Position in the sequence of each pixel: the inverse of an order. */
export function positionsOf(order: Uint32Array): Uint32Array {
  const positions = new Uint32Array(order.length);
  order.forEach((pixel, position) => (positions[pixel] = position));
  return positions;
}

function snake(rows: number, columns: number): Uint32Array {
  return Uint32Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor(i / columns);
    const column = i % columns;
    return row * columns + (row % 2 === 0 ? column : columns - 1 - column);
  });
}

/**
 * Hilbert's curve (1891) from the upper left to the upper right pixel. Two bits of the position, from
 * the lowest on, say which quarter of a square of doubled side it lies in; the curve inside is
 * mirrored or turned so that the quarters join.
 */
function hilbert(rows: number, columns: number): Uint32Array {
  if (rows !== columns || (rows & (rows - 1)) !== 0)
    throw new UsageError(
      `Hilbert's curve cannot fill ${rows} x ${columns} pixels: it needs a square whose side is a power of two, such as 32 x 32; choose scan 'rows', 'snake' or 'permuted'.`,
    );
  return Uint32Array.from({ length: rows * columns }, (_, position) => {
    let [row, column] = [0, 0];
    let rest = position;
    for (let side = 1; side < rows; side *= 2) {
      const right = (rest >> 1) & 1;
      const lower = (rest ^ right) & 1;
      if (lower === 0) {
        if (right === 1) [row, column] = [side - 1 - row, side - 1 - column];
        [row, column] = [column, row];
      }
      column += side * right;
      row += side * lower;
      rest >>= 2;
    }
    return row * columns + column;
  });
}

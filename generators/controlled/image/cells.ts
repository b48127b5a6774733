/**
 * Geometry of `image-distance`: small pictures stand in cells, one below the other in a strip that is
 * `side` columns wide and read row by row. From the top, a cell is
 *
 *     a row that is the mark, a blank row, side - 1 rows of the picture, a blank row
 *
 * so blank rows of one constant level stand before and after the pixels that change places. A mark is a
 * row of one grey level, which no other cell of the strip has, and no pixel of a picture. With a
 * `border` the first pixel of each of the picture's rows has the mark's level, too, so the mark need
 * not be kept over the whole picture. The last `asked + 1` rows of the strip are questions, each the
 * mark of a cell.
 *
 * The place of a cell is the distance of its picture's last pixel, a whole number of rows.
 */
import { quantised } from '../levels.ts';

/** Options that decide where cells stand. */
export interface CellOptions {
  /** Pixels in all, L. */
  length: number;
  /** Columns of the strip. */
  side: number;
  /** Classes, and pictures of a set, k. */
  classes: number;
  /** Sets of k pictures, one of each class. */
  sets: number;
  /** Whether rows of pictures begin with the mark's level, in place of their first pixel. */
  border: boolean;
  /** Questions before the last one. */
  asked: number;
}

/** Rows of a cell. */
export const cellRows = (side: number) => side + 2;

/** Distances, in tokens, at which a picture's last pixel may stand. */
export const bounds = ({ length, side, asked }: CellOptions) => ({
  nearest: (asked + 2) * side,
  farthest: length - (side + 1) * side,
});

/** The row of the strip in which the cell of a place begins, with its mark; places in rows. */
export const topOf = ({ length, side }: CellOptions, place: number) =>
  length / side - 1 - place - side;

/** Grey level of blank rows. */
export const blank = 0;

/**
 * Grey levels that marks may have, in about equal steps and none of a picture: twice as many as there
 * are cells, and at least 8, so that which levels occur tells little.
 */
export function markLevels({ sets, classes }: Pick<CellOptions, 'sets' | 'classes'>): number[] {
  const count = Math.max(8, 2 * sets * classes);
  return Array.from({ length: count }, (_, i) => {
    const level = Math.floor(((i + 0.5) * 256) / count);
    return level === quantised(level) ? level + 1 : level;
  });
}

/**
 * Geometry of `image-distance`: small pictures stand in cells, one below the other in a strip that is
 * `side` columns wide and read row by row. From the top, a cell is
 *
 *     a row with a mark, a blank row, side - 1 rows of the picture, a blank row
 *
 * so blank rows of one constant level stand before and after the pixels that change places. The last
 * `asked + 1` rows of the strip are questions, each a row with the mark of a cell.
 *
 * The place of a cell is the distance of its picture's last pixel, a whole number of rows.
 */
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

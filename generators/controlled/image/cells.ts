/**
 * Geometry of `image-distance`: small pictures stand in cells, one below the other in a strip that is
 * `side` columns wide and read row by row. From the top, a cell is
 *
 *     a row that is the mark, a blank row, side - 1 rows of the picture, a blank row
 *
 * so blank rows of one constant level stand before and after the pixels that change places. A mark is a
 * row of one grey level, which no other cell of the strip has. The last `asked + 1` rows of the strip
 * are questions, each the mark of a cell.
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

/** Grey level of blank rows. */
export const blank = 0;

/**
 * Grey levels that marks may have, in equal steps: twice as many as there are cells, and at least 8, so
 * that which levels occur tells little.
 */
export function markLevels({ sets, classes }: Pick<CellOptions, 'sets' | 'classes'>): number[] {
  const [darkest, lightest] = [45, 255];
  const count = Math.max(8, 2 * sets * classes);
  return Array.from({ length: count }, (_, i) =>
    Math.round(darkest + (i * (lightest - darkest)) / (count - 1)),
  );
}

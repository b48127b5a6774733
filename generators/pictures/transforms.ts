/** Changes of a picture that its sequence of pixels takes over: symmetries of a square, and shifts. */
import { int, type Random } from '../../core/random.ts';
import { scanOrder, type ScannedPicture } from './scan.ts';

/**
 * The tokens of the picture in which each pixel (row, column) is the pixel `from(row, column)` of the
 * given one, both in the picture's scan order.
 */
function rearranged(
  tokens: ArrayLike<number>,
  { rows, columns, scan }: ScannedPicture,
  from: (row: number, column: number) => readonly [row: number, column: number],
): Uint16Array {
  const order = scanOrder(scan, rows, columns);
  const pixels = new Uint16Array(rows * columns);
  order.forEach((pixel, position) => (pixels[pixel] = tokens[position]!));
  return Uint16Array.from(order, (pixel) => {
    const [row, column] = from(Math.floor(pixel / columns), pixel % columns);
    return pixels[row * columns + column]!;
  });
}

/** The square picture under one of the eight symmetries of a square, drawn evenly. */
export function turned(
  tokens: ArrayLike<number>,
  picture: ScannedPicture,
  random: Random,
): Uint16Array {
  const last = picture.rows - 1;
  const [flipRows, flipColumns, swap] = [int(random, 2), int(random, 2), int(random, 2)];
  return rearranged(tokens, picture, (row, column) => {
    const [r, c] = swap ? [column, row] : [row, column];
    return [flipRows ? last - r : r, flipColumns ? last - c : c];
  });
}

/**
 * The picture, mirrored or not, moved by up to `most` pixels up or down and left or right; pixels at
 * the edge repeat into the space that the shift leaves.
 */
export function moved(
  tokens: ArrayLike<number>,
  picture: ScannedPicture,
  most: number,
  random: Random,
): Uint16Array {
  const { rows, columns } = picture;
  const [down, right] = [int(random, 2 * most + 1) - most, int(random, 2 * most + 1) - most];
  const mirrored = int(random, 2);
  const within = (place: number, size: number) => Math.min(size - 1, Math.max(0, place));
  return rearranged(tokens, picture, (row, column) => {
    const c = within(column - right, columns);
    return [within(row - down, rows), mirrored ? columns - 1 - c : c];
  });
}

/** Pictures for a person who looks at an example: in the terminal, and as rows of pixels for a file. */
import { scanOrder, type ScannedPicture } from './scan.ts';

/** What is asked of the place where a picture is shown. */
interface Screen {
  isTTY?: boolean;
  columns?: number;
  getColorDepth?(): number;
}

/** Characters from dark to light, where there are no colours. */
const shades = ' .:-=+*#%@';

/**
 * Grey levels 0 to 255, row by row, as lines of text: a line shows two rows of pixels, a character
 * two pixels that stand one above the other, so that they keep their proportions. On a terminal
 * they are half blocks in grey; where the output is piped, or NO_COLOR is set, plain characters.
 * A picture wider than the screen is made smaller by a whole factor.
 */
export function halfBlocks(
  levels: ArrayLike<number>,
  rows: number,
  columns: number,
  screen: Screen = process.stdout,
): string {
  const factor = Math.ceil(columns / (screen.columns ?? 128));
  const small = shrink(levels, rows, columns, factor);
  const depth = process.env.NO_COLOR || !screen.isTTY ? 1 : (screen.getColorDepth?.() ?? 1);
  const lines: string[] = [];
  for (let row = 0; row < small.rows; row += 2) {
    const above = small.levels.subarray(row * small.columns, (row + 1) * small.columns);
    const below = small.levels.subarray((row + 1) * small.columns, (row + 2) * small.columns);
    lines.push(depth < 8 ? plainLine(above, below) : colourLine(above, below, depth));
  }
  return lines.join('\n');
}

/** Means over squares of `factor` pixels a side; what is left over at the edges is cut by the edge. */
function shrink(levels: ArrayLike<number>, rows: number, columns: number, factor: number) {
  const small = { rows: Math.ceil(rows / factor), columns: Math.ceil(columns / factor) };
  const means = new Uint8Array(small.rows * small.columns);
  for (let row = 0; row < small.rows; row++)
    for (let column = 0; column < small.columns; column++) {
      let [sum, count] = [0, 0];
      for (let r = row * factor; r < Math.min(rows, (row + 1) * factor); r++)
        for (let c = column * factor; c < Math.min(columns, (column + 1) * factor); c++, count++)
          sum += levels[r * columns + c]!;
      means[row * small.columns + column] = Math.round(sum / count);
    }
  return { ...small, levels: means };
}

/** One character for two pixels, by their mean; a row that is missing at the bottom is dark. */
function plainLine(above: Uint8Array, below: Uint8Array): string {
  return Array.from(above, (level, i) => {
    const mean = (level + (below[i] ?? 0)) / 2;
    return shades[Math.floor((mean / 256) * shades.length)]!;
  }).join('');
}

/** Upper half blocks whose colour is the upper pixel and whose background is the lower one. */
function colourLine(above: Uint8Array, below: Uint8Array, depth: number): string {
  // The 24 greys of the 256 colours are 8, 18, ..., 238.
  const grey = (level: number) =>
    depth >= 24
      ? `2;${level};${level};${level}`
      : `5;${232 + Math.max(0, Math.min(23, Math.round((level - 8) / 10)))}`;
  let [line, last] = ['', ''];
  above.forEach((level, i) => {
    const colours = `\x1b[38;${grey(level)};48;${grey(below[i] ?? 0)}m`;
    line += colours === last ? '▀' : `${colours}▀`;
    last = colours;
  });
  return `${line}\x1b[0m`;
}

/**
 * The grey levels of a picture, row by row, from the tokens of an example of a `levels` task:
 * token - 1 is the level of the pixel that the scan reads there.
 */
export function unscan(
  tokens: ArrayLike<number>,
  { rows, columns, scan }: ScannedPicture,
): Uint8Array {
  const order = scanOrder(scan, rows, columns);
  const levels = new Uint8Array(rows * columns);
  order.forEach((pixel, position) => (levels[pixel] = tokens[position]! - 1));
  return levels;
}

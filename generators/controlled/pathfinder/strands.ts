/**
 * Smooth strokes that run down a picture, one column for each row: how they bend, and how they are
 * drawn. Columns are whole 64ths, so that moving a stroke by whole pixels moves its grey levels
 * exactly; only sums, products and square roots decide them.
 */
import { int, type Random } from '../../../core/random.ts';

/** A stroke: its first row, and its column in that row and each one below. */
export interface Strand {
  top: number;
  at: number[];
}

/** Half of a stroke's width, at which it fades out. */
const fade = 1.2;
export const strokeLevel = 200;

const grid = 64;
/** To the nearest column that a stroke may have. */
export const snapped = (x: number) => Math.round(x * grid) / grid;
export const uniform = (random: Random, from: number, to: number) => from + random() * (to - from);
/** From 0 to 1, level at both ends. */
export const smooth = (t: number) => t * t * (3 - 2 * t);

/** Visits the pixels that are nearer than `radius` to a stroke, perhaps more than once. */
export function visitNear(
  { top, at }: Strand,
  radius: number,
  size: number,
  visit: (pixel: number, distance: number) => void,
): void {
  const around = Math.ceil(radius);
  for (let i = 0; i + 1 < at.length; i++) {
    const [x, dx] = [at[i]!, at[i + 1]! - at[i]!];
    const from = Math.max(0, Math.floor(Math.min(x, x + dx)) - around);
    const to = Math.min(size - 1, Math.ceil(Math.max(x, x + dx)) + around);
    const last = Math.min(size - 1, top + i + 1 + around);
    for (let row = Math.max(0, top + i - around); row <= last; row++)
      for (let column = from; column <= to; column++) {
        const [v, u] = [row - top - i, column - x];
        const along = Math.max(0, Math.min(1, (v + u * dx) / (1 + dx * dx)));
        const [dv, du] = [v - along, u - along * dx];
        const distance = Math.sqrt(dv * dv + du * du);
        if (distance < radius) visit(row * size + column, distance);
      }
  }
}

/** Draws a stroke, smoothly, where it is brighter than what is there. */
export function drawStrand(levels: Uint8Array, size: number, strand: Strand): void {
  visitNear(strand, fade, size, (pixel, distance) => {
    const level = Math.round(strokeLevel * Math.min(1, fade - distance));
    if (level > levels[pixel]!) levels[pixel] = level;
  });
}

/** Whether a stroke keeps at least `clearance` away from everything that is drawn. */
export function isClear(
  levels: Uint8Array,
  size: number,
  strand: Strand,
  clearance: number,
): boolean {
  let clear = true;
  visitNear(strand, clearance, size, (pixel) => {
    if (levels[pixel]! > 0) clear = false;
  });
  return clear;
}

/**
 * Strokes side by side that lead from some columns to others, `rows` rows below. In between they
 * wander together, a bend every fifth of the picture's size, and move apart and together again; they
 * keep their order and stay inside. Bends look the same whatever the number of rows.
 */
export function wander(
  size: number,
  top: number,
  rows: number,
  from: number[],
  to: number[],
  random: Random,
): Strand[] {
  const bends = Math.max(1, Math.round((rows * 5) / size));
  const edge = 2;
  let sway = 0;
  let before = { row: 0, columns: from };
  const strands = from.map((column) => ({ top, at: [snapped(column)] }));
  for (let bend = 1; bend <= bends; bend++) {
    const row = Math.round((bend * rows) / bends);
    let columns = to;
    if (bend < bends) {
      // Not so far that there is no way back; a row is good for a column.
      const most = Math.min(size / 3, rows - row);
      sway = Math.max(-most, Math.min(most, sway + uniform(random, -1, 1) * (row - before.row)));
      const base = from.map((column, i) => column + ((to[i]! - column) * row) / rows);
      const middle = (base[0]! + base.at(-1)!) / 2;
      const stretch = uniform(random, 1, 1.5);
      columns = base.map((column) => middle + sway + (column - middle) * stretch);
      const moved =
        Math.max(0, edge - columns[0]!) - Math.max(0, columns.at(-1)! - (size - 1 - edge));
      columns = columns.map((column) => column + moved);
    }
    for (let r = before.row + 1; r <= row; r++) {
      const share = smooth((r - before.row) / (row - before.row));
      strands.forEach(({ at }, i) =>
        at.push(snapped(before.columns[i]! + (columns[i]! - before.columns[i]!) * share)),
      );
    }
    before = { row, columns };
  }
  return strands;
}

/** A short stroke somewhere, in the last row or above it, that may lie on others; rows 0 and 1 stay free. */
export function fragment(
  size: number,
  reachesLastRow: boolean,
  height: number,
  random: Random,
): Strand {
  const top = reachesLastRow ? size - height : 3 + int(random, size - height - 6);
  const start = uniform(random, 2, size - 3);
  const slope = uniform(random, -1, 1);
  const bulge = uniform(random, -size / 16, size / 16);
  const at = Array.from({ length: height }, (_, row) => {
    const t = row / (height - 1);
    return snapped(start + slope * row + bulge * 4 * t * (1 - t));
  });
  return { top, at };
}

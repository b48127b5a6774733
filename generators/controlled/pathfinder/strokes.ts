/**
 * Smooth strokes that run down a picture, one column for each row. Columns are whole 64ths, and only
 * sums, products and square roots decide grey levels, so the bytes are the same on every machine.
 */
import type { Random } from '../../../core/random.ts';

/** Distance from a stroke's middle at which it has faded out: no row beyond the next is touched. */
const fade = 1;

/** Grey levels that a column of the ground may have, from 0. */
export const groundLevels = 48;

const grid = 64;
/** To the nearest column that a stroke may have. */
export const snapped = (x: number) => Math.round(x * grid) / grid;
export const uniform = (random: Random, from: number, to: number) => from + random() * (to - from);
/** From 0 to 1, level at both ends. */
export const smooth = (t: number) => t * t * (3 - 2 * t);

/**
 * Draws a stroke of that level over rows `columns` wide, where it is brighter than what is there.
 * @param levels [rows, columns], changed in place.
 * @param at the stroke's column in each row.
 */
export function drawStroke(
  levels: Uint8Array,
  columns: number,
  at: readonly number[],
  level: number,
): void {
  const rows = at.length;
  for (let i = 0; i + 1 < rows; i++) {
    const [x, dx] = [at[i]!, at[i + 1]! - at[i]!];
    const from = Math.max(0, Math.floor(Math.min(x, x + dx)) - fade);
    const to = Math.min(columns - 1, Math.ceil(Math.max(x, x + dx)) + fade);
    for (let row = i; row <= i + 1; row++)
      for (let column = from; column <= to; column++) {
        const [v, u] = [row - i, column - x];
        const along = Math.max(0, Math.min(1, (v + u * dx) / (1 + dx * dx)));
        const [dv, du] = [v - along, u - along * dx];
        const ink = Math.round(level * Math.max(0, fade - Math.sqrt(dv * dv + du * du)));
        if (ink > levels[row * columns + column]!) levels[row * columns + column] = ink;
      }
  }
}

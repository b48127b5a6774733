/**
 * Accuracy or use against distance, drawn in characters: one letter a series, a dotted line at chance.
 * Distances stand at equal steps, as on a logarithmic axis of a geometric grid.
 */

export interface Series {
  label: string;
  /** One value for each distance; undefined where there is none. */
  values: (number | undefined)[];
}

const height = 11;
const step = 8;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** @param chance where there is no skill: drawn as a dotted line */
export function formatCurve(
  distances: number[],
  series: Series[],
  chance: number,
  quantity: 'accuracy' | 'use' = 'accuracy',
): string {
  const width = distances.length * step;
  // Use can be below 0 by chance; it then stands on the lowest line.
  const rowOf = (value: number) =>
    Math.min(height - 1, Math.max(0, Math.round((1 - value) * (height - 1))));
  const grid = Array.from({ length: height }, () => Array.from({ length: width }, () => ' '));
  grid[rowOf(chance)]!.fill('·');
  distances.forEach((_, i) => {
    // Series at the same height stand beside one another, up to the width of a step.
    const taken = new Map<number, number>();
    series.forEach(({ values }, s) => {
      const value = values[i];
      if (value === undefined) return;
      const row = rowOf(value);
      const offset = taken.get(row) ?? 0;
      if (offset >= step) return;
      grid[row]![i * step + offset] = letters[s % letters.length]!;
      taken.set(row, offset + 1);
    });
  });
  const lines = grid.map((row, r) => {
    const share = 1 - r / (height - 1);
    const tick = r % 2 === 0 ? share.toFixed(1) : '   ';
    return `${tick} │${row.join('').trimEnd()}`;
  });
  const axis = `    └${'─'.repeat(width)}`;
  const labels = `     ${distances.map((d) => String(d).padEnd(step)).join('')}`.trimEnd();
  const legend = series.map(({ label }, s) => `     ${letters[s % letters.length]}  ${label}`);
  return [
    quantity,
    ...lines,
    axis,
    `${labels}  tokens between evidence and read-out`,
    ...legend,
    `     ·  ${quantity === 'use' ? 'no use' : `chance ${chance.toFixed(3)}`}`,
  ].join('\n');
}

/** Axes that all charts share: places of values and of ticks. */

/** Linear scale; the middle of the range if the domain is one value. */
export function scale([from, to]: [number, number], [start, end]: [number, number]) {
  return (value: number) =>
    to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);
}

/** Ticks of an axis of shares in quarters, from 0 to 1, and further down if a value lies below 0. */
export function shareTicks(values: readonly number[]): number[] {
  const least = values.reduce((low, value) => Math.min(low, value), 0);
  // A little below 0 is noise around chance, for which the axis needs no more room.
  const below = least < -0.05 ? Math.ceil(-least / 0.25) : 0;
  return Array.from({ length: 5 + below }, (_, i) => (i - below) / 4);
}

/** As many of the ascending values as stand `gap` apart, the first and the last always. */
export function spaced(
  values: readonly number[],
  position: (value: number) => number,
  gap: number,
): number[] {
  const last = values.at(-1);
  if (last === undefined) return [];
  const kept: number[] = [];
  for (const value of values.slice(0, -1)) {
    const isClear = kept.length === 0 || position(value) - position(kept.at(-1)!) >= gap;
    const isFirst = kept.length === 0;
    if (isClear && (isFirst || position(last) - position(value) >= gap)) kept.push(value);
  }
  return [...kept, last];
}

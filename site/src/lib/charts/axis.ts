/** Axes that all charts share: places of values and of ticks. */

/** Linear scale; the middle of the range if the domain is one value. */
export function scale([from, to]: [number, number], [start, end]: [number, number]) {
  return (value: number) =>
    to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);
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

/** Small numeric functions that many files need. */

/** Product; 1 for none. */
export function prod(values: readonly number[]): number {
  return values.reduce((product, value) => product * value, 1);
}

/** Arithmetic mean; NaN for none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Value below which a share of the values lies, interpolated linearly between the two nearest
 * (Hyndman and Fan 1996, type 7); NaN for none.
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}

/** Middle value; the mean of the two middle ones for an even count; NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Index of the largest of `count` values from `start` on, counted from `start`; the first among
 * equals. NaN is never larger.
 */
export function argmax(
  values: ArrayLike<number>,
  start = 0,
  count = values.length - start,
): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[start + i]! > values[start + best]!) best = i;
  return best;
}

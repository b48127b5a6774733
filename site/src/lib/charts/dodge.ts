/** Labels beside the ends of lines, moved apart so that none covers another. */

/**
 * @param wanted positions along one axis
 * @param gap smallest distance between two labels
 * @param limits smallest and largest position allowed
 * @returns positions in the order of `wanted`, at least `gap` apart where there is room
 */
export function dodge(
  wanted: readonly number[],
  gap: number,
  [low, high]: readonly [number, number],
): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const placed = order.map((i) => Math.min(high, Math.max(low, wanted[i]!)));
  for (let i = 1; i < placed.length; i++) placed[i] = Math.max(placed[i]!, placed[i - 1]! + gap);
  // What was pushed over the end is pushed back, and takes its neighbours along.
  for (let i = placed.length - 1; i >= 0; i--) {
    const bound = i === placed.length - 1 ? high : placed[i + 1]! - gap;
    placed[i] = Math.min(placed[i]!, bound);
  }
  const positions = new Array<number>(wanted.length);
  order.forEach((index, rank) => (positions[index] = placed[rank]!));
  return positions;
}

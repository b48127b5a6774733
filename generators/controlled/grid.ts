/** Lists of distances, checked. */

/** Whether distances ascend by `step` at least, within the bounds. */
export function isGrid(distances: number[], smallest: number, largest: number, step = 1): boolean {
  return distances.every(
    (d, i) => d >= smallest && d <= largest && (i === 0 || d >= distances[i - 1]! + step),
  );
}

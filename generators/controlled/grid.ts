/** Grids of distances, and what they are checked against. */

/**
 * Powers of two from the first one that is at least `smallest`, and `largest`; a last step of less
 * than a half would add a point that says nothing new.
 */
export function doublingGrid(smallest: number, largest: number): number[] {
  const grid: number[] = [];
  let distance = 1;
  while (distance < smallest) distance *= 2;
  for (; distance * 1.5 <= largest; distance *= 2) grid.push(distance);
  return [...grid, largest];
}

/** Whether distances ascend by `step` at least, within the bounds. */
export function isGrid(distances: number[], smallest: number, largest: number, step = 1): boolean {
  return distances.every(
    (d, i) => d >= smallest && d <= largest && (i === 0 || d >= distances[i - 1]! + step),
  );
}

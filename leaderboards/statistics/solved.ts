/**
 * Whole right answers against chance: equality and level are decided in integers, which no rounding of
 * a mean can turn. For k classes chance is one answer in k.
 */

/** Right answers of so many. */
export interface Answers {
  correct: number;
  count: number;
}

/** Whether exactly one answer in k is right, as beyond a certified limit. */
export function isOneInK({ correct, count }: Answers, classes: number): boolean {
  return correct * classes === count;
}

/** Share of the way from chance to all right from which a distance counts as solved. */
export const solvedLevel = 0.5;

/**
 * Whether a run solved the nearest distance: at least `solvedLevel` of the way, which is half. Below
 * it reach would be a ratio of two small numbers.
 */
export function isSolved({ correct, count }: Answers, classes: number): boolean {
  return correct * classes - count >= solvedLevel * count * (classes - 1);
}

/**
 * Mean accuracy of runs, from their answers in all: exactly 1/k if each has exactly one in k.
 *
 * @param runs all of the same count; undefined for a run that did not end well and is taken at chance
 */
export function meanAccuracy(runs: readonly (Answers | undefined)[], chance: number): number {
  const known = runs.filter((run) => run !== undefined);
  if (known.length === 0) return chance;
  const { count } = known[0]!;
  const right = known.reduce((sum, { correct }) => sum + correct, 0);
  const lost = runs.length - known.length;
  return (right + lost * count * chance) / (runs.length * count);
}

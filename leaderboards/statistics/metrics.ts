/**
 * The statistics of the leaderboard, shared by terminal, CSV and site. Pure functions.
 *
 * Accuracies and chance are shares in [0, 1]. Intervals are 95 %. Siblings are one observation:
 * intervals over test examples are in `groups.ts`, over seeds and examples in `contrast.ts`.
 */
import type { Interval } from './groups.ts';

export type { Interval } from './groups.ts';

/** (accuracy − chance) / (1 − chance): 1 where all is right, 0 at chance, below 0 under chance. */
export function chanceCorrected(accuracy: number, chance: number): number {
  if (!(chance >= 0 && chance < 1)) throw new RangeError(`chance is ${chance}, expected [0, 1)`);
  return (accuracy - chance) / (1 - chance);
}

/**
 * What a curve of accuracy against distance says about reach. `reach` is in tokens, 'beyond' if half
 * of the near accuracy holds to the largest distance. Both are null if the smallest distance was not
 * learned; `localitySensitivity` is also null if there is only one distance.
 */
export interface Locality {
  learned: boolean;
  reach: number | 'beyond' | null;
  localitySensitivity: number | null;
}

/**
 * Chance-corrected accuracy at the smallest distance from which a task counts as learned. Below it,
 * reach and locality would be ratios of two small numbers.
 */
export const learnedLevel = 0.5;

/** Differences of shares below this are rounding: three seeds at 1/10 have a mean above 1/10. */
const rounding = 1e-9;

/**
 * Reach: the first distance at which the chance-corrected accuracy has fallen to half of its value
 * at the smallest distance, interpolated on the logarithm of the distance. Locality sensitivity:
 * 1 − (mean of the chance-corrected accuracy over the log-distance axis) / (its value at the
 * smallest distance).
 *
 * @param distances positive, ascending
 * @param accuracies one per distance
 * @param nearInterval interval of the accuracy at the smallest distance. That distance was learned if
 *   the interval lies above chance and the chance-corrected accuracy is at least `learnedLevel`.
 */
export function localityMetrics(
  distances: readonly number[],
  accuracies: readonly number[],
  chance: number,
  nearInterval: Interval,
): Locality {
  checkCurve(distances, accuracies);
  const corrected = accuracies.map((accuracy) => chanceCorrected(accuracy, chance));
  const near = corrected[0]!;
  if (nearInterval[0] <= chance + rounding || near < learnedLevel - rounding) {
    return { learned: false, reach: null, localitySensitivity: null };
  }
  return {
    learned: true,
    reach: halfDistance(distances, corrected),
    localitySensitivity:
      distances.length > 1 ? 1 - logDistanceMean(distances, corrected) / near : null,
  };
}

function checkCurve(distances: readonly number[], accuracies: readonly number[]): void {
  if (distances.length === 0 || distances.length !== accuracies.length) {
    throw new RangeError(
      `a curve needs one accuracy for each distance and at least one distance, got ${distances.length} distances and ${accuracies.length} accuracies`,
    );
  }
  if (distances.some((distance, i) => !(distance > (i === 0 ? 0 : distances[i - 1]!)))) {
    throw new RangeError(`distances must be positive and ascending, got ${distances.join(', ')}`);
  }
}

/** First distance at which a curve has fallen to `level`, on a logarithmic axis. */
export function halfDistance(
  distances: readonly number[],
  curve: readonly number[],
  level = curve[0]! / 2,
): number | 'beyond' {
  const after = curve.findIndex((value) => value <= level);
  if (after === -1) return 'beyond';
  if (after === 0) return distances[0]!;
  const low = Math.log(distances[after - 1]!);
  const high = Math.log(distances[after]!);
  const from = curve[after - 1]!;
  return Math.exp(low + ((from - level) / (from - curve[after]!)) * (high - low));
}

/** Weights of the mean of a curve over the logarithm of the distance, by trapezoids. */
export function logDistanceWeights(distances: readonly number[]): number[] {
  const whole = Math.log(distances.at(-1)! / distances[0]!);
  return distances.map((_, i) => {
    const before = distances[Math.max(0, i - 1)]!;
    const after = distances[Math.min(distances.length - 1, i + 1)]!;
    return distances.length === 1 ? 1 : Math.log(after / before) / 2 / whole;
  });
}

function logDistanceMean(distances: readonly number[], values: readonly number[]): number {
  const weights = logDistanceWeights(distances);
  return values.reduce((sum, value, i) => sum + value * weights[i]!, 0);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

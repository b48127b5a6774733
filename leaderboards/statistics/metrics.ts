/**
 * The statistics of the leaderboard, shared by terminal, CSV and site. Pure functions.
 *
 * Accuracies and chance are shares in [0, 1]. Intervals are 95 %. Siblings are one observation:
 * intervals over test examples are in `groups.ts`, over seeds and examples in `contrast.ts`.
 */
export type { Interval } from './groups.ts';

/** (accuracy − chance) / (1 − chance): 1 where all is right, 0 at chance, below 0 under chance. */
export function chanceCorrected(accuracy: number, chance: number): number {
  if (!(chance >= 0 && chance < 1)) throw new RangeError(`chance is ${chance}, expected [0, 1)`);
  return (accuracy - chance) / (1 - chance);
}

/** In tokens; 'beyond' if half of the near accuracy holds to the largest distance. */
export type Reach = number | 'beyond';

/** What a curve of accuracy against distance says about reach. */
export interface Locality {
  reach: Reach;
  /** Null if there is only one distance. */
  localitySensitivity: number | null;
}

/**
 * Reach: the first distance at which the chance-corrected accuracy has fallen to half of its value
 * at the smallest distance, interpolated on the logarithm of the distance. Locality sensitivity:
 * 1 − (mean of the chance-corrected accuracy over the log-distance axis) / (its value at the
 * smallest distance). Both are ratios to the near accuracy, so they are only of runs that solved the
 * smallest distance (`solved.ts`).
 *
 * @param distances positive, ascending
 * @param accuracies one per distance
 * @param limit certified: beyond it use is exactly 0, so no interpolation may lead beyond it
 */
export function localityMetrics(
  distances: readonly number[],
  accuracies: readonly number[],
  chance: number,
  limit: number | null = null,
): Locality {
  checkCurve(distances, accuracies);
  const corrected = accuracies.map((accuracy) => chanceCorrected(accuracy, chance));
  return {
    reach: withinLimit(halfDistance(distances, corrected), distances, limit),
    localitySensitivity:
      distances.length > 1 ? 1 - logDistanceMean(distances, corrected) / corrected[0]! : null,
  };
}

/** A reach, or an end of its interval, held by a certified limit below the largest distance. */
export function withinLimit(
  reach: Reach,
  distances: readonly number[],
  limit: number | null,
): Reach {
  if (limit === null || limit >= distances.at(-1)!) return reach;
  return reach === 'beyond' ? limit : Math.min(reach, limit);
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
): Reach {
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

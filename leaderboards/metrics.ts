/**
 * The statistics of the leaderboard, shared by terminal, CSV and site. Pure functions.
 *
 * Accuracies and chance are shares in [0, 1]. Intervals are 95 %. Siblings are one observation, so
 * test intervals resample groups; over seeds they are Student's t.
 */
import seedrandom from 'seedrandom';

export type Interval = [lower: number, upper: number];

/** A value of one seed, so that regimes and tasks can be paired by seed. */
export interface SeedValue {
  seed: number;
  value: number;
}

/** A mean over seeds; the interval is null where one seed alone cannot give one. */
export interface Estimate {
  mean: number;
  interval: Interval | null;
  seeds: number;
}

/** (accuracy − chance) / (1 − chance): 1 where all is right, 0 at chance, below 0 under chance. */
export function chanceCorrected(accuracy: number, chance: number): number {
  if (!(chance >= 0 && chance < 1)) throw new RangeError(`chance is ${chance}, expected [0, 1)`);
  return (accuracy - chance) / (1 - chance);
}

/**
 * 95 % percentile bootstrap of the accuracy, resampling whole groups.
 *
 * @param correctPerGroup right answers in each group
 * @param sizePerGroup examples in each group, in the same order
 * @param seedName name of the random stream: same name and counts, same interval
 * @throws RangeError where there is no group or the lengths differ
 */
export function groupInterval(
  correctPerGroup: ArrayLike<number>,
  sizePerGroup: ArrayLike<number>,
  seedName: string,
  resamples = 1000,
): Interval {
  const groups = correctPerGroup.length;
  if (groups === 0 || sizePerGroup.length !== groups) {
    throw new RangeError(
      `bootstrap needs one size for each group and at least one group, got ${groups} counts and ${sizePerGroup.length} sizes`,
    );
  }
  const random = seedrandom.alea(seedName);
  const accuracies = new Float64Array(resamples);
  for (let sample = 0; sample < resamples; sample++) {
    let correct = 0;
    let size = 0;
    for (let draw = 0; draw < groups; draw++) {
      const group = Math.floor(random() * groups);
      correct += correctPerGroup[group]!;
      size += sizePerGroup[group]!;
    }
    accuracies[sample] = correct / size;
  }
  accuracies.sort();
  return [quantile(accuracies, 0.025), quantile(accuracies, 0.975)];
}

/** Linear interpolation between order statistics (Hyndman and Fan's type 7). */
function quantile(ascending: Float64Array, share: number): number {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return low + (position - below) * (high - low);
}

/**
 * What a curve of accuracy against distance says about reach. `reach` is in tokens, 'beyond' where
 * half of the near accuracy holds to the largest distance. Both are null where the smallest distance
 * was not learned; `localitySensitivity` also where there is only one distance.
 */
export interface Locality {
  learned: boolean;
  reach: number | 'beyond' | null;
  localitySensitivity: number | null;
}

/**
 * Reach: the first distance at which the chance-corrected accuracy has fallen to half of its value
 * at the smallest distance, interpolated on the logarithm of the distance. Locality sensitivity:
 * 1 − (mean of the chance-corrected accuracy over the log-distance axis) / (its value at the
 * smallest distance).
 *
 * @param distances positive, ascending
 * @param accuracies one for each distance
 * @param nearInterval interval of the accuracy at the smallest distance: where it does not lie
 *   above chance, that distance was not learned
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
  if (nearInterval[0] <= chance || near <= 0) {
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

function halfDistance(distances: readonly number[], corrected: readonly number[]) {
  const half = corrected[0]! / 2;
  const after = corrected.findIndex((value) => value <= half);
  if (after === -1) return 'beyond';
  const low = Math.log(distances[after - 1]!);
  const high = Math.log(distances[after]!);
  const from = corrected[after - 1]!;
  return Math.exp(low + ((from - half) / (from - corrected[after]!)) * (high - low));
}

/** Mean of a curve over the logarithm of the distance, by trapezoids; at least two distances. */
function logDistanceMean(distances: readonly number[], values: readonly number[]): number {
  let area = 0;
  for (let i = 1; i < distances.length; i++) {
    area += ((values[i - 1]! + values[i]!) / 2) * Math.log(distances[i]! / distances[i - 1]!);
  }
  return area / Math.log(distances.at(-1)! / distances[0]!);
}

/**
 * t interval over seeds of the locality sensitivity of their mean curve: a ratio of two means over
 * seeds, linearised (the standard error of a ratio estimate). Null with fewer than two seeds.
 *
 * @param curves accuracies of each seed, one for each distance
 */
export function localityInterval(
  distances: readonly number[],
  curves: readonly (readonly number[])[],
  chance: number,
): Interval | null {
  if (curves.length < 2 || distances.length < 2) return null;
  const corrected = curves.map((curve) => {
    checkCurve(distances, curve);
    return curve.map((accuracy) => chanceCorrected(accuracy, chance));
  });
  const near = mean(corrected.map((curve) => curve[0]!));
  const held = mean(corrected.map((curve) => logDistanceMean(distances, curve))) / near;
  const deviations = corrected.map(
    (curve) => (logDistanceMean(distances, curve) - held * curve[0]!) / near,
  );
  const half = tInterval(deviations)![1];
  return [1 - held - half, 1 - held + half];
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean and t interval over seeds. @throws RangeError where there is no value. */
export function overSeeds(values: readonly number[]): Estimate {
  if (values.length === 0) throw new RangeError('a mean over seeds needs at least one seed');
  return { mean: mean(values), interval: tInterval(values), seeds: values.length };
}

/** 95 % t interval of the mean; null for fewer than two values. */
export function tInterval(values: readonly number[]): Interval | null {
  const n = values.length;
  if (n < 2) return null;
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1);
  const half = tQuantile(n - 1) * Math.sqrt(variance / n);
  return [centre - half, centre + half];
}

/** The t that Student's distribution exceeds in absolute value with probability 5 %. */
export function tQuantile(degrees: number): number {
  let low = 0;
  let high = 20;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (centralMass(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| < t) for whole degrees of freedom: Abramowitz and Stegun 26.7.3 and 26.7.4. */
function centralMass(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cos = Math.cos(angle);
  const odd = degrees % 2 === 1;
  let term = odd ? cos : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= (cos * cos * (k - 1)) / k;
    sum += term;
  }
  const mass = Math.sin(angle) * sum;
  return odd ? (2 / Math.PI) * (angle + mass) : mass;
}

/**
 * Gain of SPT at equal total budget: accuracy of `spt` less that of `scratch-matched`, paired by
 * seed. Null where no seed has both.
 */
export function gain(
  pretrained: readonly SeedValue[],
  matched: readonly SeedValue[],
): Estimate | null {
  const control = new Map(matched.map(({ seed, value }) => [seed, value]));
  const differences = pretrained
    .filter(({ seed }) => control.has(seed))
    .map(({ seed, value }) => value - control.get(seed)!);
  return differences.length > 0 ? overSeeds(differences) : null;
}

/**
 * Mean over tasks (of one kind, standard or controlled), each task counting the same. The interval
 * is over seeds, so only seeds that ran on every task enter. Null where there is none.
 */
export function meanOverTasks(tasks: readonly (readonly SeedValue[])[]): Estimate | null {
  const [first, ...others] = tasks;
  if (!first) return null;
  const means: number[] = [];
  for (const { seed, value } of first) {
    const rest = others.map((task) => task.find((entry) => entry.seed === seed)?.value);
    if (rest.every((entry) => entry !== undefined)) means.push(mean([value, ...rest]));
  }
  return means.length > 0 ? overSeeds(means) : null;
}

/**
 * 95 % intervals of reach and locality sensitivity, from the same observations as the curve.
 *
 * Locality sensitivity is a ratio of two sums of accuracies: Fieller's interval (Fieller 1954), the
 * ratios that the data do not contradict. Reach is where a(D) − a(smallest) / 2 falls to 0: the
 * interval ends where the lower and the upper bound of that difference do.
 */
import { combine, intervalOf, measure, type Estimated, type Sample } from './contrast.ts';
import type { Interval } from './groups.ts';
import { logDistanceWeights, withinLimit, type Reach } from './metrics.ts';
import { tQuantile } from './student.ts';

const estimate = (sample: Sample, weights: readonly number[]) =>
  combine([{ measured: measure(sample, weights), factor: 1, examples: '' }]);

/** Whether there is anything to make an interval from: several seeds, or the spread over groups. */
const known = ({ seeds, groups, own }: Sample) =>
  seeds.length > 1 || groups !== null || own.some(({ variance }) => variance > 0);

/** @param sample with a stratum for each distance, the smallest of which was learned */
export function sensitivityInterval(
  distances: readonly number[],
  chance: number,
  sample: Sample,
): Interval | null {
  if (distances.length < 2 || !known(sample)) return null;
  const held = logDistanceWeights(distances);
  const near = distances.map((_, d) => (d === 0 ? 1 : 0));
  const at = (ratio: number) =>
    estimate(
      sample,
      held.map((weight, d) => weight - ratio * near[d]!),
    );
  const [above, below, both] = [at(0), estimate(sample, near), at(1)];
  const [a, b] = [above.value - chance, below.value - chance];
  const square = tQuantile(at(a / b).degrees) ** 2;
  const covariance = (above.variance + below.variance - both.variance) / 2;
  // The ratios r with (a − r b)² ≤ t² Var(a − r b): between the roots of a quadratic in r.
  const leading = b ** 2 - square * below.variance;
  const middle = a * b - square * covariance;
  const root = Math.sqrt(Math.max(0, middle ** 2 - leading * (a ** 2 - square * above.variance)));
  return leading > 0 ? [1 - (middle + root) / leading, 1 - (middle - root) / leading] : null;
}

/**
 * @param sample with a stratum for each distance, the smallest of which was learned
 * @param limit certified: no end lies beyond it
 */
export function reachInterval(
  distances: readonly number[],
  chance: number,
  sample: Sample,
  limit: number | null = null,
): [Reach, Reach] | null {
  if (!known(sample)) return null;
  /** What is left above half of the near accuracy at a share of the way between two distances. */
  const margin = (from: number, share: number): Estimated => {
    const weights = distances.map((_, i) => (i === 0 ? -0.5 : 0));
    weights[from]! += 1 - share;
    if (share > 0) weights[from + 1]! += share;
    const estimated = estimate(sample, weights);
    return { ...estimated, value: estimated.value - chance / 2 };
  };
  const onGrid = distances.map((_, d) => margin(d, 0));
  const crossing = (side: 0 | 1): Reach => {
    const after = onGrid.findIndex((estimated) => intervalOf(estimated)[side] <= 0);
    if (after === -1) return 'beyond';
    if (after === 0) return distances[0]!;
    const [start, half, end] = [onGrid[after - 1]!, margin(after - 1, 0.5), onGrid[after]!];
    // Between two distances the value is linear in the share of the way, its variance quadratic.
    const bound = (share: number) => {
      const value = start.value + share * (end.value - start.value);
      const variance =
        start.variance * (1 - share) * (1 - 2 * share) +
        half.variance * 4 * share * (1 - share) +
        end.variance * share * (2 * share - 1);
      return intervalOf({ ...half, value, variance: Math.max(0, variance) })[side];
    };
    let [low, high] = [0, 1];
    for (let i = 0; i < 30; i++) {
      const middle = (low + high) / 2;
      if (bound(middle) > 0) low = middle;
      else high = middle;
    }
    return distances[after - 1]! * (distances[after]! / distances[after - 1]!) ** low;
  };
  const end = (side: 0 | 1) => withinLimit(crossing(side), distances, limit);
  return [end(0), end(1)];
}

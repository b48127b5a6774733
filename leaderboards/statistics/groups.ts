/**
 * Interval of an accuracy over test examples. The k siblings of a group stand or fall together, so
 * the group is the observation; the distances are strata, each with a fixed number of groups.
 *
 * Wilson's score interval (Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953) at the
 * effective number of examples, p(1 − p) / variance (Korn and Graubard 1998). The percentile
 * bootstrap over groups, the usual choice, covers the truth too rarely with few groups or near 1:
 * `test/leaderboards/coverage.test.ts` measures both.
 */
import { tQuantile } from './student.ts';

export type Interval = [lower: number, upper: number];

/** A variance of an estimate, with the degrees of freedom that it was estimated with. */
export interface Variance {
  variance: number;
  degrees: number;
}

/**
 * 95 % interval of the accuracy over groups.
 *
 * @param correctPerGroup right answers in each group
 * @param sizePerGroup examples in each group, in the same order
 * @param strataPerGroup distance of each group; one stratum where absent
 * @throws RangeError where there is no group or the lengths differ
 */
export function groupInterval(
  correctPerGroup: ArrayLike<number>,
  sizePerGroup: ArrayLike<number>,
  strataPerGroup?: ArrayLike<number>,
): Interval {
  const groups = correctPerGroup.length;
  if (groups === 0 || sizePerGroup.length !== groups) {
    throw new RangeError(
      `an interval needs one size for each group and at least one group, got ${groups} counts and ${sizePerGroup.length} sizes`,
    );
  }
  const strata = new Map<number, { correct: number; size: number; members: number[] }>();
  let [correct, size] = [0, 0];
  for (let g = 0; g < groups; g++) {
    const stratum = strata.get(strataPerGroup?.[g] ?? 0) ?? { correct: 0, size: 0, members: [] };
    strata.set(strataPerGroup?.[g] ?? 0, stratum);
    stratum.members.push(g);
    stratum.correct += correctPerGroup[g]!;
    stratum.size += sizePerGroup[g]!;
    correct += correctPerGroup[g]!;
    size += sizePerGroup[g]!;
  }
  const parts = [...strata.values()].map((stratum): Variance => {
    const own = stratum.correct / stratum.size;
    const squares = stratum.members.map((g) => (correctPerGroup[g]! - own * sizePerGroup[g]!) ** 2);
    return varianceOfSum(squares, size);
  });
  const accuracy = correct / size;
  const { variance } = sumOf(parts);
  const mixed = (isMixed: (g: number) => boolean) => {
    let count = 0;
    for (let g = 0; g < groups; g++) if (isMixed(g)) count++;
    return count;
  };
  const witnesses = Math.min(
    mixed((g) => correctPerGroup[g]! < sizePerGroup[g]!),
    mixed((g) => correctPerGroup[g]! > 0),
  );
  return accuracyInterval(
    accuracy,
    { variance: steadied(variance, accuracy, groups, witnesses), degrees: Infinity },
    groups,
  );
}

/**
 * Near 0 and 1 few groups say how far siblings fail together, and the variance comes out too small
 * more often than too large: it is drawn towards that of siblings which always fail together, by
 * the weight of a third of a group. The weight was chosen by simulation.
 */
export function steadied(
  variance: number,
  accuracy: number,
  groups: number,
  witnesses: number,
): number {
  if (variance <= 0) return 0;
  const largest = (accuracy * (1 - accuracy)) / groups;
  return Math.max(variance, (witnesses * variance + largest / 3) / (witnesses + 1 / 3));
}

/** Variance of the mean of `total` parts, from squared deviations of the groups' sums. */
function varianceOfSum(squares: readonly number[], total: number): Variance {
  const n = squares.length;
  const sum = squares.reduce((a, b) => a + b, 0);
  return { variance: n < 2 ? 0 : ((n / (n - 1)) * sum) / total ** 2, degrees: Math.max(1, n - 1) };
}

/**
 * Sum of independent variances. Its degrees of freedom are Welch and Satterthwaite's with v² / (f + 2)
 * for v² / f, less 2: a squared estimate is too large by (f + 2) / f on average, which matters for the
 * few degrees of three seeds.
 */
export function sumOf(parts: readonly Variance[]): Variance {
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  const spread = parts.reduce((sum, part) => sum + part.variance ** 2 / (part.degrees + 2), 0);
  const degrees = parts.map((part) => part.degrees);
  const all = degrees.reduce((a, b) => a + b, 0);
  if (spread <= 0) return { variance, degrees: Math.max(1, all) };
  const least = Math.min(...degrees);
  return { variance, degrees: Math.min(all, Math.max(1, least, variance ** 2 / spread - 2)) };
}

/**
 * Wilson's interval for an accuracy whose variance was estimated. Where every group was right (or wrong),
 * a group counts as one example: siblings might fail together. Where all groups are alike but
 * neither, as beyond a certified limit, nothing varies and the interval has no width.
 */
export function accuracyInterval(
  accuracy: number,
  { variance, degrees }: Variance,
  groups: number,
): Interval {
  const atEnd = accuracy <= 0 || accuracy >= 1;
  if (!atEnd && variance <= 0) return [accuracy, accuracy];
  const effective = atEnd ? groups : (accuracy * (1 - accuracy)) / variance;
  const square = tQuantile(degrees) ** 2;
  const centre = (accuracy + square / (2 * effective)) / (1 + square / effective);
  const half =
    (Math.sqrt(square) / (1 + square / effective)) *
    Math.sqrt((accuracy * (1 - accuracy)) / effective + square / (4 * effective ** 2));
  return [
    accuracy <= 0 ? 0 : Math.max(0, centre - half),
    accuracy >= 1 ? 1 : Math.min(1, centre + half),
  ];
}

/**
 * What seeds and test examples together allow to be said about sums and differences of accuracies.
 *
 * Every seed of a model answers the same sibling groups, so the variance of a mean over both has
 * three parts, estimated as in a two-way analysis of variance with random effects (Searle 1971):
 * seeds / S + groups / G − what both of these count twice. Models are compared group by group,
 * which they share, while their seeds are independent; test sets of different tasks are independent
 * too. Degrees of freedom by Welch and Satterthwaite.
 */
import { sumOf, type Interval, type Variance } from './groups.ts';
import { tQuantile } from './student.ts';

/** The runs of a cell, a stratum for each distance; a standard task has one stratum. */
export interface Sample {
  /** Ascending. */
  seeds: readonly number[];
  /** Accuracy of each seed in each stratum. */
  accuracies: readonly (readonly number[])[];
  /** Null where a run did not keep its groups. */
  groups: GroupRates | null;
  /** For each stratum, variance of one run over its groups by the run's own interval. */
  own: readonly Variance[];
}

export interface GroupRates {
  /** Stratum of each group. */
  strata: Uint32Array;
  /** Groups in each stratum. */
  counts: readonly number[];
  /** For each seed, share of right answers in each group. */
  rates: readonly Float64Array[];
}

/** What an interval covers: other seeds, other test examples, or both. */
export type Over = 'seeds' | 'groups' | 'both';

/** A weighted sum of a sample's strata, ready to be combined with others. */
export interface Measured {
  value: number;
  seeds: number;
  /** Null with one seed. */
  overSeeds: Variance | null;
  interaction: number;
  /** What each group contributes to the value; null where groups were not kept. */
  parts: Float64Array | null;
  groups: GroupRates | null;
  own: Variance;
}

export interface Estimated extends Variance {
  value: number;
  /** The fewest seeds of a term. */
  seeds: number;
  over: Over;
}

export interface Term {
  measured: Measured;
  factor: number;
  /** Terms with the same name share their test examples. */
  examples: string;
}

/** @param weights one for each stratum */
export function measure(sample: Sample, weights: readonly number[]): Measured {
  const values = sample.accuracies.map((curve) => dot(curve, weights));
  const { groups } = sample;
  const seeds = values.length;
  const value = total(values) / seeds;
  const base = {
    value,
    seeds,
    groups,
    own: sumOf(sample.own.map((variance, i) => scaled(variance, weights[i]!))),
    overSeeds:
      seeds < 2
        ? null
        : {
            variance: total(values.map((v) => (v - value) ** 2)) / (seeds - 1) / seeds,
            degrees: seeds - 1,
          },
  };
  if (!groups) return { ...base, interaction: 0, parts: null };
  const scale = groups.counts.map((count, d) => weights[d]! / count);
  const perSeed = groups.rates.map((rates) =>
    rates.map((rate, g) => rate * scale[groups.strata[g]!]!),
  );
  const parts = perSeed[0]!.map((_, g) => perSeed.reduce((sum, own) => sum + own[g]!, 0) / seeds);
  const residuals = perSeed.map(
    (own) =>
      overGroups(
        own.map((part, g) => part - parts[g]!),
        groups,
      ).variance,
  );
  const interaction = seeds < 2 ? 0 : total(residuals) / (seeds - 1) / seeds;
  return { ...base, interaction, parts };
}

/** Variance over groups, within strata, of the sum of their parts. */
function overGroups(parts: Float64Array, { strata, counts }: GroupRates): Variance {
  const sums = counts.map(() => 0);
  const squares = counts.map(() => 0);
  parts.forEach((part, g) => (sums[strata[g]!]! += part));
  parts.forEach((part, g) => {
    const d = strata[g]!;
    squares[d]! += (part - sums[d]! / counts[d]!) ** 2;
  });
  return sumOf(
    counts.map((count, d) => ({
      variance: count < 2 ? 0 : (count / (count - 1)) * squares[d]!,
      degrees: Math.max(1, count - 1),
    })),
  );
}

const dot = (a: readonly number[], b: readonly number[]) => total(a.map((v, i) => v * b[i]!));

/** Sum of the terms, each times its factor. */
export function combine(terms: readonly Term[]): Estimated {
  const single = terms.some(({ measured }) => measured.seeds < 2);
  const overSeeds: Variance[] = [];
  const overExamples: Variance[] = [];
  let complete = true;
  let overlap = 0;
  for (const block of Map.groupBy(terms, ({ examples }) => examples).values()) {
    for (const { factor, measured } of block) {
      if (measured.overSeeds) overSeeds.push(scaled(measured.overSeeds, factor));
      overlap += factor ** 2 * measured.interaction;
    }
    const shared = sharedParts(block);
    if (shared) {
      overExamples.push(overGroups(shared, block[0]!.measured.groups!));
    } else {
      complete = false;
      // Over seeds alone the question is about these test examples, so theirs is left out.
      if (single)
        overExamples.push(...block.map(({ factor, measured }) => scaled(measured.own, factor)));
    }
  }
  return {
    value: total(terms.map(({ factor, measured }) => factor * measured.value)),
    ...crossed(sumOf(overSeeds), sumOf(overExamples), overlap),
    seeds: Math.min(...terms.map(({ measured }) => measured.seeds)),
    over: single ? 'groups' : complete ? 'both' : 'seeds',
  };
}

/**
 * Variance over seeds and groups, what both count taken off once. Its degrees of freedom weigh the
 * two by their share: Satterthwaite's formula weighs by the squared shares, and with the two degrees
 * of freedom of three seeds its intervals are too short.
 */
function crossed(seeds: Variance, groups: Variance, overlap: number): Variance {
  // Where chance made a part smaller than the overlap, taking off more would leave less than the other.
  const twice = Math.min(overlap, seeds.variance, groups.variance);
  const variance = seeds.variance + groups.variance - twice;
  if (variance <= 0) return { variance: 0, degrees: Math.max(seeds.degrees, groups.degrees) };
  const share = (seeds.variance - twice / 2) / variance;
  return { variance, degrees: 1 / (share / seeds.degrees + (1 - share) / groups.degrees) };
}

const scaled = ({ variance, degrees }: Variance, factor: number): Variance => ({
  variance: factor ** 2 * variance,
  degrees,
});

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Sum of what the terms of a block contribute group by group; null where one kept no groups. */
function sharedParts(block: readonly Term[]): Float64Array | null {
  const first = block[0]!.measured.parts;
  if (!first) return null;
  const sum = new Float64Array(first.length);
  for (const { factor, measured } of block) {
    if (measured.parts?.length !== sum.length) return null;
    measured.parts.forEach((part, g) => (sum[g]! += factor * part));
  }
  return sum;
}

/** 95 % t interval of a difference or a sum. */
export function intervalOf({ value, variance, degrees }: Estimated): Interval {
  const half = tQuantile(degrees) * Math.sqrt(variance);
  return [value - half, value + half];
}

/**
 * A sample of what `a` answers right more often than `b`, seed by seed, for the seeds that both
 * have; null where there is none. For two regimes of one model, which share what a seed determines.
 */
export function pairedDifference(a: Sample, b: Sample): Sample | null {
  const pairs = a.seeds.flatMap((seed, i) => {
    const j = b.seeds.indexOf(seed);
    return j === -1 ? [] : [{ seed, i, j }];
  });
  if (pairs.length === 0) return null;
  const [left, right] = [a.groups, b.groups];
  const shared = left && right && left.strata.length === right.strata.length;
  return {
    seeds: pairs.map(({ seed }) => seed),
    accuracies: pairs.map(({ i, j }) => a.accuracies[i]!.map((x, d) => x - b.accuracies[j]![d]!)),
    groups: shared
      ? {
          ...left,
          rates: pairs.map(({ i, j }) => left.rates[i]!.map((x, g) => x - right.rates[j]![g]!)),
        }
      : null,
    own: a.own.map((own, d) => sumOf([own, b.own[d]!])),
  };
}

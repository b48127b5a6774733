/**
 * Whether a cell retrained in PyTorch scores what the record says, at every distance; in standard
 * tasks, on the whole test split.
 *
 * Both answered the same sibling groups, so the difference is taken group by group. Over test
 * examples alone, its interval says whether these very runs differ; two seeds of one model may. Where
 * the cell has one seed, what another would do is estimated from those of the twin, whose
 * distribution it shares if the engines do the same.
 */
import {
  combine,
  intervalOf,
  measure,
  type Measured,
  type Sample,
} from '../../leaderboards/statistics/contrast.ts';
import type { GroupResults } from '../../leaderboards/records/groupResults.ts';
import { accuracyInterval, type Interval } from '../../leaderboards/statistics/groups.ts';
import type { RecordFile } from '../../leaderboards/records/read.ts';
import type { RunRecord, Score } from '../../leaderboards/records/schema.ts';
import { chanceCorrected } from '../../leaderboards/statistics/metrics.ts';
import type { Twin } from './twin.ts';

/**
 * `agrees`: no difference on these test examples. `within-seeds`: there is one, and seeds differ as
 * much. `differs`: more than seeds do.
 */
export type Verdict = 'agrees' | 'within-seeds' | 'differs';

export interface DistanceComparison {
  /** Null: the whole test split of a standard task. */
  distance: number | null;
  /** The record's cell: mean over seeds with its 95 % interval, and each seed. */
  ours: number;
  interval: Interval;
  ourSeeds: number[];
  /** The twin: mean over its seeds, and each seed. */
  twin: number;
  seeds: number[];
  /** Twin less record. */
  difference: number;
  overExamples: Interval;
  /** Null with one seed of the twin. */
  overSeeds: Interval | null;
  verdict: Verdict;
  /** Mean use of both, where groups are tables of questions: accuracy above chance, over that of perfect answers. */
  use?: { ours: number; twin: number };
}

export interface CellComparison {
  /** The one that was trained again. */
  record: RunRecord;
  /** Seeds of the cell's records, all of which are compared. */
  seeds: number[];
  twins: Twin[];
  distances: DistanceComparison[];
  /**
   * Whether the twin, too, is right exactly one time in k in every sibling group beyond the model's
   * certified limit; null where the limit lies beyond the farthest distance, or there is none.
   */
  limitHolds: boolean | null;
}

/**
 * One comparison for each record that has twins; twins without a record are left out.
 *
 * @throws Error where a twin contradicts its record or itself
 */
export function compareTwins(
  records: readonly RecordFile[],
  twins: readonly Twin[],
): CellComparison[] {
  return [...new Set(twins.map(({ record }) => record))].flatMap((id) => {
    const found = records.find(({ record }) => record.id === id);
    const own = twins.filter(({ record }) => record === id);
    return found ? [compareCell(found, seedsOf(found, records), own)] : [];
  });
}

/** The records of a cell by seed: all runs that differ from this one in the seed alone. */
function seedsOf({ record }: RecordFile, records: readonly RecordFile[]): RecordFile[] {
  const cellOf = ({ spec }: RunRecord) => JSON.stringify({ ...spec, seed: 0 });
  const bySeed = new Map(
    records
      .filter((other) => other.groups && cellOf(other.record) === cellOf(record))
      .map((other) => [other.record.spec.seed, other]),
  );
  return [...bySeed.values()].toSorted((a, b) => a.record.spec.seed - b.record.spec.seed);
}

function compareCell(
  { file, record, groups }: RecordFile,
  cell: RecordFile[],
  twins: Twin[],
): CellComparison {
  const { result, task, model } = record;
  if (!result || !groups) {
    throw new Error(`${file} has no answers by group to compare a twin with; run it again`);
  }
  twins.forEach((twin) => checkTwin(twin, record, groups));
  const runs = cell.map(({ record, groups }) => ({
    seed: record.spec.seed,
    correct: [...groups!.correct],
  }));
  const ours = measured(runs, groups);
  const theirs = measured(twins, groups);
  const { chance } = task;
  const scores: (Score & { distance: number | null })[] =
    result.distances.length > 0 ? result.distances : [{ ...result.test, distance: null }];
  const distances = scores.map(({ distance, interval, use }, stratum): DistanceComparison => {
    const [a, b] = [ours(stratum), theirs(stratum)];
    const overExamples = differenceOf(withoutSeeds(b), withoutSeeds(a));
    const overSeeds = b.overSeeds ? differenceOf(a.overSeeds ? b : forBoth(b), a) : null;
    const verdict: Verdict = holdsZero(overExamples)
      ? 'agrees'
      : overSeeds && holdsZero(overSeeds)
        ? 'within-seeds'
        : 'differs';
    return {
      distance,
      ours: a.value,
      interval: a.overSeeds ? ownInterval(a) : interval,
      ourSeeds: cell.map(({ record: { result } }) => at(result!.distances, stratum, result!.test)),
      twin: b.value,
      seeds: twins.map((twin) => at(twin.distances, stratum, { accuracy: twin.test })),
      difference: b.value - a.value,
      overExamples,
      overSeeds,
      verdict,
      ...(use && {
        use: { ours: chanceCorrected(a.value, chance), twin: chanceCorrected(b.value, chance) },
      }),
    };
  });
  const reach = model.reach ?? Infinity;
  const beyond = task.distances.map((distance) => distance > reach);
  const limitHolds = beyond.includes(true)
    ? twins.every(({ correct }) =>
        correct.every(
          (right, g) => !beyond[groups.strata[g]!] || right * task.classes === groups.sizes[g],
        ),
      )
    : null;
  const seeds = runs.map(({ seed }) => seed);
  return { record, seeds, twins, distances, limitHolds };
}

function checkTwin(twin: Twin, { id, task, spec }: RunRecord, groups: GroupResults): void {
  const name = `the twin of ${id} with seed ${twin.seed}`;
  if (twin.cell.task !== spec.task || twin.cell.model !== spec.model) {
    throw new Error(`${name} is of ${twin.cell.model} on ${twin.cell.task}; train it again`);
  }
  if (twin.correct.length !== groups.sizes.length) {
    throw new Error(
      `${name} has ${twin.correct.length} sibling groups and its record ${groups.sizes.length}; train it again`,
    );
  }
  const accuracies = accuraciesOf(twin.correct, groups);
  const own: { distance?: number; accuracy: number; use?: number | undefined }[] =
    twin.distances.length > 0 ? twin.distances : [{ accuracy: twin.test, use: twin.use }];
  const fits = own.map(({ distance, accuracy, use }, stratum) => ({
    distance: distance === task.distances[stratum],
    accuracy: Math.abs(accuracy - accuracies[stratum]!) < 1e-9,
    // The mean over the questions of whole tables, by the definition of use: statistics/use.ts.
    use: use === undefined || Math.abs(use - chanceCorrected(accuracy, task.chance)) < 1e-9,
  }));
  for (const [what, of] of [
    ['distances', 'distance'],
    ['accuracies', 'accuracy'],
    ['uses', 'use'],
  ] as const)
    if (own.length !== accuracies.length || !fits.every((fit) => fit[of]))
      throw new Error(`${name}: its ${what} are not those of its groups; train it again`);
}

const at = (
  distances: readonly { accuracy: number }[],
  stratum: number,
  whole: { accuracy: number },
): number => (distances[stratum] ?? whole).accuracy;

/** Accuracy in each stratum. */
function accuraciesOf(correct: readonly number[], { sizes, strata }: GroupResults): number[] {
  const [right, all]: [number[], number[]] = [[], []];
  strata.forEach((stratum, g) => {
    right[stratum] = (right[stratum] ?? 0) + correct[g]!;
    all[stratum] = (all[stratum] ?? 0) + sizes[g]!;
  });
  return right.map((n, stratum) => n / all[stratum]!);
}

/** The accuracy of some runs at one distance, ready to be compared. */
function measured(
  runs: readonly { seed: number; correct: readonly number[] }[],
  groups: GroupResults,
): (stratum: number) => Measured {
  const { strata, sizes } = groups;
  const count = Math.max(...strata) + 1;
  const counts = Array.from({ length: count }, (_, s) => strata.filter((own) => own === s).length);
  const sample: Sample = {
    seeds: runs.map(({ seed }) => seed),
    accuracies: runs.map(({ correct }) => accuraciesOf(correct, groups)),
    groups: {
      strata,
      counts,
      rates: runs.map(({ correct }) => Float64Array.from(correct, (right, g) => right / sizes[g]!)),
    },
    // Needed only where groups were not kept.
    own: counts.map(() => ({ variance: 0, degrees: 1 })),
  };
  return (stratum) =>
    measure(
      sample,
      counts.map((_, s) => (s === stratum ? 1 : 0)),
    );
}

const withoutSeeds = (own: Measured): Measured => ({ ...own, overSeeds: null, interaction: 0 });

/** Interval of a mean over seeds, for other seeds and other test examples, as on the board. */
function ownInterval(own: Measured): Interval {
  const estimated = combine([{ measured: own, factor: 1, examples: '' }]);
  return accuracyInterval(own.value, estimated, own.parts!.length);
}

/** With the variance of the record's one seed added: as large as one of the twin's. */
function forBoth(twin: Measured): Measured {
  const { variance, degrees } = twin.overSeeds!;
  const factor = 1 + twin.seeds;
  return {
    ...twin,
    overSeeds: { variance: factor * variance, degrees },
    interaction: factor * twin.interaction,
  };
}

function differenceOf(twin: Measured, ours: Measured): Interval {
  return intervalOf(
    combine([
      { measured: twin, factor: 1, examples: '' },
      { measured: ours, factor: -1, examples: '' },
    ]),
  );
}

/** Up to the rounding of sums. */
const holdsZero = ([low, high]: Interval) => low <= 1e-12 && high >= -1e-12;

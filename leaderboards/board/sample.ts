/** The observations behind a cell, from its records and the groups that its runs kept. */
import type { BoardTask, Cell } from './schema.ts';
import {
  combine,
  intervalOf,
  type GroupRates,
  type Measured,
  type Sample,
} from '../statistics/contrast.ts';
import { accuracyInterval, type Interval, type Variance } from '../statistics/groups.ts';
import type { RecordFile } from '../records/read.ts';
import type { RunRecord, Score } from '../records/schema.ts';

/** @param files at least one; a run that did not end well is at chance in every group */
export function sampleOf(task: BoardTask, files: readonly RecordFile[]): Sample {
  const scores = files.map(({ record }) => scoresOf(record));
  const strata = Math.max(1, task.distances.length);
  return {
    seeds: files.map(({ record }) => record.spec.seed),
    accuracies: scores.map((own) =>
      Array.from({ length: strata }, (_, d) => own?.[d]!.accuracy ?? task.chance),
    ),
    groups: groupRates(task, files),
    own: Array.from({ length: strata }, (_, d) => ownVariance(scores.map((own) => own?.[d]))),
  };
}

/** Undefined if the run did not end well. */
export function resultOf({ status, result }: RunRecord): RunRecord['result'] {
  return status === 'done' ? result : undefined;
}

/** Scores by distance, or of the whole test split of a standard task; undefined without a result. */
function scoresOf(record: RunRecord): Score[] | undefined {
  const result = resultOf(record);
  return result && (result.distances.length > 0 ? result.distances : [result.test]);
}

/** Weight of each stratum in the whole test split: its share of the examples. */
export function testWeights(task: BoardTask, files: readonly RecordFile[]): number[] {
  const scores = files.map(({ record }) => scoresOf(record)).find((own) => own);
  if (!scores)
    return task.distances.length > 0 ? task.distances.map(() => 1 / task.distances.length) : [1];
  const all = scores.reduce((sum, { count }) => sum + count, 0);
  return scores.map(({ count }) => count / all);
}

/** Null unless every run that ended well kept its groups, and all are of the same test split. */
function groupRates({ chance }: BoardTask, files: readonly RecordFile[]): GroupRates | null {
  const kept = files.find(({ groups }) => groups)?.groups;
  if (!kept) return null;
  const { strata, sizes } = kept;
  const rates = files.map(({ record, groups }) => {
    if (!scoresOf(record)) return new Float64Array(strata.length).fill(chance);
    if (groups?.strata.join() !== strata.join() || groups.sizes.join() !== sizes.join())
      return null;
    return Float64Array.from(groups.correct, (right, g) => right / sizes[g]!);
  });
  const counts = Array.from({ length: Math.max(...strata) + 1 }, () => 0);
  for (const stratum of strata) counts[stratum]!++;
  return rates.every((own) => own !== null) ? { strata, counts, rates } : null;
}

/** Mean of the variances that the runs' own intervals tell of. */
function ownVariance(scores: readonly (Score | undefined)[]): Variance {
  const known = scores.flatMap((score) => (score ? [score] : []));
  const squares = known.map(({ interval: [low, high] }) => ((high - low) / 2 / 1.96) ** 2);
  return {
    variance: squares.reduce((sum, square) => sum + square, 0) / Math.max(1, scores.length),
    degrees: Math.max(1, Math.min(...known.map(({ groups }) => groups - 1), 1e7)),
  };
}

/** With one seed, its own interval; with more, over seeds, and over groups where they were kept. */
export function intervalFor(
  accuracy: number,
  measured: Measured,
  own: Interval | null,
): Pick<Cell, 'interval' | 'intervalOver'> {
  const estimated = combine([{ measured, factor: 1, examples: '' }]);
  const { over } = estimated;
  if (over === 'groups') return { interval: own, intervalOver: own ? over : null };
  if (over === 'both') {
    const interval = accuracyInterval(accuracy, estimated, measured.parts!.length);
    return { interval, intervalOver: over };
  }
  const [low, high] = intervalOf(estimated);
  return { interval: [Math.max(0, low), Math.min(1, high)], intervalOver: over };
}

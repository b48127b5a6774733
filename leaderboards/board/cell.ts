/** A cell of the board: the runs of one model on one task under one regime, as one result. */
import type { CellSample } from './averages.ts';
import type { BoardTask, BoardUse, Cell, SeedResult } from './schema.ts';
import {
  combine,
  intervalOf,
  measure,
  type Measured,
  type Sample,
} from '../statistics/contrast.ts';
import { accuracyInterval, type Interval } from '../statistics/groups.ts';
import { reachInterval, sensitivityInterval } from '../statistics/localityIntervals.ts';
import { chanceCorrected, localityMetrics, mean } from '../statistics/metrics.ts';
import { displayName } from '../records/names.ts';
import type { RecordFile } from '../records/read.ts';
import { sampleOf, testWeights } from './sample.ts';
import { standingOf } from './standing.ts';
import type { RunRecord } from '../records/schema.ts';

/** Where no run is recorded. */
export function missingCell(task: BoardTask, reason: string): Cell {
  return {
    task: task.name,
    state: 'missing',
    reason,
    standing: null,
    seeds: [],
    accuracy: null,
    interval: null,
    intervalOver: null,
    corrected: null,
    use: null,
    distances: [],
    learned: null,
    reach: null,
    reachInterval: null,
    localitySensitivity: null,
    localityInterval: null,
    certifiedLimit: null,
    limitHolds: null,
    parameters: null,
    stateSize: null,
    budget: null,
    rank: null,
    gain: null,
  };
}

/**
 * The cell and the observations behind it.
 *
 * @param files at least one, of distinct seeds; ascending by seed
 */
export function makeCell(
  task: BoardTask,
  files: readonly RecordFile[],
): CellSample & { cell: Cell } {
  const seeds = files.map(({ file, record }) => seedResult(task, file, record));
  const sample = sampleOf(task, files);
  const weights = testWeights(task, files);
  const measured = measure(sample, weights);
  const wrong = seeds.filter(({ status }) => status !== 'done');
  const first = files[0]!.record;
  const accuracy = mean(seeds.map((seed) => seed.accuracy));
  const overall = { accuracy, ...intervalFor(accuracy, measured, testInterval(first)) };
  const distances = task.distances.map((distance, chosen) => {
    const only = task.distances.map((_, d) => (d === chosen ? 1 : 0));
    const accuracy = mean(seeds.map((seed) => seed.distances[chosen]!));
    const own = distanceInterval(first, distance);
    const { interval } = intervalFor(accuracy, measure(sample, only), own);
    return { distance, accuracy, interval, use: useFrom(task, accuracy, interval) };
  });
  const limit = first.model.reach;
  const local = limit !== null && limit < task.length && task.readout === 'query' ? limit : null;
  const cell: Cell = {
    task: task.name,
    state: wrong.length === seeds.length ? 'failed' : 'done',
    reason: failures(wrong, seeds.length),
    standing: standingOf(files, local !== null && local < (task.distances[0] ?? 0)),
    seeds,
    ...overall,
    corrected: chanceCorrected(overall.accuracy, task.chance),
    use: useFrom(task, overall.accuracy, overall.interval),
    distances,
    ...locality(task, distances, sample, files),
    certifiedLimit: local,
    limitHolds: local === null ? null : limitHolds(task, local, seeds),
    parameters: first.model.parameters,
    stateSize: first.model.stateSize,
    budget: first.budget.total,
    rank: null,
    gain: null,
  };
  return { cell, sample, weights, measured };
}

/**
 * Use of a task with questions. Its groups are certified tables, so its mean over them is the
 * chance-corrected accuracy, and so are the ends of its interval; a run that did not end well is at
 * chance, so its use is 0.
 */
function useFrom(task: BoardTask, accuracy: number, interval: Interval | null): BoardUse | null {
  if (!hasQuestions(task)) return null;
  const corrected = (share: number) => chanceCorrected(share, task.chance);
  return {
    value: corrected(accuracy),
    interval: interval && [corrected(interval[0]), corrected(interval[1])],
  };
}

/** Whether a task proves that its question has to be read, so that use is its measure. */
export function hasQuestions({ table }: Pick<BoardTask, 'table'>): boolean {
  return table !== null && table.questions > 1 && table.question > 0;
}

function seedResult(task: BoardTask, file: string, record: RunRecord): SeedResult {
  const { result, status } = record;
  const base = { seed: record.spec.seed, id: record.id, file, status };
  if (status !== 'done' || !result) {
    return {
      ...base,
      reason: displayName(record.reason ?? '', 200),
      accuracy: task.chance,
      distances: task.distances.map(() => task.chance),
      reach: null,
      localitySensitivity: null,
    };
  }
  const distances = result.distances.map(({ accuracy }) => accuracy);
  const near = result.distances[0]?.interval;
  const { reach, localitySensitivity } = near
    ? localityMetrics(task.distances, distances, task.chance, near)
    : { reach: null, localitySensitivity: null };
  return {
    ...base,
    reason: null,
    accuracy: result.test.accuracy,
    distances,
    reach,
    localitySensitivity,
  };
}

function testInterval(record: RunRecord): Interval | null {
  return record.result?.test.interval ?? null;
}

function distanceInterval(record: RunRecord, distance: number): Interval | null {
  return record.result?.distances.find((score) => score.distance === distance)?.interval ?? null;
}

/** With one seed, its own interval; with more, over seeds, and over groups where they were kept. */
function intervalFor(
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

function locality(
  task: BoardTask,
  curve: readonly { accuracy: number }[],
  sample: Sample,
  files: readonly RecordFile[],
): Pick<Cell, 'learned' | 'reach' | 'reachInterval' | 'localitySensitivity' | 'localityInterval'> {
  const none = { reach: null, reachInterval: null, localitySensitivity: null };
  if (curve.length === 0) return { ...none, learned: null, localityInterval: null };
  const { distances, chance } = task;
  const metrics = localityMetrics(
    distances,
    curve.map(({ accuracy }) => accuracy),
    chance,
    nearInterval(task, files),
  );
  if (!metrics.learned) return { ...none, learned: false, localityInterval: null };
  return {
    ...metrics,
    reachInterval: reachInterval(distances, chance, sample),
    localityInterval: sensitivityInterval(distances, chance, sample),
  };
}

/**
 * Mean of the runs' own intervals at the smallest distance: whether these runs learned it is a
 * question of the test examples, not of what other seeds would do, which t over few seeds answers.
 */
function nearInterval(task: BoardTask, files: readonly RecordFile[]): Interval {
  const own = files.map(
    ({ record }): Interval =>
      (record.status === 'done' && distanceInterval(record, task.distances[0]!)) || [
        task.chance,
        task.chance,
      ],
  );
  return [mean(own.map(([low]) => low)), mean(own.map(([, high]) => high))];
}

/** Certified: whoever sees at most `limit` tokens is exactly at chance where the evidence is farther. */
function limitHolds(task: BoardTask, limit: number, seeds: readonly SeedResult[]): boolean {
  return seeds.every((seed) =>
    task.distances.every(
      (distance, i) => distance <= limit || Math.abs(seed.distances[i]! - task.chance) < 1e-9,
    ),
  );
}

function failures(wrong: readonly SeedResult[], seeds: number): string | null {
  if (wrong.length === 0) return null;
  const reasons = [...new Set(wrong.map(({ status, reason }) => `${status}: ${reason}`))];
  const which = seeds === 1 ? '' : `${wrong.length} of ${seeds} seeds counted as chance. `;
  return which + reasons.join('; ');
}

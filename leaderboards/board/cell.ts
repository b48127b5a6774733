/** A cell of the board: the runs of one model on one task under one regime, as one result. */
import type { CellSample } from './averages.ts';
import type { BoardTask, BoardUse, Cell, SeedResult } from './schema.ts';
import { measure } from '../statistics/contrast.ts';
import type { Interval } from '../statistics/groups.ts';
import { chanceCorrected } from '../statistics/metrics.ts';
import { isOneInK, meanAccuracy } from '../statistics/solved.ts';
import { displayName } from '../records/names.ts';
import type { RecordFile } from '../records/read.ts';
import { cellLocality, certifiedLimit, runLocality } from './locality.ts';
import { intervalFor, resultOf, sampleOf, testWeights } from './sample.ts';
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
    solved: null,
    learned: null,
    learningCost: null,
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
  const first = files[0]!.record;
  const limit = certifiedLimit(task, first);
  const seeds = files.map(({ file, record }) => seedResult(task, file, record));
  const sample = sampleOf(task, files);
  const weights = testWeights(task, files);
  const measured = measure(sample, weights);
  const wrong = seeds.filter(({ status }) => status !== 'done');
  const results = files.map(({ record }) => resultOf(record));
  const accuracy = meanAccuracy(
    results.map((result) => result?.test),
    task.chance,
  );
  const overall = { accuracy, ...intervalFor(accuracy, measured, testInterval(first)) };
  const distances = task.distances.map((distance, chosen) => {
    const only = task.distances.map((_, d) => (d === chosen ? 1 : 0));
    const accuracy = meanAccuracy(
      results.map((result) => result?.distances[chosen]),
      task.chance,
    );
    const own = distanceInterval(first, distance);
    const { interval } = intervalFor(accuracy, measure(sample, only), own);
    return { distance, accuracy, interval, use: useFrom(task, accuracy, interval) };
  });
  const cell: Cell = {
    task: task.name,
    state: wrong.length === seeds.length ? 'failed' : 'done',
    reason: failures(wrong, seeds.length),
    standing: standingOf(files, limit !== null && limit < (task.distances[0] ?? 0)),
    seeds,
    ...overall,
    corrected: chanceCorrected(overall.accuracy, task.chance),
    use: useFrom(task, overall.accuracy, overall.interval),
    distances,
    ...cellLocality(task, files, limit),
    certifiedLimit: limit,
    limitHolds: limit === null ? null : limitHolds(task, limit, files),
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
  return {
    ...base,
    reason: null,
    accuracy: result.test.accuracy,
    distances: result.distances.map(({ accuracy }) => accuracy),
    ...(runLocality(record) ?? { reach: null, localitySensitivity: null }),
  };
}

function testInterval(record: RunRecord): Interval | null {
  return record.result?.test.interval ?? null;
}

function distanceInterval(record: RunRecord, distance: number): Interval | null {
  return record.result?.distances.find((score) => score.distance === distance)?.interval ?? null;
}

/**
 * Certified: whoever sees at most `limit` tokens is exactly at chance where the evidence is farther, in
 * whole answers.
 */
function limitHolds(task: BoardTask, limit: number, files: readonly RecordFile[]): boolean {
  return files.every(({ record }) =>
    (resultOf(record)?.distances ?? []).every(
      (score) => score.distance <= limit || isOneInK(score, task.classes),
    ),
  );
}

function failures(wrong: readonly SeedResult[], seeds: number): string | null {
  if (wrong.length === 0) return null;
  const reasons = [...new Set(wrong.map(({ status, reason }) => `${status}: ${reason}`))];
  const which = seeds === 1 ? '' : `${wrong.length} of ${seeds} seeds counted as chance. `;
  return which + reasons.join('; ');
}

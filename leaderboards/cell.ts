/** A cell of the board: the runs of one model on one task under one regime, as one result. */
import type { BoardTask, Cell, Gain, SeedResult } from './board.ts';
import {
  chanceCorrected,
  gain,
  localityInterval,
  localityMetrics,
  mean,
  overSeeds,
  type Interval,
  type SeedValue,
} from './metrics.ts';
import { displayName } from './names.ts';
import type { RecordFile } from './read.ts';
import type { RunRecord } from './schema.ts';

/** Where no run is recorded. */
export function missingCell(task: BoardTask, reason: string): Cell {
  return {
    task: task.name,
    state: 'missing',
    reason,
    seeds: [],
    accuracy: null,
    interval: null,
    intervalOver: null,
    corrected: null,
    distances: [],
    learned: null,
    reach: null,
    localitySensitivity: null,
    localityInterval: null,
    certifiedLimit: null,
    limitHolds: null,
    parameters: null,
    stateSize: null,
    budget: null,
    gain: null,
  };
}

/** @param files at least one, of distinct seeds; ascending by seed */
export function makeCell(task: BoardTask, files: readonly RecordFile[]): Cell {
  const seeds = files.map(({ file, record }) => seedResult(task, file, record));
  const wrong = seeds.filter(({ status }) => status !== 'done');
  const first = files[0]!.record;
  const overall = summary(seeds, ({ accuracy }) => accuracy, testInterval(first));
  const distances = task.distances.map((distance, i) => ({
    distance,
    ...summary(seeds, (seed) => seed.distances[i]!, distanceInterval(first, distance)),
  }));
  const limit = first.model.reach;
  const local = limit !== null && limit < task.length && task.readout === 'query' ? limit : null;
  return {
    task: task.name,
    state: wrong.length === seeds.length ? 'failed' : 'done',
    reason: failures(wrong, seeds.length),
    seeds,
    ...overall,
    intervalOver: overall.interval ? (seeds.length > 1 ? 'seeds' : 'groups') : null,
    corrected: chanceCorrected(overall.accuracy, task.chance),
    distances,
    ...locality(task, distances, seeds, files),
    certifiedLimit: local,
    limitHolds: local === null ? null : limitHolds(task, local, seeds),
    parameters: first.model.parameters,
    stateSize: first.model.stateSize,
    budget: first.budget.total,
    gain: null,
  };
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

/** With one seed, its own interval; with more, t over seeds, cut to what an accuracy can be. */
function summary(
  seeds: readonly SeedResult[],
  value: (seed: SeedResult) => number,
  own: Interval | null,
): { accuracy: number; interval: Interval | null } {
  const estimate = overSeeds(seeds.map(value));
  const { interval } = estimate;
  return {
    accuracy: estimate.mean,
    interval: interval
      ? [Math.max(0, interval[0]), Math.min(1, interval[1])]
      : seeds[0]!.status === 'done'
        ? own
        : null,
  };
}

function locality(
  task: BoardTask,
  curve: readonly { accuracy: number }[],
  seeds: readonly SeedResult[],
  files: readonly RecordFile[],
): Pick<Cell, 'learned' | 'reach' | 'localitySensitivity' | 'localityInterval'> {
  if (curve.length === 0) {
    return { learned: null, reach: null, localitySensitivity: null, localityInterval: null };
  }
  const metrics = localityMetrics(
    task.distances,
    curve.map(({ accuracy }) => accuracy),
    task.chance,
    nearInterval(task, files),
  );
  const curves = seeds.map((seed) => seed.distances);
  return {
    ...metrics,
    localityInterval: metrics.learned
      ? localityInterval(task.distances, curves, task.chance)
      : null,
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

/** What `spt` adds to `matched` on the same task; null where no seed has both. */
export function cellGain(spt: Cell, matched: Cell): Gain | null {
  const at = (value: (seed: SeedResult) => number) =>
    gain(seedValues(spt, value), seedValues(matched, value));
  const overall = at(({ accuracy }) => accuracy);
  if (!overall) return null;
  const controlled = spt.distances.length > 0;
  return {
    overall,
    near: controlled ? at(({ distances }) => distances[0]!) : null,
    far: controlled ? at(({ distances }) => distances.at(-1)!) : null,
    equalBudget: spt.budget === matched.budget,
  };
}

export function seedValues(cell: Cell, value: (seed: SeedResult) => number): SeedValue[] {
  return cell.seeds.map((seed) => ({ seed: seed.seed, value: value(seed) }));
}

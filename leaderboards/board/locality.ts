/**
 * What runs say about reach: of the seeds that solved the smallest distance, and only if these are at
 * least half of all, because a mean over seeds that learned a task and seeds that did not describes
 * neither. A certified limit bounds every reach.
 */
import type { RecordFile } from '../records/read.ts';
import type { RunRecord } from '../records/schema.ts';
import { measure } from '../statistics/contrast.ts';
import { estimateCost } from '../statistics/learningCost.ts';
import { reachInterval, sensitivityInterval } from '../statistics/localityIntervals.ts';
import { chanceCorrected, localityMetrics, type Locality } from '../statistics/metrics.ts';
import { isSolved, meanAccuracy } from '../statistics/solved.ts';
import { intervalFor, resultOf, sampleOf } from './sample.ts';
import type { BoardTask, BoardUse, Cell, LearningCost } from './schema.ts';

/** Tokens that the read-out can depend on, if these are fewer than the sequence has. */
export function certifiedLimit(
  task: Pick<BoardTask, 'length' | 'readout'>,
  { model }: Pick<RunRecord, 'model'>,
): number | null {
  const { reach } = model;
  return reach !== null && reach < task.length && task.readout === 'query' ? reach : null;
}

/** Of one run; null for standard tasks and if it did not solve the smallest distance. */
export function runLocality(record: RunRecord): Locality | null {
  const { task } = record;
  const distances = resultOf(record)?.distances ?? [];
  if (!hasSolved(record)) return null;
  const accuracies = distances.map(({ accuracy }) => accuracy);
  return localityMetrics(task.distances, accuracies, task.chance, certifiedLimit(task, record));
}

/** Whether a run ended well and solved the smallest distance of a controlled task. */
function hasSolved(record: RunRecord): boolean {
  const near = resultOf(record)?.distances[0];
  return near !== undefined && isSolved(near, record.task.classes);
}

type CellLocality = Pick<
  Cell,
  | 'solved'
  | 'learned'
  | 'learningCost'
  | 'reach'
  | 'reachInterval'
  | 'localitySensitivity'
  | 'localityInterval'
>;

/**
 * @param files the runs of a cell, at least one
 * @param limit certified, of the cell's model
 */
export function cellLocality(
  task: BoardTask,
  files: readonly RecordFile[],
  limit: number | null,
): CellLocality {
  const { distances, chance } = task;
  const none = {
    ...{ reach: null, reachInterval: null },
    ...{ localitySensitivity: null, localityInterval: null },
  };
  if (distances.length === 0)
    return { ...none, solved: null, learned: null, learningCost: learningCost(files) };
  const solved = files.filter(({ record }) => hasSolved(record));
  const counts = { seeds: solved.length, of: files.length };
  if (2 * solved.length < files.length)
    return {
      ...none,
      solved: { ...counts, near: null, far: null },
      ...{ learned: false, learningCost: null },
    };
  const sample = sampleOf(task, solved);
  const scores = solved.map(({ record }) => resultOf(record)!.distances);
  const curve = distances.map((_, d) =>
    meanAccuracy(
      scores.map((own) => own[d]),
      chance,
    ),
  );
  // Of two seeds no interval holds what it says: in simulations 88 to 99 % of the time.
  const hasInterval = solved.length !== 2;
  const use = (d: number): BoardUse => {
    const only = distances.map((_, i) => (i === d ? 1 : 0));
    const { interval } = intervalFor(curve[d]!, measure(sample, only), scores[0]![d]!.interval);
    const corrected = (share: number) => chanceCorrected(share, chance);
    return {
      value: corrected(curve[d]!),
      interval: hasInterval && interval ? [corrected(interval[0]), corrected(interval[1])] : null,
    };
  };
  return {
    solved: { ...counts, near: use(0), far: use(distances.length - 1) },
    learned: true,
    learningCost: learningCost(solved),
    ...localityMetrics(distances, curve, chance, limit),
    reachInterval: hasInterval ? reachInterval(distances, chance, sample, limit) : null,
    localityInterval: hasInterval ? sensitivityInterval(distances, chance, sample) : null,
  };
}

/** Of the runs that say what learning cost; null if none does. */
function learningCost(files: readonly RecordFile[]): LearningCost | null {
  const seen = files.flatMap(({ record }) => {
    const cost = resultOf(record)?.learningCost;
    if (!cost || cost.steps === 0) return [];
    const { batch, lookEvery = cost.steps } = record.spec.protocol;
    const { length, documents = 1 } = record.task;
    const look = Math.min(lookEvery, cost.steps) * batch * length * documents;
    return [{ cost: cost.tokenSteps, before: cost.tokenSteps - look }];
  });
  const estimate = estimateCost(seen);
  if (!estimate) return null;
  const { cost, interval, seeds } = estimate;
  return { tokenSteps: cost, interval: interval ?? null, seeds };
}

/** How far a manifest is: the state of every line, from files alone, and the time that is left. */
import { access } from 'node:fs/promises';
import { isLocked } from '../../core/lock.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/records/schema.ts';
import { RunError } from '../../core/errors.ts';
import { readFailure } from './failures.ts';
import { idleStages } from '../plan/idle.ts';
import type { Line } from '../plan/manifest.ts';
import { lockPath, pretrainedPath, readRecord, readTuning, recordPath } from './store.ts';
import { stepsOf } from '../training/regimes.ts';

export type State =
  | { kind: 'done'; record?: RunRecord }
  | { kind: 'running' }
  | { kind: 'queued' }
  | { kind: 'failed'; reason: string; attempts: number }
  | { kind: 'missing' };

/** @param queued numbers of the lines that a scheduler holds */
export async function statesOf(
  lines: readonly Line[],
  { out, work }: { out: string; work: string },
  queued: ReadonlySet<number> = new Set(),
): Promise<State[]> {
  const records = await recordsOf(lines, out);
  const idle = await idleIn(lines, records, out);
  return Promise.all(
    lines.map(async ({ kind, id, spec }, index): Promise<State> => {
      if (kind === 'run') {
        const record = records[index];
        if (record instanceof RunError)
          return { kind: 'failed', reason: record.message, attempts: 0 };
        if (record) return { kind: 'done', record };
      } else if (idle.has(id)) return { kind: 'done' };
      else if (kind === 'pretraining' && (await exists(pretrainedPath(work, spec))))
        return { kind: 'done' };
      else if (kind === 'tuning') {
        const record = await orError(readTuning(out, spec));
        if (record instanceof RunError)
          return { kind: 'failed', reason: record.message, attempts: 0 };
        if (record) return { kind: 'done' };
      }
      if (await isLocked(lockPath(work, id))) return { kind: 'running' };
      if (queued.has(index)) return { kind: 'queued' };
      const failure = await readFailure(work, id);
      return failure ? { ...failure, kind: 'failed' } : { kind: 'missing' };
    }),
  );
}

/**
 * The records of the runs among the lines, or what is wrong with them; undefined for a stage,
 * and for a run without a record.
 */
export function recordsOf(
  lines: readonly Line[],
  out: string,
): Promise<(RunRecord | RunError | undefined)[]> {
  return Promise.all(
    lines.map(async ({ kind, spec }) => {
      if (kind !== 'run') return undefined;
      return orError(readRecord(recordPath(out, spec)));
    }),
  );
}

/** What is read, or what is wrong with its file. */
function orError<T>(reading: Promise<T>): Promise<T | RunError> {
  return reading.catch((error: unknown) => {
    if (error instanceof RunError) return error;
    throw error;
  });
}

/**
 * Ids of the stages that no run waits for any more. A tuning that a record names is a result as well,
 * so it is not idle where its own record is missing or cut.
 */
export async function idleIn(
  lines: readonly Line[],
  records: readonly (RunRecord | RunError | undefined)[],
  out: string,
): Promise<ReadonlySet<string>> {
  const idle = new Set(idleStages(lines, (index) => isRecord(records[index])));
  const named = new Set(records.map((record) => isRecord(record) && record.tuning));
  for (const { kind, id, spec } of lines) {
    if (kind !== 'tuning' || !named.has(id)) continue;
    const record = await orError(readTuning(out, spec));
    if (!record || record instanceof RunError) idle.delete(id);
  }
  return idle;
}

/** Whether a run is done and its record whole. */
const isRecord = (record: RunRecord | RunError | undefined): record is RunRecord =>
  record !== undefined && !(record instanceof RunError);

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Seconds of work that the unfinished runs need, at the speed of the finished ones: of the same task
 * and model, else of the same task, else of all. Undefined where nothing is finished.
 */
export function secondsLeft(lines: readonly Line[], states: readonly State[]): number | undefined {
  const finished = states.flatMap((state) =>
    state.kind === 'done' && state.record ? [state.record] : [],
  );
  if (finished.length === 0) return undefined;
  // Runs differ in their token-steps, so speed is what carries over.
  const speedOf = (records: readonly RunRecord[]) =>
    records.reduce((sum, { timing }) => sum + timing.seconds, 0) /
    records.reduce((sum, { budget }) => sum + budget.total, 0);
  const speedFor = ({ task, model }: RunSpec) => {
    const sameTask = finished.filter(({ spec }) => spec.task === task);
    const same = sameTask.filter(({ spec }) => spec.model === model);
    return speedOf([same, sameTask, finished].find((records) => records.length > 0)!);
  };
  let left = 0;
  lines.forEach(({ kind, spec }, i) => {
    if (kind === 'run' && states[i]!.kind !== 'done')
      left += speedFor(spec) * tokenSteps(spec, finished);
  });
  return left;
}

/**
 * Token-steps of a run: the mean of the finished ones of its task and regime, else as many as it may
 * take at most.
 */
function tokenSteps({ task, regime, protocol }: RunSpec, finished: readonly RunRecord[]): number {
  const ofTask = finished.filter(({ spec }) => spec.task === task);
  const like = ofTask.filter(({ spec }) => spec.regime === regime);
  if (like.length > 0) return like.reduce((sum, { budget }) => sum + budget.total, 0) / like.length;
  const { task: data, spec } = ofTask[0] ?? finished[0]!;
  const perStep = spec.protocol.batch * data.length * (data.documents ?? 1);
  const { pretrain, train } = stepsOf({ regime, protocol });
  return perStep * (pretrain + train);
}

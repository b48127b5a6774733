/** Does the lines of a manifest here, with progress for a person, and says what came of it. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { tryFolder } from '../../core/folders.ts';
import { ensureDataset } from '../../generators/store/dataset.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/records/schema.ts';
import { spins } from './jobChoice.ts';
import { runAll, type End } from './local.ts';
import { duration, openDisplay } from '../../core/terminal/progress.ts';
import { stepsOf } from '../plan/regimes.ts';
import type { Place, Tick } from '../runs/execute.ts';
import { idleStages } from '../plan/idle.ts';
import type { Line } from '../plan/manifest.ts';
import { modelLabel } from '../plan/modelLabel.ts';
import { canonical, shapeOf } from '../plan/spec.ts';
import { isRecord, recordsOf } from '../runs/status.ts';

export interface PerformOptions {
  engine: string;
  threads: number;
  jobs: number;
  /** Examples a pass; the whole batch where absent. */
  microBatch?: number | undefined;
  /** Whether waiting threads keep their core busy; off where absent and runs share cores. */
  spinning?: boolean | undefined;
  out: string;
  work: string;
  sources?: string | undefined;
  force: boolean;
  /** All lines of the plan, where these are some: what nobody there waits for is left out. */
  plan?: readonly Line[] | undefined;
  /** Aborted to stop: every run writes a checkpoint first. */
  stop?: AbortSignal | undefined;
}

export interface Performed {
  records: RunRecord[];
  failures: number;
  /** Lines that were stopped, or not begun. */
  stopped: number;
}

export async function perform(all: readonly Line[], options: PerformOptions): Promise<Performed> {
  requireDivisor(all, options.microBatch);
  await tryFolder(options.out, 'records');
  await tryFolder(options.work, 'checkpoints and data sets');
  const lines = options.force ? all : await withoutIdle(all, options.plan ?? all, options.out);
  const data = await prepare(lines, options);
  const display = openDisplay();
  const speeds = new Map<Line, (tick: Tick) => string>();
  const { jobs, engine, threads } = options;
  console.error(
    `${describe(lines)}, ${jobs} at a time on ${engine}, ${threads} ${threads === 1 ? 'thread' : 'threads'} each`,
  );
  const begun = performance.now();
  const ends = await runAll(lines, {
    ...options,
    spinning: options.spinning ?? spins(options, availableParallelism()),
    placeOf: ({ spec }): Place => ({
      runs: options.out,
      work: options.work,
      data: data.get(dataKey(spec))!,
    }),
    onTick(line, tick) {
      if (!speeds.has(line)) speeds.set(line, timer(line));
      display.update(labelOf(line), speeds.get(line)!(tick), tick.done / tick.of);
    },
    onNote(line, text) {
      display.finish(labelOf(line), text);
    },
    onEnd(end) {
      display.finish(labelOf(end.line), sentence(end));
    },
  });
  display.close();
  console.error(`finished in ${duration((performance.now() - begun) / 1000)}\n`);
  return {
    records: ends.flatMap((end) => ('record' in end ? [end.record] : [])),
    failures: ends.filter(({ kind }) => kind === 'failed').length,
    stopped: ends.filter(({ kind }) => kind === 'stopped').length,
  };
}

async function withoutIdle(
  lines: readonly Line[],
  plan: readonly Line[],
  out: string,
): Promise<Line[]> {
  const records = await recordsOf(plan, out);
  const idle = idleStages(plan, (index) => isRecord(records[index]));
  return lines.filter(({ id }) => !idle.has(id));
}

/** @throws UsageError where the batch of a run cannot be cut into micro-batches of that size */
function requireDivisor(lines: readonly Line[], microBatch: number | undefined): void {
  if (microBatch === undefined) return;
  for (const { spec } of lines) {
    const { batch } = spec.protocol;
    if (microBatch >= batch || batch % microBatch === 0) continue;
    throw new UsageError(
      `--micro-batch is ${microBatch}, and a batch of ${spec.task} has ${batch} examples: expected a number that divides it.`,
    );
  }
}

/** `6 runs`, or `6 runs, 3 pretrainings and 1 tuning`. */
export function describe(lines: readonly Line[]): string {
  const parts = (['run', 'pretraining', 'tuning'] as const).flatMap((kind) => {
    const count = lines.filter((line) => line.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}${count === 1 ? '' : 's'}`];
  });
  return parts.length === 0 ? '0 runs' : new Intl.ListFormat('en-GB').format(parts);
}

export function labelOf({ kind, spec }: Line): string {
  const { task, regime, seed } = spec;
  const what = { run: `${regime} ${seed}`, pretraining: `pretraining ${seed}`, tuning: 'tuning' };
  return `${task} ${modelLabel(spec)} ${what[kind]}`;
}

/** What a run's data set depends on. */
function dataKey({ task, tier, taskOptions, dataSeed }: RunSpec): string {
  return canonical({ task, tier, taskOptions, dataSeed });
}

/** The data sets of lines, made where they are not there: a function from a run to its folder. */
export async function dataFolders(
  lines: readonly Line[],
  options: Pick<PerformOptions, 'work' | 'sources'>,
): Promise<(spec: RunSpec) => string> {
  const folders = await prepare(lines, options);
  return (spec) => folders.get(dataKey(spec))!;
}

/** Makes each data set once, before any run starts; its folder by `dataKey`. */
export async function prepare(
  lines: readonly Line[],
  { work, sources }: Pick<PerformOptions, 'work' | 'sources'>,
): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  const display = openDisplay();
  for (const { spec } of lines) {
    const { task, tier, taskOptions, dataSeed } = spec;
    if (folders.has(dataKey(spec))) continue;
    const counts = Object.values(shapeOf(task, tier, taskOptions).counts);
    const all = counts.reduce((sum, count) => sum + count, 0);
    const folder = await ensureDataset({
      task,
      tier,
      options: taskOptions,
      seed: dataSeed,
      sources,
      cache: join(work, 'cache'),
      onProgress: ({ split, done, total }) =>
        display.update(`data ${task}`, `${split} ${done}/${total} of ${all}`, done / total),
    });
    folders.set(dataKey(spec), folder);
  }
  display.close();
  return folders;
}

/** Words for a tick, with the time that the line's training steps need if it takes all of them. */
function timer({ kind, spec }: Line): (tick: Tick) => string {
  const steps = stepsOf(spec);
  let first: { at: number; done: number } | undefined;
  return ({ phase, done, of, loss }) => {
    if (phase === 'test') return `test ${done}/${of}`;
    const before = phase === 'train' ? steps.pretrain : 0;
    const position = before + done;
    const last = before + of + (kind === 'run' && phase === 'pretrain' ? steps.train : 0);
    first ??= { at: performance.now(), done: position };
    const perStep = (performance.now() - first.at) / 1000 / Math.max(1, position - first.done);
    const left =
      position > first.done ? `, at most ${duration(perStep * (last - position))} left` : '';
    return `${phase} ${done}/${of}${loss === undefined ? '' : `  loss ${loss.toFixed(3)}`}${left}`;
  };
}

function sentence(end: End): string {
  if (end.kind === 'failed') return `FAILED: ${end.message}`;
  if (end.kind === 'prepared') return 'done';
  if (end.kind === 'stopped') return 'stopped; the same command goes on from here';
  const { record } = end;
  const text = record.result
    ? `test accuracy ${record.result.test.accuracy.toFixed(3)}, ${duration(record.timing.seconds)}`
    : `${record.status}: ${record.reason}`;
  return end.kind === 'skipped' ? `${text} (recorded before)` : text;
}

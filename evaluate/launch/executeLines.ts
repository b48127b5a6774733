/** Executes the lines of a manifest on this machine, with progress for a person. */
import { availableParallelism } from 'node:os';
import { UsageError } from '../../core/errors.ts';
import { tryFolder } from '../../core/folders.ts';
import { duration, openDisplay } from '../../core/terminal/progress.ts';
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import type { Line } from '../plan/manifest.ts';
import type { Tick } from '../runs/execute.ts';
import { idleIn, recordsOf } from '../runs/status.ts';
import { executeInChildren } from './children.ts';
import { prepareData, type DataPlaces } from './data.ts';
import type { Execution } from './execution.ts';
import { spins } from './jobChoice.ts';
import { describe, endWords, labelOf, timer } from './words.ts';

export interface LaunchOptions extends DataPlaces {
  execution: Execution;
  /** Runs at a time. */
  jobs: number;
  /** Folder of the records. */
  out: string;
  /** Runs again what has a record. */
  force: boolean;
  /** All lines of the plan, if only some are executed: pretrainings that no run of it waits for are left out. */
  plan?: readonly Line[] | undefined;
  /** Aborted to stop: every run writes a checkpoint first. */
  stop?: AbortSignal | undefined;
}

export interface Outcome {
  records: RunRecord[];
  failures: number;
  /** Lines that were stopped, or not begun. */
  stopped: number;
}

export async function executeLines(all: readonly Line[], options: LaunchOptions): Promise<Outcome> {
  const { execution, jobs, out, work, force, stop } = options;
  requireDivisor(all, execution.microBatch);
  await tryFolder(out, 'records');
  const lines = force ? all : await withoutIdle(all, options.plan ?? all, out);
  if (lines.length > 0) await tryFolder(work, 'checkpoints and data sets');
  const dataOf = await prepareData(lines, options);
  const display = openDisplay();
  const speeds = new Map<Line, (tick: Tick) => string>();
  const { engine, threads } = execution;
  console.error(
    `${describe(lines)}, ${jobs} at a time on ${engine}, ${threads} ${threads === 1 ? 'thread' : 'threads'} each`,
  );
  const begun = performance.now();
  const ends = await executeInChildren(lines, {
    jobs,
    force,
    stop,
    execution: {
      ...execution,
      spinning: execution.spinning ?? spins({ jobs, threads }, availableParallelism()),
    },
    placeOf: ({ spec }) => ({ runs: out, work, data: dataOf(spec) }),
    onTick(line, tick) {
      if (!speeds.has(line)) speeds.set(line, timer(line));
      display.update(labelOf(line), speeds.get(line)!(tick), tick.done / tick.of);
    },
    onNote(line, text) {
      display.finish(labelOf(line), text);
    },
    onEnd(end) {
      display.finish(labelOf(end.line), endWords(end));
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
  const idle = await idleIn(plan, records, out);
  return lines.filter(({ id }) => !idle.has(id));
}

/** @throws UsageError if the batch of a run cannot be cut into micro-batches of that size */
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

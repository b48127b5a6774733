/**
 * The launcher `local`: executes the lines of a manifest, a few at a time, each in a child process.
 * A line that is finished is skipped; one that another process executes is waited for, so several
 * launchers may work on one manifest.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import { messageOf, stackOf } from '../../core/errors.ts';
import type { Place, Tick } from '../runs/execute.ts';
import { noteFailure } from '../runs/failures.ts';
import type { Line } from '../plan/manifest.ts';
import { checkpointPath, readRecord, recordPath } from '../runs/store.ts';
import { dropCheckpoint } from '../training/checkpoint.ts';
import { stopMessage, type Order, type Report } from './protocol.ts';
import type { Execution } from './execution.ts';

export interface ChildrenOptions {
  execution: Execution;
  /** Runs at a time. */
  jobs: number;
  /** Runs again what has a record. */
  force: boolean;
  placeOf(line: Line): Place | Promise<Place>;
  onTick(line: Line, tick: Tick): void;
  /** One line about a run, said at once. */
  onNote?(line: Line, text: string): void;
  onEnd(end: End): void;
  /** Aborted to stop all runs, each with a checkpoint, and start no other. */
  stop?: AbortSignal | undefined;
}

export type End =
  | { kind: 'done' | 'skipped'; line: Line; record: RunRecord }
  | { kind: 'prepared'; line: Line }
  | { kind: 'stopped'; line: Line }
  | { kind: 'failed'; line: Line; message: string; stack: string };

/** Seconds between two tries of a run that another process executes. */
const tryEvery = 2;

/** Executes all lines; a failure of one does not stop the others. In the order of `lines`. */
export async function executeInChildren(
  lines: readonly Line[],
  options: ChildrenOptions,
): Promise<End[]> {
  const ends: End[] = [];
  const waiting = lines.map((line, index) => ({ line, index }));
  const told = new Set<number>();
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { line, index } = next;
      const end = options.stop?.aborted
        ? ({ kind: 'stopped', line } as const)
        : await executeInChild(line, options);
      if (end === 'busy') {
        if (!told.has(index)) options.onNote?.(line, 'waits: another process executes it');
        told.add(index);
        // Requeue, and poll only if nothing else is left.
        if (waiting.length === 0) await sleep(tryEvery * 1000);
        waiting.push(next);
        continue;
      }
      ends[index] = end;
      options.onEnd(end);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, lines.length) }, lane));
  return ends;
}

async function executeInChild(line: Line, options: ChildrenOptions): Promise<End | 'busy'> {
  const { execution, force, stop } = options;
  let place: Place;
  try {
    place = await options.placeOf(line);
    if (line.kind === 'run' && !force) {
      const record = await readRecord(recordPath(place.runs, line.spec));
      if (record) {
        // Left where a process was killed right after it had written the record.
        await dropCheckpoint(checkpointPath(place.work, line.spec));
        return { kind: 'skipped', line, record };
      }
    }
  } catch (error) {
    return { kind: 'failed', line, message: messageOf(error), stack: stackOf(error) };
  }
  const child = fork(new URL('./child.ts', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const onStop = () => child.connected && child.send(stopMessage);
  stop?.addEventListener('abort', onStop);
  const order: Order = { line, place, execution, force };
  child.send(order);
  const end = await endOf(child, line, options);
  stop?.removeEventListener('abort', onStop);
  if (end !== 'busy' && end.kind === 'failed') {
    const { engine, threads } = execution;
    await noteFailure(place.work, line.id, { reason: end.message, engine, threads }).catch(
      () => undefined,
    );
  }
  return end;
}

function endOf(
  child: ChildProcess,
  line: Line,
  { onTick, onNote }: ChildrenOptions,
): Promise<End | 'busy'> {
  return new Promise((resolve) => {
    let end: End | 'busy' | undefined;
    child.on('message', (report: Report) => {
      if (report.kind === 'tick') onTick(line, report.tick);
      else if (report.kind === 'note') onNote?.(line, report.text);
      else if (report.kind === 'record')
        end = { kind: report.isNew ? 'done' : 'skipped', line, record: report.record };
      else if (report.kind === 'error') end = { ...report, kind: 'failed', line };
      else if (report.kind === 'busy') end = 'busy';
      else end = { kind: report.kind, line };
    });
    child.on('error', (error) => {
      end = { kind: 'failed', line, message: error.message, stack: error.stack ?? '' };
    });
    child.on('close', (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      const advice = 'run the same command again to go on from its last checkpoint';
      resolve(
        end ?? { kind: 'failed', line, message: `The run's process ${how}; ${advice}.`, stack: '' },
      );
    });
  });
}

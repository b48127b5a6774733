/** Many runs, a few at a time, each in a child process of its own. Finished runs are skipped. */
import { fork } from 'node:child_process';
import type { RunRecord, RunSpec } from '../../leaderboards/schema.ts';
import type { Place, Tick } from './execute.ts';
import { readRecord, recordPath } from './store.ts';
import type { Order, Report } from './worker.ts';

export interface PoolOptions {
  /** Runs at a time. */
  jobs: number;
  engine: string;
  /** Threads of each run. */
  threads: number;
  /** Runs again what has a record already. */
  force: boolean;
  placeOf(spec: RunSpec): Place;
  onTick(spec: RunSpec, tick: Tick): void;
  onEnd(end: End): void;
}

export type End =
  | { kind: 'done' | 'skipped'; spec: RunSpec; record: RunRecord }
  | { kind: 'failed'; spec: RunSpec; message: string; stack: string };

/** Runs all specs; a failure of one does not stop the others. In the order of `specs`. */
export async function runAll(specs: RunSpec[], options: PoolOptions): Promise<End[]> {
  const ends: End[] = [];
  let next = 0;
  const lane = async () => {
    while (next < specs.length) {
      const index = next++;
      const end = await runOne(specs[index]!, options);
      ends[index] = end;
      options.onEnd(end);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, specs.length) }, lane));
  return ends;
}

async function runOne(spec: RunSpec, options: PoolOptions): Promise<End> {
  const place = options.placeOf(spec);
  if (!options.force) {
    const record = await readRecord(recordPath(place.runs, spec));
    if (record) return { kind: 'skipped', spec, record };
  }
  return new Promise((resolve) => {
    const child = fork(new URL('./worker.ts', import.meta.url), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let end: End | undefined;
    child.on('message', (report: Report) => {
      if (report.kind === 'tick') options.onTick(spec, report.tick);
      else if (report.kind === 'record') end = { kind: 'done', spec, record: report.record };
      else end = { kind: 'failed', spec, message: report.message, stack: report.stack };
    });
    child.on('error', (error) => {
      end = { kind: 'failed', spec, message: error.message, stack: error.stack ?? '' };
    });
    child.on('close', (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      const advice = 'run the same command again to go on from its last checkpoint';
      resolve(
        end ?? { kind: 'failed', spec, message: `The run's process ${how}; ${advice}.`, stack: '' },
      );
    });
    child.send({ spec, place, engine: options.engine, threads: options.threads } satisfies Order);
  });
}

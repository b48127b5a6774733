/** The flags of `--launcher slurm`, and the request that they make. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  argsOf,
  flag,
  oneOf,
  repeated,
  section,
  text,
  toggle,
  whole,
  type Kind,
  type ValuesOf,
} from '../../core/cli/flags.ts';
import { UsageError } from '../../core/errors.ts';
import type { SlurmRequest } from '../launch/slurm.ts';
import type { Line } from '../plan/manifest.ts';
import { executionFlags, jobsFlag, placeFlags, type LaunchValues } from './execution.ts';

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));

export const launcherFlag = flag(oneOf('launcher', ['local', 'slurm']), {
  default: 'local',
  help: 'local: child processes on this machine; slurm: job arrays, of a manifest',
});

const sbatchOption: Kind<string> = {
  word: 'KEY=VALUE',
  read(given, name) {
    if (/^[a-z][a-z-]*(=[^\n]*)?$/.test(given)) return given;
    throw new UsageError(`${name} is '${given}', expected KEY=VALUE as in --KEY=VALUE of sbatch.`);
  },
};

export const slurmFlags = section('With --launcher slurm', {
  time: flag(text, {
    word: 'LIMIT',
    default: '4:00:00',
    help: 'time limit of an element of the array, such as 2:00:00',
  }),
  cpus: flag(whole(1), {
    help: 'CPUs of an element; more of them execute several runs at once',
    shown: 'the threads of a run',
  }),
  gpus: flag(whole(1), { help: 'GPUs of an element', shown: 'none' }),
  memory: flag(text, { word: 'SIZE', help: 'memory of an element, such as 8G' }),
  runsPerTask: flag(whole(1), { default: 1, help: 'lines of the manifest per element' }),
  maxParallel: flag(whole(1), { help: 'elements of an array that run at a time' }),
  signalBefore: flag(whole(1), {
    word: 'S',
    default: 120,
    help: 'seconds before the limit at which runs write a checkpoint and are queued again',
  }),
  sbatch: repeated(sbatchOption, {
    help: 'any other option of sbatch, such as partition=gpu',
  }),
  dryRun: toggle('prints the scripts and queues nothing'),
});

/** @throws UsageError for `--threads auto`: an element asks for its cores before it runs anywhere */
export function slurmRequest(
  lines: readonly Line[],
  only: ReadonlySet<number> | undefined,
  values: LaunchValues & ValuesOf<typeof slurmFlags> & { manifest: string },
): SlurmRequest {
  const { threads, microBatch, spinning, engine, out, work, sources, force } = values;
  if (threads === 'auto')
    throw new UsageError(
      '--threads auto is measured where runs are executed; with --launcher slurm give a number.',
    );
  const cpus = values.cpus ?? threads;
  const places = {
    out: resolve(out),
    work: resolve(work),
    sources: sources === undefined ? undefined : resolve(sources),
    force,
  };
  const { manifest, time, gpus, memory, runsPerTask, maxParallel, signalBefore } = values;
  return {
    manifest,
    lines,
    only,
    data: { work, sources },
    runsPerTask,
    maxParallel,
    element: { time, cpus, gpus, memory, signalBefore, sbatch: values.sbatch },
    worker: [
      process.execPath,
      cli,
      'worker',
      ...argsOf(executionFlags, { engine, threads, microBatch, spinning }),
      ...argsOf({ jobs: jobsFlag }, { jobs: Math.max(1, Math.floor(cpus / threads)) }),
      ...argsOf(placeFlags, places),
    ],
    isDry: values.dryRun,
  };
}

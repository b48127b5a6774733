/** `npm run evaluate -- worker`: what an element of a job array runs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { command } from '../../core/cli/command.ts';
import { flag, listOf, whole } from '../../core/cli/flags.ts';
import { UsageError, messageOf } from '../../core/errors.ts';
import { executeLines } from '../launch/executeLines.ts';
import { readManifest } from '../plan/manifest.ts';
import { launchFlags, scheduled } from './execution.ts';
import { manifestFlag } from './flags.ts';
import { stopOnSignal } from './signals.ts';

const call = promisify(execFile);

/** Exit code of a worker that stopped before its end: `EX_TEMPFAIL`, try again. */
const stoppedCode = 75;

/** Times that Slurm may start an element again before it counts as failed. */
const maxRestarts = 50;

export const worker = command({
  name: 'npm run evaluate -- worker',
  about: `Executes lines of a manifest, by number; any scheduler can start it. SIGUSR1, SIGTERM and SIGHUP stop it after the current step with a checkpoint, exit code ${stoppedCode}; under Slurm, SIGUSR1 also queues it again.`,
  flags: {
    manifest: manifestFlag,
    index: flag(listOf(whole(), 'NUMBERS'), {
      help: 'lines of the manifest, from 0',
      required: 'Say which lines: --index NUMBERS.',
    }),
    ...launchFlags,
  },
  examples: ['--manifest plans/x --index 7', '--manifest plans/x --index 3,4,5 --jobs 2'],
  async run(values) {
    const all = await readManifest(values.manifest);
    const lines = values.index.map((index) => {
      if (index < all.length) return all[index]!;
      throw new UsageError(
        `--index cannot be ${index}: the manifest has lines 0 to ${all.length - 1}.`,
      );
    });
    const options = await scheduled(lines, values);
    const { stop, forget } = stopOnSignal(['SIGUSR1', 'SIGTERM', 'SIGINT', 'SIGHUP']);
    const { failures, stopped } = await executeLines(lines, { ...options, plan: all, stop });
    forget();
    if (stopped > 0) {
      if (stop.reason === 'SIGUSR1') await requeue();
      return stoppedCode;
    }
    return failures > 0 ? 1 : 0;
  },
});

/** Puts this element of a Slurm array, or this job, back into the queue. */
async function requeue(): Promise<void> {
  const { SLURM_JOB_ID, SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID, SLURM_RESTART_COUNT } =
    process.env;
  if (SLURM_JOB_ID === undefined) return;
  if (Number(SLURM_RESTART_COUNT ?? 0) >= maxRestarts) {
    console.error(`restarted ${maxRestarts} times already; resume submits what is missing`);
    return;
  }
  const job = SLURM_ARRAY_JOB_ID ? `${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}` : SLURM_JOB_ID;
  try {
    await call('scontrol', ['requeue', job]);
  } catch (error) {
    console.error(`cannot queue ${job} again: ${messageOf(error)}; resume submits what is missing`);
  }
}

/** `npm run evaluate -- worker`: what an element of a job array runs. */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { UsageError, messageOf } from '../../core/errors.ts';
import { readManifest } from '../plan/manifest.ts';
import { perform } from '../launch/perform.ts';
import type { Command } from './command.ts';
import { parseCount } from './flags.ts';
import { jobsHelp, parsePlace, placeFlags, placeHelp, scheduled } from './execution.ts';
import { stopOnSignal } from './signals.ts';

const call = promisify(execFile);

/** Exit code of a worker that stopped before its end: `EX_TEMPFAIL`, try again. */
const stoppedCode = 75;

/** Times that Slurm may start an element again before it counts as failed. */
const mostRestarts = 50;

export const worker: Command = {
  help: `Does lines of a manifest, by number; any scheduler can start it. SIGUSR1 and SIGTERM stop it after
the step at hand with a checkpoint, exit code ${stoppedCode}; under Slurm, SIGUSR1 also queues it again.

  npm run evaluate -- worker --manifest plans/x --index 7
  npm run evaluate -- worker --manifest plans/x --index 3,4,5 --jobs 2

  --manifest FILE       the plan's manifest, or its folder
  --index NUMBERS       lines of the manifest, from 0
${jobsHelp}
${placeHelp}`,

  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        ...placeFlags,
        manifest: { type: 'string' },
        index: { type: 'string' },
        jobs: { type: 'string' },
      },
    });
    if (values.manifest === undefined) throw new UsageError('Name the plan: --manifest DIR.');
    if (values.index === undefined) throw new UsageError('Say which lines: --index NUMBERS.');
    const all = await readManifest(values.manifest);
    const lines = values.index.split(',').map((text) => {
      const index = parseCount(text, '--index', 0);
      if (index < all.length) return all[index]!;
      throw new UsageError(
        `--index cannot be ${index}: the manifest has lines 0 to ${all.length - 1}.`,
      );
    });
    const settings = await scheduled(lines, parsePlace(values), values.jobs);
    const { stop, forget } = stopOnSignal(['SIGUSR1', 'SIGTERM', 'SIGINT', 'SIGHUP']);
    const { failures, stopped } = await perform(lines, { ...settings, plan: all, stop });
    forget();
    if (stopped > 0) {
      if (stop.reason === 'SIGUSR1') await requeue();
      return stoppedCode;
    }
    return failures > 0 ? 1 : 0;
  },
};

/** Puts this element of a Slurm array, or this job, back into the queue. */
async function requeue(): Promise<void> {
  const { SLURM_JOB_ID, SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID, SLURM_RESTART_COUNT } =
    process.env;
  if (SLURM_JOB_ID === undefined) return;
  if (Number(SLURM_RESTART_COUNT ?? 0) >= mostRestarts) {
    console.error(`restarted ${mostRestarts} times already; resume submits what is missing`);
    return;
  }
  const job = SLURM_ARRAY_JOB_ID ? `${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}` : SLURM_JOB_ID;
  try {
    await call('scontrol', ['requeue', job]);
  } catch (error) {
    console.error(`cannot queue ${job} again: ${messageOf(error)}; resume submits what is missing`);
  }
}

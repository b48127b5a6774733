/** `npm run evaluate -- resume` */
import { command } from '../../core/cli/command.ts';
import { enqueue, queuedLines } from '../launch/slurm.ts';
import { readManifest } from '../plan/manifest.ts';
import { statesOf } from '../runs/status.ts';
import { launchFlags, scheduled } from './execution.ts';
import { manifestFlag } from './flags.ts';
import { executeAndPrint } from './run.ts';
import { launcherFlag, slurmFlags, slurmRequest } from './slurm.ts';

export const resume = command({
  name: 'npm run evaluate -- resume',
  about:
    'Executes the runs of a plan that are missing or failed, and leaves alone those that are done, running or queued.',
  flags: { manifest: manifestFlag, launcher: launcherFlag, ...launchFlags, ...slurmFlags },
  examples: ['--manifest plans/x --jobs 2', '--manifest plans/x --launcher slurm --time 1:00:00'],
  async run(values) {
    const { manifest } = values;
    const lines = await readManifest(manifest);
    const states = await statesOf(lines, values, await queuedLines(manifest));
    const open = lines.flatMap((_, index) =>
      ['missing', 'failed'].includes(states[index]!.kind) ? [index] : [],
    );
    if (values.launcher === 'slurm') return enqueue(slurmRequest(lines, new Set(open), values));
    if (open.length === 0)
      return console.log('Nothing to do: every run is done, running or queued.');
    const missing = open.map((index) => lines[index]!);
    return executeAndPrint(missing, await scheduled(missing, values));
  },
});

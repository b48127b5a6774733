/** `npm run evaluate -- resume` */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError } from '../../core/errors.ts';
import { queuedLines, slurmFlags, slurmHelp, submit } from '../launch/slurm.ts';
import { readManifest } from '../plan/manifest.ts';
import { statesOf } from '../runs/status.ts';
import type { Command } from './command.ts';
import { parseList } from './flags.ts';
import { jobsHelp, parsePlace, placeFlags, placeHelp, scheduled } from './execution.ts';
import { runHere } from './run.ts';

export const resume: Command = {
  help: `Does what of a plan is missing or failed, and leaves alone what is done, running or queued.

  npm run evaluate -- resume --manifest plans/x --jobs 2
  npm run evaluate -- resume --manifest plans/x --launcher slurm --time 1:00:00

  --manifest FILE       the plan's manifest, or its folder
  --launcher NAME       local or slurm (default local)
${jobsHelp}
${placeHelp}

${slurmHelp}`,

  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        ...placeFlags,
        ...slurmFlags,
        manifest: { type: 'string' },
        launcher: { type: 'string', default: 'local' },
        jobs: { type: 'string' },
      },
    });
    if (values.manifest === undefined) throw new UsageError('Name the plan: --manifest DIR.');
    const [launcher] = parseList(values.launcher, '--launcher', z.enum(['local', 'slurm']));
    const place = parsePlace(values);
    const lines = await readManifest(values.manifest);
    const states = await statesOf(lines, place, await queuedLines(values.manifest));
    const open = lines.flatMap((_, index) =>
      ['missing', 'failed'].includes(states[index]!.kind) ? [index] : [],
    );
    if (launcher === 'slurm') {
      const only = new Set(open);
      return submit({ manifest: values.manifest, lines, only, place, flags: values });
    }
    if (open.length === 0) {
      console.log('Nothing to do: every run is done, running or queued.');
      return 0;
    }
    const missing = open.map((index) => lines[index]!);
    return runHere(missing, await scheduled(missing, place, values.jobs));
  },
};

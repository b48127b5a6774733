/** `npm run evaluate -- run`, and without a command the smoke suite. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError } from '../../core/errors.ts';
import { slurmFlags, slurmHelp, submit } from '../launch/slurm.ts';
import { linesOf, readManifest, type Line } from '../plan/manifest.ts';
import { perform } from '../launch/perform.ts';
import { recordPath } from '../runs/store.ts';
import { formatRecords } from './summary.ts';
import type { Command } from './command.ts';
import { parseList } from './flags.ts';
import { jobsHelp, parsePlace, placeFlags, placeHelp, scheduled } from './execution.ts';
import {
  namesHelp,
  requestedSpecs,
  requestFlags,
  requestHelp,
  type RequestFlags,
} from './request.ts';
import { stopOnSignal } from './signals.ts';

const help = `Trains and tests every combination of tasks, models, regimes and seeds; a run that has a
record already is skipped, one that was interrupted goes on where it was.

  npm run evaluate -- run --task recall,text --model transformer,local,s4d \\
      --regime scratch,spt --seed 1,2,3 --tier lite --jobs 2
  npm run evaluate -- run --suite core --seed 1 --ruleset tuned
  npm run evaluate -- run --manifest plans/x --launcher slurm --time 2:00:00 --cpus 4

${requestHelp}

  --manifest FILE       the runs of a plan, instead of all the flags above

  --launcher NAME       local: child processes here; slurm: job arrays, of a manifest (local)
${jobsHelp}
${placeHelp}
  --debug               shows where an error came from

${slurmHelp}

${namesHelp}`;

const options = {
  ...requestFlags,
  ...placeFlags,
  ...slurmFlags,
  manifest: { type: 'string' },
  launcher: { type: 'string', default: 'local' },
  jobs: { type: 'string' },
} as const;

export const run: Command = {
  help,
  async run(args) {
    const { values } = parseArgs({ args, options });
    const [launcher] = parseList(values.launcher, '--launcher', z.enum(['local', 'slurm']));
    const place = parsePlace(values);
    const lines = await linesAskedFor(values);
    if (launcher === 'slurm') {
      if (values.manifest === undefined) {
        throw new UsageError(
          '--launcher slurm needs a manifest: write one with npm run evaluate -- plan --out DIR, and name it with --manifest DIR.',
        );
      }
      return submit({ manifest: values.manifest, lines, only: undefined, place, flags: values });
    }
    return runHere(lines, await scheduled(lines, place, values.jobs));
  },
};

/** The suite that `npm run evaluate` runs: its flags are those of `run`, with other defaults. */
export function smoke(args: string[]): Promise<number> {
  return run.run(['--suite', 'smoke', ...args]);
}

async function linesAskedFor(
  values: RequestFlags & { manifest?: string | undefined },
): Promise<Line[]> {
  if (values.manifest === undefined) return linesOf(requestedSpecs(values));
  const also = Object.keys(requestFlags).find(
    (flag) => values[flag as keyof RequestFlags] !== undefined,
  );
  if (also) throw new UsageError(`--${also} says nothing beside --manifest, which has the runs.`);
  return readManifest(values.manifest);
}

/** Does the lines here and prints the records; exit code 0, 1 after a failure, 130 where stopped. */
export async function runHere(
  lines: readonly Line[],
  options: Omit<Parameters<typeof perform>[1], 'stop'>,
): Promise<number> {
  const { stop, forget } = stopOnSignal(['SIGINT', 'SIGTERM', 'SIGHUP']);
  const { records, failures, stopped } = await perform(lines, { ...options, stop });
  forget();
  if (records.length > 0) {
    console.log(formatRecords(records));
    console.log(`\nrecords: ${recordPath(options.out, records[0]!.spec).replace(/[^/]+$/, '')}`);
  }
  if (failures > 0) return 1;
  return stopped > 0 ? 130 : 0;
}

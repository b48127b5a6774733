/** `npm run evaluate -- run`, and without a command the smoke suite. */
import { command, type Command } from '../../core/cli/command.ts';
import { file, flag } from '../../core/cli/flags.ts';
import { UsageError } from '../../core/errors.ts';
import { executeLines, type LaunchOptions } from '../launch/executeLines.ts';
import { enqueue } from '../launch/slurm.ts';
import { linesOf, readManifest, type Line } from '../plan/manifest.ts';
import { recordPath } from '../runs/store.ts';
import { launchFlags, scheduled } from './execution.ts';
import { namesHelp, requestedSpecs, requestFlags, requireNoRequest } from './request.ts';
import { stopOnSignal } from './signals.ts';
import { launcherFlag, slurmFlags, slurmRequest } from './slurm.ts';
import { formatRecords } from './summary.ts';

export const run = command({
  name: 'npm run evaluate -- run',
  about:
    'Trains and tests every combination of tasks, models, regimes and seeds. A run that has a record is skipped, one that was interrupted goes on from its checkpoint.',
  flags: {
    ...requestFlags,
    manifest: flag(file, { help: 'the runs of a plan, in place of all the flags above' }),
    launcher: launcherFlag,
    ...launchFlags,
    ...slurmFlags,
  },
  notes: namesHelp,
  examples: [
    '--task recall,text --model transformer,local,s4d --seed 1,2,3 --jobs 2',
    '--suite core --seed 1 --ruleset tuned',
    '--manifest plans/x --launcher slurm --time 2:00:00 --cpus 4',
  ],
  async run(values) {
    const { manifest } = values;
    if (manifest !== undefined) requireNoRequest(values);
    const lines =
      manifest === undefined ? linesOf(requestedSpecs(values)) : await readManifest(manifest);
    if (values.launcher === 'local') return executeAndPrint(lines, await scheduled(lines, values));
    if (manifest === undefined)
      throw new UsageError(
        '--launcher slurm needs a manifest: write one with npm run evaluate -- plan --out DIR, and name it with --manifest DIR.',
      );
    return enqueue(slurmRequest(lines, undefined, { ...values, manifest }));
  },
});

/** The suite that `npm run evaluate` runs: its flags are those of `run`, with other defaults. */
export const smoke: Command = {
  help: run.help,
  run: (args) => run.run(['--suite', 'smoke', ...args]),
};

/** Executes the lines here and prints the records. @returns 0, 1 after a failure, 130 if stopped */
export async function executeAndPrint(
  lines: readonly Line[],
  options: Omit<LaunchOptions, 'stop'>,
): Promise<number> {
  const { stop, forget } = stopOnSignal(['SIGINT', 'SIGTERM', 'SIGHUP']);
  const { records, failures, stopped } = await executeLines(lines, { ...options, stop });
  forget();
  if (records.length > 0) {
    console.log(formatRecords(records));
    console.log(`\nrecords: ${recordPath(options.out, records[0]!.spec).replace(/[^/]+$/, '')}`);
  }
  if (failures > 0) return 1;
  return stopped > 0 ? 130 : 0;
}

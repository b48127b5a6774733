/** `npm run evaluate -- report` */
import { command } from '../../core/cli/command.ts';
import { flag, text, toggle } from '../../core/cli/flags.ts';
import { RunError } from '../../core/errors.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { selectRecords } from '../plan/select.ts';
import { recordsFlag } from './execution.ts';
import { formatRecords, formatStandings } from './summary.ts';

const only = (noun: string) =>
  flag(text, { word: 'NAMES', help: `only records of these ${noun}s`, shown: 'all' });

export const report = command({
  name: 'npm run evaluate -- report',
  about:
    'Prints the records as one table per task, with the curve against distance; then the ranks with ties, the means over tasks, what self-pretraining adds, and what has been run.',
  flags: {
    tier: only('tier'),
    task: only('task'),
    model: only('model'),
    regime: only('regime'),
    quick: toggle('trusts that the predictions that records name are there, unaltered'),
    records: recordsFlag,
  },
  examples: ['--tier lite', '--task recall,text-distance --regime scratch,spt'],
  async run({ records, quick, ...selection }) {
    const all = readRecords(records, { quick });
    const files = all.length === 0 ? all : selectRecords(all, selection);
    if (files.length === 0)
      throw new RunError(
        `No such records in ${records}; make some with npm run evaluate, or name another folder with --records.`,
      );
    console.log(`${formatRecords(files.map(({ record }) => record))}\n\n${formatStandings(files)}`);
  },
});

/** `npm run evaluate -- report` */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readRecords } from '../../leaderboards/records/read.ts';
import { RunError } from '../../core/errors.ts';
import { selectRecords } from '../plan/select.ts';
import { formatRecords, formatStandings } from './summary.ts';
import type { Command } from './command.ts';

const runs = fileURLToPath(new URL('../../leaderboards/runs', import.meta.url));

export const report: Command = {
  help: `Prints the records as one table a task, with the curve of accuracy against distance; then the
ranks with ties, the means over tasks, what self-pretraining adds, and what has been run.

  npm run evaluate -- report --tier lite
  npm run evaluate -- report --task recall,text-distance --regime scratch,spt

  --tier NAMES, --task NAMES, --model NAMES, --regime NAMES
                        only the records of these (default all)
  --quick               trusts that the predictions that records name are there, unaltered
  --out DIR             records (default leaderboards/runs)`,

  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        tier: { type: 'string' },
        task: { type: 'string' },
        model: { type: 'string' },
        regime: { type: 'string' },
        quick: { type: 'boolean', default: false },
        out: { type: 'string', default: runs },
      },
    });
    const all = readRecords(values.out, { quick: values.quick });
    const files = all.length === 0 ? all : selectRecords(all, values);
    if (files.length === 0) {
      throw new RunError(
        `No such records in ${values.out}; make some with npm run evaluate, or name another folder with --out.`,
      );
    }
    console.log(`${formatRecords(files.map(({ record }) => record))}\n\n${formatStandings(files)}`);
    return 0;
  },
};

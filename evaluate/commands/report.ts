/** `npm run evaluate -- report` */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readRecords } from '../../leaderboards/read.ts';
import { RunError } from '../errors.ts';
import { formatRecords, formatStandings } from '../runs/summary.ts';
import type { Command } from './command.ts';

const runs = fileURLToPath(new URL('../../leaderboards/runs', import.meta.url));

export const report: Command = {
  help: `Prints the records as one table a task, with the curve of accuracy against distance; then the
ranks with ties, the means over tasks and what self-pretraining adds.

  npm run evaluate -- report [--tier lite] [--task NAME] [--out DIR]`,

  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        tier: { type: 'string' },
        task: { type: 'string' },
        out: { type: 'string', default: runs },
      },
    });
    const files = readRecords(values.out).filter(
      ({ record: { spec } }) =>
        (values.tier ?? spec.tier) === spec.tier && (values.task ?? spec.task) === spec.task,
    );
    if (files.length === 0) {
      throw new RunError(
        `No such records in ${values.out}; make some with npm run evaluate, or name another folder with --out.`,
      );
    }
    console.log(`${formatRecords(files.map(({ record }) => record))}\n\n${formatStandings(files)}`);
    return 0;
  },
};

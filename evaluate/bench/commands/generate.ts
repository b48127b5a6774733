/** `npm run bench -- generate` */
import { command } from '../../../core/cli/command.ts';
import { flag } from '../../../core/cli/flags.ts';
import { benchGenerate, formatGenerate } from '../generate.ts';
import { count, jsonFlag, progressOf, writeReport } from './flags.ts';

export const generate = command({
  name: 'npm run bench -- generate',
  about: 'Measures examples per second on one core, and the memory of large data sets.',
  flags: {
    seconds: flag(count, { default: 5, help: 'seconds for which examples of each task are made' }),
    examples: flag(count, {
      help: 'examples of the data sets that are written',
      shown: '100000 of listops, 10000 of pathx',
    }),
    json: jsonFlag,
  },
  examples: ['', '--seconds 1 --examples 1000'],
  async run({ seconds, examples, json }) {
    const progress = progressOf('generate');
    const report = await benchGenerate({ seconds, examples }, progress);
    progress();
    console.log(formatGenerate(report));
    await writeReport(json, report);
  },
});

/** `npm run generate -- list` */
import { styleText } from 'node:util';
import { command } from '../../core/cli/command.ts';
import { tasks } from '../registry.ts';

export const list = command({
  name: 'npm run generate -- list',
  about: 'Prints the tasks, their tiers and parameters.',
  flags: {},
  examples: [''],
  async run() {
    for (const task of tasks) {
      console.log(`${styleText('bold', task.name)}  ${task.title}, ${task.kind}. ${task.summary}`);
      for (const [tier, options] of Object.entries(task.tiers)) {
        const { length, documents, classes, counts, distances } = task.shape(options);
        const grid = distances.length > 0 ? `, distances ${distances.join(' ')}` : '';
        console.log(
          `  ${tier.padEnd(5)}  ${documents === 1 ? '' : `${documents} x `}${length} tokens, ${classes} classes, ${counts.train} train, ${counts.val} val, ${counts.test} test${grid}`,
        );
        const parameters = Object.entries(options).map(
          ([name, value]) => `${name}=${String(value)}`,
        );
        console.log(`         ${parameters.join(' ')}`);
      }
    }
  },
});

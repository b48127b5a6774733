/** `npm run evaluate -- engines` */
import { command } from '../../core/cli/command.ts';
import { toggle } from '../../core/cli/flags.ts';
import { formatEngines, listEngines } from '../engine/open.ts';

export const engines = command({
  name: 'npm run evaluate -- engines',
  about: 'Says which engines work on this machine, on which device, and what the others lack.',
  flags: { json: toggle('the list as JSON') },
  examples: ['', '--json'],
  async run({ json }) {
    const list = await listEngines();
    console.log(json ? JSON.stringify(list, null, 2) : formatEngines(list));
  },
});

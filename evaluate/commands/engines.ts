/** `npm run evaluate -- engines` */
import { parseArgs } from 'node:util';
import { formatEngines, listEngines } from '../engine/open.ts';
import type { Command } from './command.ts';

export const engines: Command = {
  help: `Says which engines work on this machine, on which device, and what the others lack.

  npm run evaluate -- engines [--json]`,

  async run(args) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
    const list = await listEngines();
    console.log(values.json ? JSON.stringify(list, null, 2) : formatEngines(list));
    return 0;
  },
};

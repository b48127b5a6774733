/** `npm run evaluate -- plan` */
import { command } from '../../core/cli/command.ts';
import { flag, folder } from '../../core/cli/flags.ts';
import { describe } from '../launch/words.ts';
import { linesOf, writeManifest } from '../plan/manifest.ts';
import { namesHelp, requestedSpecs, requestFlags } from './request.ts';

export const plan = command({
  name: 'npm run evaluate -- plan',
  about:
    'Writes the manifest of a plan: its runs, one JSON line each, which run, worker, status and resume take, on this machine and on a cluster.',
  flags: {
    out: flag(folder, {
      help: 'folder of the plan',
      required: 'Say where to put the plan: --out DIR.',
    }),
    ...requestFlags,
  },
  notes: namesHelp,
  examples: ['--suite core --seed 1,2,3 --out plans/core'],
  async run(values) {
    const lines = linesOf(requestedSpecs(values));
    const path = await writeManifest(values.out, lines);
    console.log(`${path}: ${describe(lines)}`);
  },
});

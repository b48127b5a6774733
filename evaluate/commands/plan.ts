/** `npm run evaluate -- plan` */
import { parseArgs } from 'node:util';
import { UsageError } from '../../core/errors.ts';
import { linesOf, writeManifest } from '../plan/manifest.ts';
import { describe } from '../launch/perform.ts';
import type { Command } from './command.ts';
import { namesHelp, requestedSpecs, requestFlags, requestHelp } from './request.ts';

export const plan: Command = {
  help: `Writes the manifest of a plan: its runs, one JSON line each, which run, worker, status and
resume take, here and on a cluster.

  npm run evaluate -- plan --suite core --seed 1,2,3 --out plans/core
  npm run evaluate -- run --manifest plans/core

  --out DIR             folder of the plan
${requestHelp}

${namesHelp}`,

  async run(args) {
    const { values } = parseArgs({
      args,
      options: { ...requestFlags, out: { type: 'string' } },
    });
    if (values.out === undefined) throw new UsageError('Say where to put the plan: --out DIR.');
    const lines = linesOf(requestedSpecs(values));
    const path = await writeManifest(values.out, lines);
    console.log(`${path}: ${describe(lines)}`);
    return 0;
  },
};

/** `npm run generate -- verify` */
import { styleText } from 'node:util';
import { command, operand } from '../../core/cli/command.ts';
import { toggle } from '../../core/cli/flags.ts';
import { DataError } from '../../core/errors.ts';
import { countReporter } from '../../core/terminal/progress.ts';
import { verifyDataset } from '../verify/dataset.ts';
import { sourcesFlag } from './choice.ts';

export const verify = command({
  name: 'npm run generate -- verify',
  about: 'Checks the certificates, splits and checksums of a data set, and makes examples again.',
  operands: { dir: operand('DIR', 'one folder with a data set') },
  flags: {
    full: toggle('makes all examples again, and not only a sample of them'),
    sources: sourcesFlag,
  },
  examples: ['data/recall'],
  async run({ dir, full, sources }) {
    const onProgress = countReporter('read');
    const findings = await verifyDataset(dir, { full, sources, onProgress });
    for (const { rule, holds, detail } of findings)
      if (holds) console.log(`${styleText('green', 'holds ')} ${rule.padEnd(9)}  ${detail}`);
    const broken = findings.find(({ holds }) => !holds);
    if (!broken) return console.log(`${dir}: every rule holds.`);
    const group = broken.group === undefined ? '' : `, group ${broken.group}`;
    throw new DataError(
      `${dir} breaks the rule '${broken.rule}' in ${broken.file ?? 'meta.json'}${group}: ${broken.detail}`,
    );
  },
});

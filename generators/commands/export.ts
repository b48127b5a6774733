/** `npm run generate -- export` */
import { command, operand } from '../../core/cli/command.ts';
import { flag, folder, repeated, text } from '../../core/cli/flags.ts';
import { UsageError } from '../../core/errors.ts';
import { findTask } from '../registry.ts';
import { exportDataset, formatNames, formatsFrom, type FormatName } from '../store/export.ts';
import { readMeta } from '../store/meta.ts';
import { forceFlag } from './choice.ts';
import { secondsSince } from './progress.ts';

export const exportCommand = command({
  name: 'npm run generate -- export',
  about: 'Writes a data set in another format.',
  operands: { dir: operand('DIR', 'one folder with a data set') },
  flags: {
    format: repeated(text, { word: 'NAME', help: formatNames.slice(1).join(', ') }),
    out: flag(folder, { help: 'folder to be made' }),
    force: forceFlag,
  },
  examples: ['data/recall --format jsonl --out data/recall-jsonl'],
  async run({ dir, format, out, force }) {
    const { task, shape } = await readMeta(dir);
    const [name, ...more] = formatsFrom(format, findTask(task), shape);
    if (name === undefined || more.length > 0 || out === undefined)
      throw new UsageError(
        `Say which format, and where to put it: generate export ${dir} --format NAME --out OUT, where NAME is one of ${formatNames.slice(1).join(', ')}.`,
      );
    await exportTo(dir, name, out, force);
  },
});

/** Writes a finished data set in another format. */
export async function exportTo(
  dir: string,
  format: FormatName,
  out: string,
  force: boolean,
): Promise<void> {
  const started = performance.now();
  const outcome = await exportDataset(dir, format, out, force);
  if (outcome === 'kept') console.log(`${out} holds this data set as ${format} already.`);
  else console.log(`Wrote ${out} as ${format} in ${secondsSince(started)} s.`);
}

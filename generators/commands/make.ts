/** `npm run generate -- TASK`: makes a data set. */
import { join } from 'node:path';
import { command, operand } from '../../core/cli/command.ts';
import { flag, folder, repeated, text, whole } from '../../core/cli/flags.ts';
import { UsageError } from '../../core/errors.ts';
import { formatNames, formatsFrom } from '../store/export.ts';
import { writeDataset } from '../store/write.ts';
import { countOf, partsOf } from '../task.ts';
import { choiceFlags, choose, forceFlag } from './choice.ts';
import { exportTo } from './export.ts';
import { interruptible, reporters, secondsSince, tell } from './progress.ts';

export const make = command({
  name: 'npm run generate --',
  about:
    'Makes a data set in a folder. Interrupted by Ctrl-C, a kill or a full disk, the same command goes on where it was.',
  operands: { task: operand('TASK', 'one task, such as recall') },
  flags: {
    out: flag(folder, { help: 'folder to be made' }),
    ...choiceFlags,
    force: forceFlag,
    workers: flag(whole(1, 999), {
      help: 'threads that make examples; the bytes do not depend on it',
      shown: 'one per core, or 1 where that is faster',
    }),
    format: repeated(text, {
      word: 'NAMES',
      help: `${formatNames.join(', ')}; several joined by commas. npy is always made, and is what verify and the trainer read; the others go into DIR/NAME. lra: the Long Range Arena's own files, for standard tasks`,
    }),
  },
  examples: [
    'recall --tier smoke --out data/recall',
    'recall --data-seed 7 --set gap=2 --set distances=16,64 --out data/recall-16-64',
    'listops --tier lra --workers 8 --format parquet,lra --out data/listops',
  ],
  async run(values) {
    const choice = choose(values.task, values);
    const { task, tier, options, seed } = choice;
    const { out, force, workers } = values;
    if (out === undefined)
      throw new UsageError(`Say where to put the data set: generate ${task.name} --out DIR.`);
    const shape = task.shape(options);
    const others = formatsFrom(values.format, task, shape);
    const started = performance.now();
    const outcome = await interruptible((signal) =>
      writeDataset({
        ...choice,
        out,
        force,
        workers,
        signal,
        onNote: tell,
        onProgress: reporters(task.name),
      }),
    );
    const counts = partsOf(shape).map((part) => `${countOf(shape, part)} ${part}`);
    const what = `${task.name}, tier ${tier}, seed ${seed}: ${counts.join(', ')} examples`;
    if (outcome === 'kept') console.log(`${out} holds this data set already, whole (${what}).`);
    else console.log(`Made ${out} in ${secondsSince(started)} s (${what}).`);
    for (const format of others) await exportTo(out, format, join(out, format), true);
  },
});

/** `npm run generate -- show` */
import { command, operand } from '../../core/cli/command.ts';
import { file, flag, oneOf, toggle, whole } from '../../core/cli/flags.ts';
import { UsageError } from '../../core/errors.ts';
import { claimFile, writeWhole } from '../../core/files.ts';
import { splits } from '../../core/vocabulary.ts';
import { unscan } from '../pictures/pictures.ts';
import { encodeGrey } from '../pictures/png.ts';
import { renderReading } from '../reading.ts';
import { defaultSources } from '../sources/folder.ts';
import { makeRow } from '../store/rows.ts';
import { countOf, partMaker } from '../task.ts';
import { choiceFlags, choose } from './choice.ts';

export const show = command({
  name: 'npm run generate -- show',
  about: 'Prints one example of a task, readable.',
  operands: { task: operand('TASK', 'one task') },
  flags: {
    ...choiceFlags,
    split: flag(oneOf('split', [...splits, 'signal']), {
      default: 'train',
      help: 'split of the example: train, val or test; or signal, where the inputs hold one',
    }),
    index: flag(whole(), { default: 0, help: 'number of the example, from 0' }),
    png: flag(file, { help: 'also writes the picture that is shown to FILE' }),
    force: toggle('replaces FILE if it exists'),
  },
  examples: ['recall', 'listops --tier smoke --index 3', 'pathfinder --split test --png x.png'],
  async run(values) {
    const { split, index, png } = values;
    const { task, tier, options, seed, sources } = choose(values.task, values);
    const shape = task.shape(options);
    const { picture } = shape;
    const total = countOf(shape, split);
    if (total === 0)
      throw new UsageError(
        `--split cannot be ${split}: the inputs of ${task.name} hold no signal; ask for one with --set signal=near, where the task has that parameter.`,
      );
    if (index >= total)
      throw new UsageError(
        `--index cannot be ${index}: ${task.name} has ${total} ${split} examples at tier ${tier}, 0 to ${total - 1}.`,
      );
    if (png !== undefined && !picture)
      throw new UsageError(`--png needs pictures, but the examples of ${task.name} are none.`);
    if (png !== undefined) await claimFile(png, values.force);
    const opened = await task.open(options, seed, sources ?? defaultSources());
    const made = makeRow({ task: task.name, seed, shape }, partMaker(opened))(split, index);
    const distance = task.kind === 'controlled' ? `, distance ${made.distance}` : '';
    console.log(
      `${task.name}, tier ${tier}, seed ${seed}, ${split} example ${index} of ${total}: label ${made.label}, group ${made.group}${distance}`,
    );
    console.log(renderReading(task.read(made, options, split)));
    if (png === undefined || !picture) return;
    await writeWhole(png, encodeGrey(unscan(made.tokens, picture), picture));
    console.log(`Wrote ${png}.`);
  },
});

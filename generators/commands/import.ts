/** `npm run generate -- import` */
import { command, operand } from '../../core/cli/command.ts';
import { flag, folder } from '../../core/cli/flags.ts';
import { UsageError } from '../../core/errors.ts';
import { splits } from '../../core/vocabulary.ts';
import type { PartName } from '../task.ts';
import { importDataset } from '../store/import.ts';
import { choose, forceFlag, setFlag, tierFlag } from './choice.ts';
import { interruptible, reporters, tell } from './progress.ts';

export const importCommand = command({
  name: 'npm run generate -- import',
  about: 'Reads files of the Long Range Arena into a data set.',
  operands: {
    task: operand('TASK', 'one task'),
    from: operand('DIR', "one folder with the task's files"),
  },
  flags: {
    out: flag(folder, { help: 'folder to be made' }),
    tier: { ...tierFlag, shown: 'lra' },
    set: setFlag,
    force: forceFlag,
  },
  examples: ['listops lra_release/listops-1000 --out data/listops-lra'],
  async run({ from, out, force, set, tier = 'lra', ...values }) {
    const { task, options } = choose(values.task, { tier, set });
    if (out === undefined)
      throw new UsageError(
        `Say where to put the data set: generate import ${task.name} ${from} --out OUT.`,
      );
    const found: Partial<Record<PartName, number>> = {};
    const report = reporters(task.name);
    const outcome = await interruptible((signal) =>
      importDataset({
        task,
        tier,
        options,
        from,
        out,
        force,
        signal,
        onNote: tell,
        onSkip: (sentence) => console.error(sentence),
        onProgress: (progress) => {
          found[progress.split] = progress.done;
          report(progress);
        },
      }),
    );
    if (outcome === 'kept') return console.log(`${out} holds what is in ${from} already.`);
    const counts = splits.map((split) => `${found[split]} ${split}`).join(', ');
    console.log(`Read ${from} into ${out} (${task.name}: ${counts} examples).`);
  },
});

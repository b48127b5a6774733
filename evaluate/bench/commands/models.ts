/** `npm run bench -- models` */
import { command } from '../../../core/cli/command.ts';
import { file, flag } from '../../../core/cli/flags.ts';
import { runModels } from '../modelsCommand.ts';
import { batchFlag, count, engineFlag, lengthsFlag, modelsFlag, threadsFlag } from './flags.ts';

export const models = command({
  name: 'npm run bench -- models',
  about:
    'Measures time and peak memory of a training step of every model at growing lengths, and how they grow beside the order that each claims.',
  flags: {
    model: modelsFlag({ shown: 'all, those of order L² to 8,192 tokens' }),
    length: lengthsFlag([256, 512, 1024, 2048, 4096]),
    batch: batchFlag(4),
    steps: flag(count, { default: 5, help: 'steps to take the median of' }),
    threads: threadsFlag,
    engine: engineFlag,
    json: flag(file, {
      help: 'one line of JSON for each model and length, written as soon as it is measured',
    }),
  },
  examples: ['', '--model transformer,mamba --length 256,1024 --json cells.jsonl'],
  async run({ model, length, json, ...rest }) {
    await runModels({ models: model, lengths: length, ...rest }, json);
  },
});

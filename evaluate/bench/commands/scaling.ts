/** `npm run bench -- scaling` */
import { command } from '../../../core/cli/command.ts';
import { flag } from '../../../core/cli/flags.ts';
import { runScaling } from '../modelsCommand.ts';
import { scalingLengths, scalingModels } from '../scaling.ts';
import {
  batchFlag,
  count,
  engineFlag,
  jsonFlag,
  lengthsFlag,
  modelsFlag,
  threadsFlag,
  writeReport,
} from './flags.ts';

export const scaling = command({
  name: 'npm run bench -- scaling',
  about:
    'Measures time, speed and peak memory of a training step of a few models from short to long sequences, and the exponent between the ends.',
  flags: {
    model: modelsFlag({ shown: scalingModels.join(','), default: scalingModels }),
    length: lengthsFlag(scalingLengths),
    batch: batchFlag(1),
    steps: flag(count, { default: 3, help: 'steps to take the median of' }),
    threads: threadsFlag,
    engine: engineFlag,
    json: jsonFlag,
  },
  examples: ['', '--model local,s4d --length 256,512'],
  async run({ model, length, json, ...rest }) {
    const report = await runScaling({ models: model, lengths: length, ...rest });
    if (report) await writeReport(json, report);
  },
});

/** `npm run bench -- engines` */
import { command } from '../../../core/cli/command.ts';
import { flag } from '../../../core/cli/flags.ts';
import { referenceStep } from '../../training/stepper.ts';
import { benchEngines, formatEngineTimes } from '../engines.ts';
import {
  batchFlag,
  count,
  jsonFlag,
  lengthFlag,
  modelFlag,
  progressOf,
  writeReport,
} from './flags.ts';

export const engines = command({
  name: 'npm run bench -- engines',
  about:
    'Takes the same training steps on every engine that works on this machine, and says how far their losses are from each other.',
  flags: {
    model: modelFlag,
    length: lengthFlag(128),
    batch: batchFlag(4),
    steps: flag(count, {
      default: 20,
      help: 'steps whose losses are compared; times are the median',
    }),
    json: jsonFlag,
  },
  examples: ['', '--model mamba'],
  async run({ model, length, batch, steps, json }) {
    const progress = progressOf('engines');
    const shape = { ...referenceStep, model, length, batch };
    const report = await benchEngines(shape, steps, progress);
    progress();
    console.log(formatEngineTimes(report));
    await writeReport(json, report);
  },
});

/** `npm run bench -- roofline` */
import { command } from '../../../core/cli/command.ts';
import { flag } from '../../../core/cli/flags.ts';
import { referenceStep } from '../../training/stepper.ts';
import { benchRoofline, formatRoofline } from '../roofline.ts';
import {
  batchFlag,
  count,
  jsonFlag,
  lengthFlag,
  modelFlag,
  threadsFlag,
  writeReport,
} from './flags.ts';

export const roofline = command({
  name: 'npm run bench -- roofline',
  about:
    "Shows how the time of a step is spent, by operator, beside the machine's peaks in arithmetic and memory.",
  flags: {
    model: modelFlag,
    threads: threadsFlag,
    steps: flag(count, { default: 5, help: 'steps to take the mean of' }),
    length: lengthFlag(),
    batch: batchFlag(),
    json: jsonFlag,
  },
  examples: ['', '--model s4d --length 2048'],
  async run({ model, threads, steps, length, batch, json }) {
    const report = await benchRoofline(
      { ...referenceStep, model, length, batch },
      { threads, steps },
    );
    console.log(formatRoofline(report));
    await writeReport(json, report);
  },
});

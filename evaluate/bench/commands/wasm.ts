/** `npm run bench -- wasm` */
import { command } from '../../../core/cli/command.ts';
import { flag } from '../../../core/cli/flags.ts';
import { referenceStep } from '../../training/stepper.ts';
import { benchWasm, formatWasm } from '../wasm.ts';
import {
  batchFlag,
  count,
  jsonFlag,
  lengthFlag,
  modelsFlag,
  progressOf,
  writeReport,
} from './flags.ts';

export const wasm = command({
  name: 'npm run bench -- wasm',
  about:
    "Measures a training step of every model beside the same step on tfjs's WebAssembly backend, in turn.",
  flags: {
    model: modelsFlag({ shown: 'all' }),
    length: lengthFlag(256),
    batch: batchFlag(4),
    pairs: flag(count, { default: 5, help: 'steps of each to compare' }),
    json: jsonFlag,
  },
  examples: ['', '--model transformer,s4d'],
  async run({ model, length, batch, pairs, json }) {
    const progress = progressOf('wasm');
    const shape = { ...referenceStep, length, batch };
    const report = await benchWasm({ shape, pairs }, model, progress);
    progress();
    console.log(formatWasm(report));
    await writeReport(json, report);
  },
});

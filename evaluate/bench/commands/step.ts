/** `npm run bench -- step` */
import { command } from '../../../core/cli/command.ts';
import { flag, listOf, oneOf } from '../../../core/cli/flags.ts';
import { referenceStep } from '../../training/stepper.ts';
import { benchStep, formatStep } from '../stepBench.ts';
import { peerWays, twins } from '../torch.ts';
import {
  batchFlag,
  count,
  counts,
  engineFlag,
  jsonFlag,
  lengthFlag,
  modelFlag,
  progressOf,
  writeReport,
} from './flags.ts';

export const step = command({
  name: 'npm run bench -- step',
  about:
    'Measures a training step of one model, beside those of PyTorch and JAX in turn where evaluate/bench/peers/README.md was followed.',
  flags: {
    model: { ...modelFlag, help: `any model; PyTorch has ${twins.join(', ')}` },
    engine: engineFlag,
    threads: flag(counts, { default: [1, 2], help: 'CPU threads, one measurement each' }),
    pairs: flag(count, { default: 15, help: 'steps of each to compare' }),
    peers: flag(listOf(oneOf('way', peerWays), 'WAYS'), {
      default: ['eager'],
      help: `PyTorch in several ways, and JAX, joined by commas: ${peerWays.join(', ')}`,
    }),
    length: lengthFlag(),
    batch: batchFlag(),
    json: jsonFlag,
  },
  examples: ['', '--threads 1 --pairs 30 --peers eager,compiled,jax --json step.json'],
  async run({ model, engine, threads, pairs, peers, length, batch, json }) {
    const shape = { ...referenceStep, model, length, batch };
    const progress = progressOf('step');
    const report = await benchStep({ engine, threads, pairs, shape, ways: peers }, (each, pair) =>
      progress(`${each} threads: pair ${pair} of ${pairs}`),
    );
    progress();
    console.log(formatStep(report));
    await writeReport(json, report);
  },
});

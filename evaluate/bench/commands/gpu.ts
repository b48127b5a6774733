/** `npm run bench -- gpu` */
import { command } from '../../../core/cli/command.ts';
import { flag, oneOf } from '../../../core/cli/flags.ts';
import { engineNames } from '../../engine/open.ts';
import { benchGpu, formatGpu } from '../gpu.ts';
import {
  batchFlag,
  count,
  counts,
  jsonFlag,
  lengthsFlag,
  modelsFlag,
  progressOf,
  writeReport,
} from './flags.ts';

const models = ['transformer', 's4d'];

export const gpu = command({
  name: 'npm run bench -- gpu',
  about:
    'Measures the training step on a GPU, a row for each model, width and length, beside PyTorch eager and compiled on the same GPU, in turn; prints a Markdown table.',
  flags: {
    model: modelsFlag({ shown: models.join(','), default: models }),
    width: flag(counts, { default: [128, 512], help: 'channels, in heads of 32' }),
    length: lengthsFlag([1024, 4096]),
    batch: batchFlag(32),
    layers: flag(count, { default: 4, help: 'blocks' }),
    steps: flag(count, { default: 10, help: 'steps of each to take the median of' }),
    engine: flag(oneOf('engine', engineNames), {
      default: 'onnx-webgpu',
      help: engineNames.join(', '),
    }),
    torch: flag(oneOf('device', ['cuda', 'cpu']), {
      default: 'cuda',
      help: 'device of PyTorch: cuda or cpu',
    }),
    json: jsonFlag,
  },
  examples: ['', '--model transformer --length 1024'],
  async run({ model, width, length, batch, layers, steps, engine, torch, json }) {
    const progress = progressOf('gpu');
    const report = await benchGpu(
      {
        models: model ?? models,
        widths: width,
        lengths: length,
        batch,
        layers,
        steps,
        engine,
        torch,
      },
      (_, done, all) => progress(`${done} of ${all}`),
    );
    progress();
    console.log(formatGpu(report));
    await writeReport(json, report);
  },
});

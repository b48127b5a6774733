/** `npm run bench`: finds the benchmark and turns errors into one sentence and an exit code. */
import { stderr } from 'node:process';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError, unknown, exitCode, messageOf } from '../../core/errors.ts';
import { findMixer } from '../../models/registry.ts';
import { engineNames } from '../engine/open.ts';
import { writeWhole } from '../../core/files.ts';
import { benchGenerate, formatGenerate } from './generate.ts';
import { benchEngines, formatEngineTimes } from './engines.ts';
import { benchGpu, formatGpu, type GpuOptions } from './gpu.ts';
import type { ModelsOptions } from './models.ts';
import { runModels, runScaling } from './modelsCommand.ts';
import { benchRoofline, formatRoofline } from './roofline.ts';
import { scalingLengths, scalingModels } from './scaling.ts';
import { referenceStep } from '../training/stepper.ts';
import { benchStep, formatStep } from './stepBench.ts';
import { twins } from './torch.ts';
import { benchWasm, formatWasm } from './wasm.ts';

interface Bench {
  /** Its lines in the help. */
  help: string;
  options: NonNullable<ParseArgsConfig['options']>;
  /** Measures, prints, and returns what --json is to hold, unless it has written that itself. */
  run(values: Record<string, string | undefined>): Promise<unknown>;
}

const progress = (text: string) => {
  if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
};

const benches: Record<string, Bench> = {
  step: {
    help: `  npm run bench -- step [flags]   a training step of one model, beside PyTorch's in turn
                                  where python3 can import torch
  --model NAME     any model (default transformer); PyTorch has ${twins.join(', ')}
  --engine NAME    ${engineNames.join(', ')} (default onnx-cpu)
  --threads LIST   CPU threads, one measurement each (default 1,2)
  --pairs N        steps of each to compare (default 15)
  --length N       tokens a sequence (default ${referenceStep.length})
  --batch N        sequences a step (default ${referenceStep.batch})`,
    options: {
      model: { type: 'string', default: 'transformer' },
      engine: { type: 'string', default: 'onnx-cpu' },
      threads: { type: 'string', default: '1,2' },
      pairs: { type: 'string', default: '15' },
      length: { type: 'string', default: String(referenceStep.length) },
      batch: { type: 'string', default: String(referenceStep.batch) },
    },
    async run(values) {
      const engine = engineName(values.engine!);
      const threads = values.threads!.split(',').map((text) => wholeNumber('--threads', text));
      const pairs = wholeNumber('--pairs', values.pairs!);
      const shape = {
        ...referenceStep,
        model: findMixer(values.model!).name,
        length: wholeNumber('--length', values.length!),
        batch: wholeNumber('--batch', values.batch!),
      };
      const report = await benchStep({ engine, threads, pairs, shape }, (count, pair) =>
        progress(`${count} threads: pair ${pair} of ${pairs}`),
      );
      progress('');
      console.log(formatStep(report));
      return report;
    },
  },
  roofline: {
    help: `  npm run bench -- roofline [flags]  where the time of a step goes, by operator, beside the machine's
                                  peaks in arithmetic and memory
  --model, --length, --batch    as above
  --threads N      CPU threads (default 1)
  --steps N        steps to take the mean of (default 5)`,
    options: {
      model: { type: 'string', default: 'transformer' },
      threads: { type: 'string', default: '1' },
      steps: { type: 'string', default: '5' },
      length: { type: 'string', default: String(referenceStep.length) },
      batch: { type: 'string', default: String(referenceStep.batch) },
    },
    async run(values) {
      const whole = (flag: string) => wholeNumber(`--${flag}`, values[flag]!);
      const model = findMixer(values.model!).name;
      const shape = { ...referenceStep, model, length: whole('length'), batch: whole('batch') };
      const report = await benchRoofline(shape, {
        threads: whole('threads'),
        steps: whole('steps'),
      });
      console.log(formatRoofline(report));
      return report;
    },
  },
  engines: {
    help: `  npm run bench -- engines [flags]  the same training steps on every engine that works here, and how
                                  far their losses are from each other
  --model NAME     any model (default transformer)
  --length N       tokens a sequence (default 128)
  --batch N        sequences a step (default 4)
  --steps N        steps whose losses are compared; times are the median (default 20)`,
    options: {
      model: { type: 'string', default: 'transformer' },
      length: { type: 'string', default: '128' },
      batch: { type: 'string', default: '4' },
      steps: { type: 'string', default: '20' },
    },
    async run(values) {
      const whole = (flag: string) => wholeNumber(`--${flag}`, values[flag]!);
      const model = findMixer(values.model!).name;
      const shape = { ...referenceStep, model, length: whole('length'), batch: whole('batch') };
      const report = await benchEngines(shape, whole('steps'), (engine) => progress(engine));
      progress('');
      console.log(formatEngineTimes(report));
      return report;
    },
  },
  wasm: {
    help: `  npm run bench -- wasm [flags]   a training step of every model beside the same step on tfjs's
                                  WebAssembly backend, in turn
  --model NAMES    models, with commas between (default all)
  --length N       tokens a sequence (default 256)
  --batch N        sequences a step (default 4)
  --pairs N        steps of each to compare (default 5)`,
    options: {
      model: { type: 'string' },
      length: { type: 'string', default: '256' },
      batch: { type: 'string', default: '4' },
      pairs: { type: 'string', default: '5' },
    },
    async run(values) {
      const whole = (flag: string) => wholeNumber(`--${flag}`, values[flag]!);
      const shape = { ...referenceStep, length: whole('length'), batch: whole('batch') };
      const probe = { shape, pairs: whole('pairs') };
      const report = await benchWasm(probe, values.model?.split(','), progress);
      progress('');
      console.log(formatWasm(report));
      return report;
    },
  },
  gpu: {
    help: `  npm run bench -- gpu [flags]    the training step on a GPU, a row for each model, width and length, beside
                                  PyTorch eager and compiled on the same GPU, in turn; as a Markdown table
  --models NAMES   models, with commas between (default transformer,s4d)
  --width LIST     channels (default 128,512), in heads of 32
  --length LIST    tokens a sequence (default 1024,4096)
  --batch N        sequences a step (default 32)
  --layers N       blocks (default 4)
  --steps N        steps of each to take the median of (default 10)
  --engine NAME    as above (default onnx-webgpu)
  --torch NAME     cuda or cpu: where PyTorch works (default cuda)`,
    options: {
      models: { type: 'string', default: 'transformer,s4d' },
      width: { type: 'string', default: '128,512' },
      length: { type: 'string', default: '1024,4096' },
      batch: { type: 'string', default: '32' },
      layers: { type: 'string', default: '4' },
      steps: { type: 'string', default: '10' },
      engine: { type: 'string', default: 'onnx-webgpu' },
      torch: { type: 'string', default: 'cuda' },
    },
    async run(values) {
      const whole = (flag: string) => wholeNumber(`--${flag}`, values[flag]!);
      const list = (flag: string) =>
        values[flag]!.split(',').map((text) => wholeNumber(`--${flag}`, text));
      const { torch } = values;
      if (torch !== 'cuda' && torch !== 'cpu')
        throw new UsageError(`--torch is '${torch}', expected cuda or cpu.`);
      const options: GpuOptions = {
        models: values.models!.split(',').map((name) => findMixer(name).name),
        ...{ widths: list('width'), lengths: list('length'), batch: whole('batch') },
        ...{ layers: whole('layers'), steps: whole('steps') },
        torch,
        engine: engineName(values.engine!),
      };
      const report = await benchGpu(options, (_, done, count) => progress(`${done} of ${count}`));
      progress('');
      console.log(formatGpu(report));
      return report;
    },
  },
  generate: {
    help: `  npm run bench -- generate [flags]   examples a second on one core, and the memory of large sets
  --seconds N      that examples of each task are made for (default 5)
  --examples N     of the sets that are written (default 100000 of listops, 10000 of pathx)`,
    options: { seconds: { type: 'string', default: '5' }, examples: { type: 'string' } },
    async run(values) {
      const seconds = wholeNumber('--seconds', values.seconds!);
      const examples = values.examples && wholeNumber('--examples', values.examples);
      const report = await benchGenerate({ seconds, examples: examples || undefined }, progress);
      progress('');
      console.log(formatGenerate(report));
      return report;
    },
  },
  models: {
    help: `  npm run bench -- models [flags]  time and peak memory of a training step of every model at growing
                                   lengths, and how they grow beside the order that each claims
  --model NAMES    models, with commas between (default all, those of order L² to 8,192 tokens)
  --length LIST    tokens a sequence (default 256,512,1024,2048,4096)
  --batch N        sequences a step (default 4)
  --steps N        steps to take the median of (default 5)
  --threads N      CPU threads (default 1)
  --engine NAME    as above
  --json FILE      one line of JSON for each model and length, written as soon as it is measured`,
    options: {
      model: { type: 'string' },
      length: { type: 'string', default: '256,512,1024,2048,4096' },
      batch: { type: 'string', default: '4' },
      steps: { type: 'string', default: '5' },
      threads: { type: 'string', default: '1' },
      engine: { type: 'string', default: 'onnx-cpu' },
    },
    async run(values) {
      await runModels(modelsOptions(values), values.json);
    },
  },
  scaling: {
    help: `  npm run bench -- scaling [flags]  time, speed and peak memory of a training step of a few models
                                   from short to long sequences, and the exponent between the ends
  --model NAMES    models, with commas between (default ${scalingModels.join(',')})
  --length LIST    tokens a sequence (default ${scalingLengths.join(',')})
  --batch N        sequences a step (default 1)
  --steps, --threads, --engine    as for models (default 3 steps)`,
    options: {
      model: { type: 'string', default: scalingModels.join(',') },
      length: { type: 'string', default: scalingLengths.join(',') },
      batch: { type: 'string', default: '1' },
      steps: { type: 'string', default: '3' },
      threads: { type: 'string', default: '1' },
      engine: { type: 'string', default: 'onnx-cpu' },
    },
    run: (values) => runScaling(modelsOptions(values)),
  },
};

const help = `Measures speed and memory.

${Object.values(benches)
  .map((bench) => bench.help)
  .join('\n\n')}

  --json FILE      also write the figures, every single one included, as JSON

  npm run bench -- step --threads 1 --pairs 30 --json step.json`;

async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h') return console.log(help);
  const bench = benches[name];
  if (!bench) throw new UsageError(unknown('benchmark', name, Object.keys(benches)));
  const { values } = parseArgs({
    args,
    options: {
      ...bench.options,
      help: { type: 'boolean', short: 'h' },
      json: { type: 'string' },
    },
  });
  if (values.help) return console.log(help);
  const report = await bench.run(values as Record<string, string | undefined>);
  const json = values.json;
  if (json && report !== undefined) await writeWhole(json, `${JSON.stringify(report, null, 2)}\n`);
}

function modelsOptions(values: Record<string, string | undefined>): ModelsOptions {
  const whole = (flag: string) => wholeNumber(`--${flag}`, values[flag]!);
  return {
    models: values.model?.split(','),
    lengths: values.length!.split(',').map((text) => wholeNumber('--length', text)),
    batch: whole('batch'),
    steps: whole('steps'),
    threads: whole('threads'),
    engine: engineName(values.engine!),
  };
}

function engineName(name: string): string {
  if ((engineNames as readonly string[]).includes(name)) return name;
  throw new UsageError(unknown('engine', name, engineNames));
}

function wholeNumber(flag: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`${flag} is '${text}': expected a whole number of at least 1.`);
}

const args = process.argv.slice(2);
const debug = args.includes('--debug');
try {
  await main(args.filter((arg) => arg !== '--debug'));
} catch (error) {
  console.error(debug && error instanceof Error ? error.stack : `Error: ${messageOf(error)}`);
  process.exitCode = exitCode(error);
}

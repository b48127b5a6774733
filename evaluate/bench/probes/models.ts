/**
 * The child process of one cell of `npm run bench -- models`, so that its peak memory is its own:
 * compiles the training step of one model at one length, takes some steps, and prints the figures.
 */
import { createModel } from '../../../models/backbone/backbone.ts';
import { parseOptions } from '../../../models/options.ts';
import { findMixer } from '../../../models/registry.ts';
import { programBytes } from '../../engine/memory.ts';
import { openEngine } from '../../engine/open.ts';
import { presetOf } from '../../plan/tiers.ts';
import { Stepper, feedsOf, programOf } from '../../training/stepper.ts';

/** One cell: a model at a length. */
export interface ModelProbe {
  model: string;
  length: number;
  batch: number;
  /** Steps that the clock counts. */
  steps: number;
  threads: number;
  engine: string;
}

export interface ModelFigures {
  /** Those that are matched; positions and others that grow with the length are left out. */
  parameters: number;
  /** Milliseconds to trace and compile. */
  compile: number;
  /** Milliseconds of each step, in the order taken. */
  times: number[];
  /** Resident set before the model is made: the program itself. */
  baseMegabytes: number;
  /** What the step was predicted to add to it (`engine/memory.ts`). */
  predictedMegabytes: number;
  /** Largest resident set of the process, from its start on. */
  peakMegabytes: number;
}

/** A step before the clock counts: memory is claimed and caches fill in the first one. */
const warmUp = 1;

export async function measure(probe: ModelProbe): Promise<ModelFigures> {
  const { length, batch, steps, threads } = probe;
  const shape = { length, batch, vocabulary: 32, classes: 10 };
  const mixer = findMixer(probe.model);
  const engine = await openEngine(probe.engine, { threads });
  const baseMegabytes = process.memoryUsage.rss() / 2 ** 20;
  const { size } = presetOf('recall', 'lite', 0);
  const readout = { readout: 'pool', padded: false } as const;
  const model = createModel(mixer, parseOptions(mixer, {}), { ...shape, ...readout }, size);
  const program = programOf(model, shape);
  const predictedMegabytes = programBytes(program) / 2 ** 20;
  const start = performance.now();
  const executable = await engine.compile(program);
  const compile = performance.now() - start;
  const stepper = new Stepper(executable, feedsOf(model, shape));
  const times: number[] = [];
  for (let step = -warmUp; step < steps; step++) {
    const { milliseconds } = await stepper.step();
    if (step >= 0) times.push(milliseconds);
  }
  await executable.dispose();
  await engine.dispose();
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  const parameters = model.parameterCount;
  return { parameters, compile, times, baseMegabytes, predictedMegabytes, peakMegabytes };
}

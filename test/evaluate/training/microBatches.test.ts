import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { feedsOf } from '../../../evaluate/training/stepper.ts';
import type { Engine } from '../../../evaluate/engine/engine.ts';
import { programBytes, requireFit } from '../../../evaluate/engine/memory.ts';
import type { Layout } from '../../../evaluate/training/flat.ts';
import { openEngine } from '../../../evaluate/engine/open.ts';
import { optimise } from '../../../evaluate/engine/passes/all.ts';
import { trace } from '../../../evaluate/engine/trace.ts';
import { presetOf } from '../../../evaluate/plan/tiers.ts';
import {
  compileStep,
  fittingMicroBatch,
  type StepPrograms,
} from '../../../evaluate/training/microBatches.ts';
import {
  classifierLayout,
  pretrainingLayout,
  trainGradientProgram,
  trainProgram,
} from '../../../evaluate/training/programs.ts';
import { pretrain } from '../../../evaluate/training/pretrain.ts';
import { trainAndTest, type RunHooks, type Training } from '../../../evaluate/training/train.ts';
import { ensureDataset, openDataset, type Dataset } from '../../../generators/store/dataset.ts';
import { specSchema, type RunSpec } from '../../../leaderboards/records/schema.ts';
import { createModel } from '../../../models/backbone/backbone.ts';
import { parseOptions } from '../../../models/options.ts';
import { findMixer } from '../../../models/registry.ts';

let cache: string;
let dataset: Dataset;
let engine: Engine;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'reach-micro-'));
  dataset = await openDataset(
    await ensureDataset({ task: 'recall', tier: 'smoke', seed: 0, cache }),
  );
  engine = await openEngine('onnx-cpu');
});
afterAll(async () => {
  await engine.dispose();
  await rm(cache, { recursive: true });
});

const quiet: RunHooks = { onStep() {}, onTest() {}, onCheckpoint: async () => {} };
const batch = 12;

// With seed 1 one weight has a gradient near rounding, of which AdamW makes a step of another size.
function specOf(name: string, regime: RunSpec['regime']): RunSpec {
  const { size, protocol } = presetOf('recall', 'smoke', 0.15);
  return specSchema.parse({
    ...{ benchmark: '0.1', task: 'recall', tier: 'smoke', taskOptions: {}, dataSeed: 0 },
    ...{ model: name, modelOptions: parseOptions(findMixer(name), {}), size, regime, seed: 2 },
    protocol: {
      ...protocol,
      ...{ batch, steps: 4, pretrainSteps: 4, evaluations: 1, lookEvery: 4 },
      ...{ learningRate: 1e-3, pretrainLearningRate: 1e-3, warmup: 0 },
    },
  });
}

const modelOf = ({ model, modelOptions, size }: RunSpec) =>
  createModel(findMixer(model), modelOptions, dataset.meta.shape, size);

const trained = (spec: RunSpec, changes: Partial<Training> = {}) =>
  trainAndTest({ spec, model: modelOf(spec), dataset, engine, ...changes }, quiet);

const pretrained = (spec: RunSpec, microBatch?: number) =>
  pretrain({ spec, model: modelOf(spec), dataset, engine, hooks: quiet, microBatch });

const programs = (): StepPrograms => {
  const spec = specOf('transformer', 'scratch');
  const { length } = dataset.meta.shape;
  const model = modelOf(spec);
  return {
    layout: classifierLayout(model),
    optimiser: spec.protocol,
    whole: (size) => trainProgram(model, { batch: size, length }, spec.protocol),
    gradient: (size) => trainGradientProgram(model, { batch: size, length }),
  };
};

/** Largest difference of two vectors. */
function difference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

/**
 * The same of parameters, but for attention's biases: that of the keys has no gradient but what
 * rounding leaves, which AdamW brings up to the size of a step.
 */
function differenceOf(layout: Layout, a: Float32Array, b: Float32Array): number {
  let [worst, offset] = [0, 0];
  layout.parameters.forEach(({ name }, i) => {
    const end = offset + layout.sizes[i]!;
    if (!name.endsWith('.qkvBias'))
      worst = Math.max(worst, difference(a.slice(offset, end), b.slice(offset, end)));
    offset = end;
  });
  expect(offset).toBe(a.length);
  return worst;
}

describe('micro-batches give what the whole batch gives', () => {
  // Attention mixes all tokens; the causal model pretrains on next tokens, the other on hidden ones.
  it.each(['transformer', 's4d', 'mingru'])('to %s, trained on labels', async (name) => {
    const spec = specOf(name, 'scratch');
    const run = (microBatch?: number) => trained(spec, { microBatch });
    const layout = classifierLayout(modelOf(spec));
    const whole = await run();
    for (const microBatch of [1, 4]) {
      const parts = await run(microBatch);
      expect(differenceOf(layout, parts.parameters, whole.parameters)).toBeLessThan(1e-5);
      expect(parts.progress.curve[0]!.loss).toBeCloseTo(whole.progress.curve[0]!.loss, 5);
      expect(parts.progress.microBatch).toBe(microBatch);
    }
    expect(whole.progress).not.toHaveProperty('microBatch');
  });

  it.each([
    ['transformer', 'hidden tokens'],
    ['mingru', 'next tokens'],
  ])('to %s, pretrained on %s', async (name) => {
    const spec = specOf(name, 'spt');
    const whole = await pretrained(spec);
    const parts = await pretrained(spec, 3);
    expect(
      differenceOf(
        pretrainingLayout(modelOf(spec)),
        parts.vectors.parameters!,
        whole.vectors.parameters!,
      ),
    ).toBeLessThan(1e-5);
    expect(parts.progress.curve[0]!.loss).toBeCloseTo(whole.progress.curve[0]!.loss, 5);
  });

  it('to a model that is trained on labels and hidden tokens together', async () => {
    const spec = specOf('s4d', 'joint');
    const whole = await trained(spec, { steps: 4 });
    // A step has half a batch of each: 4 does not divide 6, so the next smaller one is taken.
    const parts = await trained(spec, { steps: 4, microBatch: 4 });
    expect(parts.progress.microBatch).toBe(3);
    const layout = classifierLayout(modelOf(spec));
    expect(differenceOf(layout, parts.parameters, whole.parameters)).toBeLessThan(1e-5);
    expect(parts.progress.curve[0]!.loss).toBeCloseTo(whole.progress.curve[0]!.loss, 5);
  });

  it('by the same program where they are no smaller than the batch', async () => {
    const spec = specOf('s4d', 'scratch');
    const run = (microBatch?: number) => trained(spec, { microBatch });
    const { parameters, progress } = await run(batch + 4);
    expect(parameters).toEqual((await run()).parameters);
    expect(progress).not.toHaveProperty('microBatch');
  });
});

it('the gradient has the size of that of the whole batch, which AdamW would not show', async () => {
  const { layout, optimiser, gradient } = programs();
  const unclipped = { ...optimiser, clip: 1e9 };
  const model = modelOf(specOf('transformer', 'scratch'));
  const { length, vocabulary, classes } = dataset.meta.shape;
  const step = (microBatch?: number) =>
    compileStep(
      engine,
      {
        ...{ layout, gradient, optimiser: unclipped },
        whole: (size) => trainProgram(model, { batch: size, length }, unclipped),
      },
      batch,
      microBatch,
    );
  const feeds = feedsOf(model, { batch, length, vocabulary, classes });
  const results = [];
  for (const microBatch of [undefined, 3]) {
    const { moment1, gradientNorm } = await (await step(microBatch)).run(feeds);
    results.push({
      norm: (await gradientNorm!.read())[0]!,
      moment1: (await moment1!.read()) as Float32Array,
    });
  }
  const [all, parts] = results;
  expect(all!.norm).toBeGreaterThan(0.1);
  expect(parts!.norm).toBeCloseTo(all!.norm, 5);
  expect(difference(parts!.moment1, all!.moment1)).toBeLessThan(1e-6);
});

it('a run that starts from a pretraining in micro-batches says so', async () => {
  const spec = specOf('s4d', 'spt');
  const { progress } = await trained(spec, { pretrained: await pretrained(spec, 4) });
  expect(progress.microBatch).toBe(4);
});

describe('memory', () => {
  it('that is predicted goes down with the micro-batch', () => {
    const { whole, gradient } = programs();
    const bytes = [whole(512), gradient(256), gradient(64), gradient(1)].map(programBytes);
    expect(bytes).toEqual(bytes.toSorted((a, b) => b - a));
    expect(bytes[2]).toBeLessThan(bytes[0]! / 3);
  });

  /** An engine of a machine that has `limit` bytes. */
  const small = (limit: number) => ({
    ...engine,
    compile: async (program: Parameters<Engine['compile']>[0]) => {
      requireFit(optimise(trace(program), 'cpu'), limit);
      return engine.compile(program);
    },
  });

  it('that is not there is refused with the micro-batch that would fit, and that one does', async () => {
    const limit = programBytes(programs().whole(128));
    const refused = compileStep(small(limit), programs(), 512);
    const fitting = fittingMicroBatch(programs(), 512, 512, limit);
    expect(fitting).toBeGreaterThan(1);
    await expect(refused).rejects.toThrow(
      new RegExp(`^"train" needs about .*: --micro-batch ${fitting} would fit\\.$`),
    );
    const step = await compileStep(small(limit), programs(), 512, fitting);
    expect(step.microBatch).toBe(fitting);
    await step.dispose();
  });

  it('that is not even there for one example is refused with what else to lower', async () => {
    await expect(compileStep(small(1e6), programs(), 64)).rejects.toThrow(
      /one example alone does not fit; lower the length or the width\.$/,
    );
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../../evaluate/engine/open.ts';
import type { Checkpoint } from '../../../evaluate/training/checkpoint.ts';
import type { RunHooks } from '../../../evaluate/training/train.ts';
import { pretrain } from '../../../evaluate/training/pretrain.ts';
import { trainAndTest } from '../../../evaluate/training/train.ts';
import { chooseRate, tune } from '../../../evaluate/training/tune.ts';
import { presetOf } from '../../../evaluate/plan/tiers.ts';
import type { Dataset } from '../../../generators/store/dataset.ts';
import type { Split } from '../../../generators/store/split.ts';
import { ensureDataset, openDataset } from '../../../generators/store/dataset.ts';
import type { PartName } from '../../../generators/task.ts';
import { specSchema, type RunSpec } from '../../../leaderboards/records/schema.ts';
import { createModel } from '../../../models/backbone/backbone.ts';
import { parseOptions } from '../../../models/options.ts';
import { findMixer } from '../../../models/registry.ts';

let cache: string;
let dataset: Dataset;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'reach-train-'));
  dataset = await openDataset(
    await ensureDataset({ task: 'recall', tier: 'smoke', seed: 0, cache }),
  );
});
afterAll(() => rm(cache, { recursive: true }));

const quiet: RunHooks = { onStep() {}, onTest() {}, onCheckpoint: async () => {} };

function specOf(model: string, changes: Partial<RunSpec> = {}, options = {}): RunSpec {
  const { size, protocol } = presetOf('recall', 'smoke', 0.15);
  return specSchema.parse({
    benchmark: '0.1',
    task: 'recall',
    tier: 'smoke',
    taskOptions: {},
    dataSeed: 0,
    model,
    modelOptions: parseOptions(findMixer(model), options),
    size,
    regime: 'scratch',
    seed: 1,
    protocol: {
      ...protocol,
      ...{ batch: 16, steps: 6, pretrainSteps: 4, lookEvery: 2, lookExamples: 64 },
    },
    ...changes,
  });
}

async function benchOf(spec: RunSpec, data = dataset) {
  const engine = await openEngine('onnx-cpu');
  const model = createModel(findMixer(spec.model), spec.modelOptions, data.meta.shape, spec.size);
  return { spec, model, dataset: data, engine };
}

async function run(
  spec: RunSpec,
  data = dataset,
  hooks = quiet,
  from?: Checkpoint,
  steps?: number,
) {
  const bench = await benchOf(spec, data);
  try {
    const pretraining = from?.progress.phase === 'pretrain' ? from : undefined;
    const pretrained =
      spec.regime === 'spt' ? await pretrain({ ...bench, hooks, from: pretraining }) : undefined;
    return await trainAndTest(
      { ...bench, pretrained, steps, from: pretraining ? undefined : from },
      hooks,
    );
  } finally {
    await bench.engine.dispose();
  }
}

async function tuned(spec: RunSpec, rates: number[], hooks = quiet, from?: Checkpoint) {
  const bench = await benchOf(spec);
  try {
    return await tune({ ...bench, steps: 6, from }, rates, hooks);
  } finally {
    await bench.engine.dispose();
  }
}

/** Hooks that keep a copy of every checkpoint that could be taken. */
function keeping() {
  const kept: Checkpoint[] = [];
  const hooks: RunHooks = {
    ...quiet,
    onCheckpoint: async (take) => {
      kept.push(structuredClone(await take()));
    },
  };
  return { kept, hooks };
}

/** A data set that tells which splits were opened, in order, and may spoil what it gives. */
function watched(spoil: (split: Split) => Split = (split) => split) {
  const opened: PartName[] = [];
  const data: Dataset = {
    ...dataset,
    async split(name) {
      opened.push(name);
      return spoil(await dataset.split(name));
    },
  };
  return { data, opened };
}

describe('trainAndTest', () => {
  it('gives local attention exactly 1/k beyond its reach, whatever it learned', async () => {
    const spec = specOf('local', {}, { window: 4 });
    const { distances } = await run({
      ...spec,
      protocol: { ...spec.protocol, steps: 60, learningRate: 5e-3 },
    });
    const limit = 2 * 4;
    const beyond = distances.filter(({ distance }) => distance > limit);
    expect(beyond.length).toBeGreaterThan(1);
    for (const { correct, count } of beyond) expect(correct * 4).toBe(count);
  });

  it('gives the same outcome for the same spec, and another for another seed', async () => {
    const outcome = async (seed: number) => {
      const { predictions, progress } = await run(specOf('transformer', { seed }));
      return { predictions, curve: progress.curve };
    };
    const first = await outcome(1);
    expect(await outcome(1)).toEqual(first);
    expect((await outcome(2)).curve).not.toEqual(first.curve);
  });

  it('goes on from any checkpoint to the same bytes, in both phases', async () => {
    const spec = specOf('transformer', { regime: 'spt' });
    const { kept, hooks } = keeping();
    const whole = await run(spec, dataset, hooks);
    expect(new Set(kept.map(({ progress }) => progress.phase))).toEqual(
      new Set(['pretrain', 'train']),
    );
    for (const index of [1, 4, 7, kept.length - 1]) {
      const resumed = await run(spec, dataset, quiet, structuredClone(kept[index]!));
      expect(resumed.predictions).toEqual(whole.predictions);
      expect(resumed.progress.curve).toEqual(whole.progress.curve);
      expect(resumed.selectedStep).toBe(whole.selectedStep);
      expect(resumed.ending).toEqual(whole.ending);
    }
  });

  it('ends by its rule, and at the same step from any checkpoint', async () => {
    // The label is a property of the last token, which every model finds out at once.
    const base = specOf('bag-of-ngrams');
    const protocol = {
      ...base.protocol,
      steps: 400,
      lookEvery: 5,
      patience: 2,
      learningRate: 0.01,
    };
    const spec = { ...base, protocol };
    const easy = watched((split) => ({
      ...split,
      labels: split.labels.map((_, i) => split.inputs[(i + 1) * split.length - 1]! % 2),
    })).data;
    const { kept, hooks } = keeping();
    const whole = await run(spec, easy, hooks);
    const { steps, decayFrom, reason, outcome } = whole.ending!;
    expect(['solved', 'plateau']).toContain(reason);
    expect(outcome).toBe('finished');
    expect(steps).toBe(decayFrom + Math.ceil(0.2 * decayFrom));
    expect(steps).toBeLessThan(400);
    expect(whole.progress.step).toBe(steps);
    for (const index of [3, decayFrom - 1, decayFrom, steps - 2]) {
      const resumed = await run(spec, easy, quiet, structuredClone(kept[index]!));
      expect(resumed.ending).toEqual(whole.ending);
      expect(resumed.predictions).toEqual(whole.predictions);
      expect(resumed.parameters).toEqual(whole.parameters);
    }
  });

  it('takes exactly the steps that are to be matched', async () => {
    for (const regime of ['scratch-matched', 'joint'] as const) {
      const spec = specOf('local', { regime });
      const { progress, ending } = await run(spec, dataset, quiet, undefined, 9);
      expect(progress.step).toBe(9);
      expect(ending).toMatchObject({ steps: 9, reason: 'matched' });
    }
  });

  it('trains jointly on labels and on tokens, which both change what is learned', async () => {
    const spec = specOf('transformer', { regime: 'joint' });
    const curveOf = async (data: Dataset) =>
      (await run(spec, data, quiet, undefined, 4)).progress.curve;
    const clean = await curveOf(dataset);
    const labelled = watched((split) => ({
      ...split,
      labels: split.labels.map((label) => (label + 1) % 4),
    }));
    expect(await curveOf(labelled.data)).not.toEqual(clean);
    const unmasked = { ...spec, protocol: { ...spec.protocol, maskRatio: 0.9 } };
    expect((await run(unmasked, dataset, quiet, undefined, 4)).progress.curve).not.toEqual(clean);
  });

  it('shows pretraining neither labels nor any split but the training one', async () => {
    const spec = specOf('transformer', { regime: 'spt' });
    const curveOf = async (data: Dataset) => {
      const { progress } = await run(spec, data);
      return progress.curve.filter(({ phase }) => phase === 'pretrain');
    };
    const clean = await curveOf(dataset);
    // Wrong labels everywhere, wrong tokens outside the training split: nothing changes.
    const { data } = watched((split) => ({
      ...split,
      labels: split.labels.map((label) => (label + 1) % 4),
      inputs: split.name === 'train' ? split.inputs : split.inputs.map(() => 3),
    }));
    expect(await curveOf(data)).toEqual(clean);
    // Other training inputs: it does change, so the comparison has teeth.
    const { data: other } = watched((split) => ({
      ...split,
      inputs: split.inputs.map((token) => Math.max(1, token - 1)),
    }));
    expect(await curveOf(other)).not.toEqual(clean);
  });

  it('opens the test split once, after the last training step, and selects without it', async () => {
    const { data, opened } = watched();
    let last = 0;
    const outcome = await run(specOf('local'), data, {
      ...quiet,
      onStep({ step }, steps) {
        if (step === steps) last = opened.length;
      },
    });
    expect(opened).toEqual(['train', 'val', 'test']);
    expect(last).toBe(2);
    const spoiled = watched((split) =>
      split.name === 'test' ? { ...split, labels: split.labels.map(() => 0) } : split,
    );
    const again = await run(specOf('local'), spoiled.data);
    expect(again.selectedStep).toBe(outcome.selectedStep);
    expect(again.predictions).toEqual(outcome.predictions);
  });

  it('stops at the first loss that is no number', async () => {
    const spec = specOf('transformer');
    const protocol = { ...spec.protocol, learningRate: 1e30, clip: 1e30, warmup: 0 };
    await expect(run({ ...spec, protocol })).rejects.toThrow(/The loss became .* at train step/);
  });
});

describe('tune', () => {
  it('tries every rate from the same start, opens no test split, and goes on to the same bytes', async () => {
    const spec = specOf('transformer', { seed: 0 });
    const rates = [1e-4, 6e-3, 1e30];
    const { kept, hooks } = keeping();
    const whole = await tuned(spec, rates, hooks);
    expect(whole.trials.map(({ learningRate }) => learningRate)).toEqual(rates);
    expect(whole.trials[2]).not.toHaveProperty('found');
    expect(whole.learningRate).toBe(
      chooseRate(whole.trials, whole.examples, spec.protocol.learningRate),
    );
    // The same as if the rate had been the only one.
    const alone = await tuned(spec, [6e-3]);
    expect(alone.trials[0]).toEqual(whole.trials[1]);
    for (const checkpoint of kept) {
      const resumed = await tuned(spec, rates, quiet, structuredClone(checkpoint));
      expect(resumed.trials).toEqual(whole.trials);
    }
    const { data, opened } = watched();
    const bench = await benchOf(spec, data);
    await tune({ ...bench, steps: 6 }, [1e-3], quiet);
    await bench.engine.dispose();
    expect(opened).toEqual(['train', 'val']);
  });
});

describe('chooseRate', () => {
  const trial = (learningRate: number, accuracy: number, loss: number) => ({
    learningRate,
    found: { accuracy, loss },
  });

  it('takes the best accuracy, and among equals the lowest loss', () => {
    const clear = [trial(1, 0.3, 0.1), trial(2, 0.9, 0.5), trial(3, 0.7, 0.2)];
    expect(chooseRate(clear, 500, 1)).toBe(2);
    const solved = [trial(1, 0.99, 0.01), trial(2, 1, 0.2), trial(3, 1, 0.1)];
    expect(chooseRate(solved, 500, 1)).toBe(3);
    const learning = [trial(1, 0.26, 1.39), trial(2, 0.25, 1.3), trial(3, 0.24, 1.38)];
    expect(chooseRate(learning, 500, 1)).toBe(2);
  });

  it('takes the rate nearest to that of the tier where nothing was learned', () => {
    const atChance = [trial(1, 0.25, 1.3866), trial(3, 0.27, 1.3868), trial(10, 0.26, 1.3867)];
    expect(chooseRate(atChance, 500, 3)).toBe(3);
    expect(chooseRate(atChance, 500, 100)).toBe(10);
    expect(chooseRate([atChance[2]!, atChance[0]!], 500, Math.sqrt(10))).toBe(1);
  });

  it('leaves out what diverged, and says so if all did', () => {
    expect(chooseRate([{ learningRate: 1 }, trial(2, 0.3, 1)], 500, 1)).toBe(2);
    expect(() => chooseRate([{ learningRate: 1 }], 500, 1)).toThrow(/diverged at every/);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../../evaluate/engine/open.ts';
import type { Checkpoint } from '../../../evaluate/training/checkpoint.ts';
import type { RunHooks } from '../../../evaluate/training/train.ts';
import { pretrain, stepsOf, trainAndTest } from '../../../evaluate/training/train.ts';
import { presetOf } from '../../../evaluate/plan/tiers.ts';
import type { Dataset, Split } from '../../../generators/store/dataset.ts';
import { ensureDataset, openDataset } from '../../../generators/store/dataset.ts';
import type { SplitName } from '../../../generators/task.ts';
import { specSchema, type RunSpec } from '../../../leaderboards/records/schema.ts';
import { createModel } from '../../../models/backbone/backbone.ts';
import { findMixer, parseOptions } from '../../../models/registry.ts';

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
    protocol: { ...protocol, batch: 16, steps: 6, pretrainSteps: 4, evaluations: 2 },
    ...changes,
  });
}

async function run(spec: RunSpec, data = dataset, hooks = quiet, from?: Checkpoint) {
  const engine = await openEngine('onnx-cpu');
  const model = createModel(findMixer(spec.model), spec.modelOptions, data.meta.shape, spec.size);
  try {
    const pretraining = from?.progress.phase === 'pretrain' ? from : undefined;
    const pretrained =
      spec.regime === 'spt'
        ? await pretrain(spec, model, data, engine, hooks, pretraining)
        : undefined;
    return await trainAndTest(spec, model, data, engine, hooks, {
      pretrained,
      from: pretraining ? undefined : from,
    });
  } finally {
    await engine.dispose();
  }
}

/** A data set that tells which splits were opened, in order, and may spoil what it gives. */
function watched(spoil: (split: Split) => Split = (split) => split) {
  const opened: SplitName[] = [];
  const data: Dataset = {
    ...dataset,
    async split(name) {
      opened.push(name);
      return spoil(await dataset.split(name));
    },
  };
  return { data, opened };
}

describe('stepsOf', () => {
  it('gives the matched control as many steps as pretraining and training together', () => {
    const protocol = specOf('local').protocol;
    const total = (regime: RunSpec['regime']) => {
      const { pretrain, train } = stepsOf({ regime, protocol });
      return pretrain + train;
    };
    expect(stepsOf({ regime: 'scratch', protocol })).toEqual({ pretrain: 0, train: 6 });
    expect(stepsOf({ regime: 'spt', protocol })).toEqual({ pretrain: 4, train: 6 });
    expect(total('scratch-matched')).toBe(total('spt'));
  });
});

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
    const kept: Checkpoint[] = [];
    const whole = await run(spec, dataset, {
      ...quiet,
      onCheckpoint: async (take) => {
        kept.push(structuredClone(await take()));
      },
    });
    expect(new Set(kept.map(({ progress }) => progress.phase))).toEqual(
      new Set(['pretrain', 'train']),
    );
    for (const index of [1, 4, 7, kept.length - 1]) {
      const resumed = await run(spec, dataset, quiet, structuredClone(kept[index]!));
      expect(resumed.predictions).toEqual(whole.predictions);
      expect(resumed.progress.curve).toEqual(whole.progress.curve);
      expect(resumed.selectedStep).toBe(whole.selectedStep);
    }
  });

  it('selects the learning rate on validation, among trials that all start alike', async () => {
    const learningRates = [1e-4, 6e-3, 1e30];
    const base = specOf('transformer', { regime: 'spt' });
    const tuned = { ...base, protocol: { ...base.protocol, learningRates } };
    const kept: Checkpoint[] = [];
    const outcome = await run(tuned, dataset, {
      ...quiet,
      onCheckpoint: async (take) => {
        kept.push(structuredClone(await take()));
      },
    });
    expect(outcome.trials.map(({ learningRate }) => learningRate)).toEqual(learningRates);
    const accuracies = outcome.trials.map(({ best }) => best?.accuracy ?? -1);
    const best = accuracies.indexOf(Math.max(...accuracies));
    expect(outcome.learningRate).toBe(learningRates[best]);
    // The same as if the selected learning rate had been the only one.
    const alone = { ...base.protocol, learningRate: outcome.learningRate };
    const single = await run({ ...base, protocol: alone });
    expect(single.predictions).toEqual(outcome.predictions);
    expect(single.progress.curve).toEqual(outcome.progress.curve);
    for (const checkpoint of kept.filter(({ progress }) => progress.phase === 'train')) {
      const resumed = await run(tuned, dataset, quiet, structuredClone(checkpoint));
      expect(resumed.predictions).toEqual(outcome.predictions);
      expect(resumed.trials).toEqual(outcome.trials);
    }
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

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Regime } from '../../../core/vocabulary.ts';
import { openEngine } from '../../../evaluate/engine/open.ts';
import { specsOf } from '../../../evaluate/plan/spec.ts';
import { initialValues, named, split } from '../../../evaluate/training/flat.ts';
import {
  jointObjective,
  labelsObjective,
  positionsOf,
} from '../../../evaluate/training/objectives.ts';
import { predictProgram } from '../../../evaluate/training/programs.ts';
import { scaleAt } from '../../../evaluate/training/optimiser.ts';
import { ensureDataset, openDataset, type Dataset } from '../../../generators/store/dataset.ts';
import type { Split } from '../../../generators/store/split.ts';
import { findTask } from '../../../generators/registry.ts';
import { createModel } from '../../../models/backbone/backbone.ts';
import { findMixer } from '../../../models/registry.ts';

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'reach-objectives-'));
});
afterAll(() => rm(cache, { recursive: true }));

async function requestFor(task: string, regime: Regime, taskOptions: Record<string, number> = {}) {
  const [spec] = specsOf({
    ...{ tasks: [task], models: [{ name: 'transformer', options: {} }], regimes: [regime] },
    ...{ seeds: [1], tier: 'smoke', ruleset: 'fixed', dataSeed: 0, taskOptions },
    ...{ modelOptions: {}, protocol: { batch: 8 }, size: {} },
  });
  const made = await ensureDataset({ task, tier: 'smoke', options: taskOptions, seed: 0, cache });
  const dataset = await openDataset(made);
  const { modelOptions, size } = spec!;
  const model = createModel(findMixer('transformer'), modelOptions, dataset.meta.shape, size);
  return { spec: spec!, dataset, model, train: await dataset.split('train') };
}

/** Row of the training split that has these tokens. */
function rowOf({ shape }: Dataset['meta'], train: Split, tokens: ArrayLike<number>): number {
  const width = shape.documents * shape.length;
  for (let row = 0; row < train.count; row++) {
    const own = train.inputs.subarray(row * width, (row + 1) * width);
    if (own.every((token, t) => token === tokens[t])) return row;
  }
  throw new Error('no row of the training split has these tokens');
}

describe('labels', () => {
  it('are the answers to all questions of a sequence, the last question at the end', async () => {
    const request = await requestFor('recall', 'scratch');
    const { train, dataset } = request;
    const { length, table } = dataset.meta.shape;
    const asked = table!.asked.length;
    expect(asked).toBeGreaterThan(0);
    expect(positionsOf(dataset.meta)).toEqual([...table!.asked, length - 1]);
    const { tokens, labels } = labelsObjective(request).feeds(3);
    for (let b = 0; b < 8; b++) {
      const row = rowOf(dataset.meta, train, tokens!.slice(b * length, (b + 1) * length));
      const answers = [...train.answers.subarray(row * asked, (row + 1) * asked)];
      expect([...labels!.slice(b * (asked + 1), (b + 1) * (asked + 1))]).toEqual([
        ...answers,
        train.labels[row],
      ]);
    }
  });

  it('weigh alike in the loss: the mean cross-entropy of all answers', async () => {
    const request = await requestFor('recall', 'scratch');
    const { model, dataset } = request;
    const engine = await openEngine('onnx-cpu', { threads: 1 });
    try {
      const { layout, whole, feeds } = labelsObjective(request);
      const parameters = initialValues(layout, 'seed');
      const { tokens, labels } = feeds(0);
      const positions = positionsOf(dataset.meta)!;
      const predict = predictProgram(model, { batch: 8, length: dataset.meta.shape.length });
      const answers = await engine.compile({
        ...predict,
        build: (inputs) => ({
          logits: model.classifyAt(
            inputs.tokens!,
            named(split(inputs.parameters!, layout), layout),
            positions,
          ),
        }),
      });
      const { logits } = await answers.run({ parameters, tokens: tokens! });
      const values = [...(await logits!.read())];
      const losses = [...labels!].map((label, i) => {
        const row = values.slice(4 * i, 4 * i + 4);
        return Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[label]!;
      });
      const zeros = new Float32Array(parameters.length);
      const step = await engine.compile(whole(8));
      const state = { parameters, moment1: zeros, moment2: zeros, ...scaleAt(0, 0) };
      const { loss } = await step.run({ ...state, tokens: tokens!, labels: labels! });
      const mean = losses.reduce((sum, each) => sum + each, 0) / losses.length;
      expect(losses).toHaveLength(8 * positions.length);
      expect((await loss!.read())[0]).toBeCloseTo(mean, 5);
    } finally {
      await engine.dispose();
    }
  });
});

describe('joint training', () => {
  it('has half a batch of labels and half a batch of hidden tokens', async () => {
    const request = await requestFor('recall', 'joint');
    const objective = jointObjective(request);
    const { length } = request.dataset.meta.shape;
    expect(objective.rows).toBe(4);
    const { tokens, hidden, tokenWeights } = objective.feeds(0);
    expect(tokens).toHaveLength(4 * length);
    expect(hidden).toHaveLength(4 * length);
    expect([...tokenWeights!].reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
    expect(() =>
      jointObjective({
        ...request,
        spec: { ...request.spec, protocol: { ...request.spec.protocol, batch: 7 } },
      }),
    ).toThrow(/joint training needs an even one/);
  });
});

describe('augmented training', () => {
  it('changes tokens by the step, the same whenever it is asked, and leaves labels alone', async () => {
    expect(findTask('listops').augment).toBeDefined();
    const few = { train: 64, val: 8, test: 8 };
    const [plain, augmented] = await Promise.all([
      requestFor('listops', 'scratch', few),
      requestFor('listops', 'augmented', few),
    ]);
    const changed = labelsObjective(augmented);
    const first = changed.feeds(0);
    expect(changed.feeds(0)).toEqual(first);
    const original = labelsObjective(plain).feeds(0);
    expect(first.labels).toEqual(original.labels);
    expect(first.tokens).not.toEqual(original.tokens);
    // An epoch later the same examples come in another form.
    const again = new Set([0, 8, 16, 24].map((step) => changed.feeds(step).tokens!.join()));
    expect(again.size).toBe(4);
  });

  it('is refused for a task without augmentation', async () => {
    await expect(requestFor('recall', 'augmented')).rejects.toThrow(
      /recall has no augmentation, so not the regime augmented; tasks that have one: .*listops/,
    );
  });
});

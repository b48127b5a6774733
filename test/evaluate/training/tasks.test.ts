/** Every task is trained and tested under every regime, for a few steps at its smoke tier. */
import { type Regime, regimes } from '../../../core/vocabulary.ts';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../../evaluate/engine/open.ts';
import { pretrain } from '../../../evaluate/training/pretrain.ts';
import { trainAndTest, type RunHooks } from '../../../evaluate/training/train.ts';
import { isMatched } from '../../../evaluate/training/regimes.ts';
import { specsOf } from '../../../evaluate/plan/spec.ts';
import { ensureDataset, openDataset } from '../../../generators/store/dataset.ts';
import { tasks } from '../../../generators/registry.ts';
import { defaultSources } from '../../../generators/sources/folder.ts';
import { createModel } from '../../../models/backbone/backbone.ts';
import { findMixer } from '../../../models/registry.ts';

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'reach-tasks-'));
});
afterAll(() => rm(cache, { recursive: true }));

const quiet: RunHooks = { onStep() {}, onTest() {}, onCheckpoint: async () => {} };

/** Tasks that read real data, where it is missing, are skipped with a line; in CI they must be there. */
function isReady(task: (typeof tasks)[number]): boolean {
  if (!task.realData?.isRead(task.tiers.smoke) || existsSync(defaultSources())) return true;
  if (process.env.CI === 'true' && process.env.REACH_MISSING_DATA !== 'skip')
    throw new Error(`training ${task.name} needs ../shared/data.`);
  console.log(`Skipped: training ${task.name} needs real data in ${defaultSources()}.`);
  return false;
}

describe.each(tasks.filter(isReady))('$name', (task) => {
  it.each(regimesOf(task))('is trained and tested: %s', async (regime) => {
    const [spec] = specsOf({
      tasks: [task.name],
      models: [{ name: 'local', options: {} }],
      regimes: [regime],
      seeds: [1],
      tier: 'smoke',
      ruleset: 'fixed',
      dataSeed: 0,
      taskOptions: { ...smallest(task) },
      modelOptions: {},
      protocol: { batch: isLong(task) ? 2 : 4, steps: 2, pretrainSteps: 2, lookEvery: 1 },
      size: {},
    });
    const options = spec!.taskOptions;
    const folder = await ensureDataset({
      task: task.name,
      tier: 'smoke',
      options,
      seed: 0,
      cache,
    });
    const dataset = await openDataset(folder);
    const model = createModel(
      findMixer('local'),
      spec!.modelOptions,
      dataset.meta.shape,
      spec!.size,
    );
    const engine = await openEngine('onnx-cpu');
    try {
      const bench = { spec: spec!, model, dataset, engine };
      const pretrained = regime === 'spt' ? await pretrain({ ...bench, hooks: quiet }) : undefined;
      const steps = isMatched(regime) ? 2 : undefined;
      const training = { ...bench, pretrained, steps };
      const { test, distances, predictions, progress } = await trainAndTest(training, quiet);
      if (steps) expect(progress.step).toBe(steps);
      const { counts, classes } = dataset.meta.shape;
      expect(test.count).toBe(counts.test);
      expect(Math.max(...predictions)).toBeLessThan(classes);
      expect(distances.map(({ distance }) => distance)).toEqual(dataset.meta.shape.distances);
      for (const { loss } of progress.curve) expect(Number.isFinite(loss)).toBe(true);
      // Beyond the certified limit: exactly 1/k, whatever the task.
      for (const { distance, correct, count } of distances)
        if (distance > model.reach) expect(correct * classes).toBe(count);
    } finally {
      await engine.dispose();
    }
  });
});

/** Few examples: as many as a task's smoke tier cannot do without. */
function smallest(task: (typeof tasks)[number]): Record<string, number> {
  const few = task.kind === 'controlled' || isLong(task);
  return few ? { train: 2, val: 1, test: 2 } : { train: 20, val: 10, test: 10 };
}

/**
 * Long sequences take minutes: one length is pretrained and fine-tuned, the longest trained on labels and
 * hidden tokens together, which is all that the regimes consist of.
 */
function regimesOf(task: (typeof tasks)[number]): Regime[] {
  if (isLong(task)) return task.name === 'pathx' ? ['spt'] : ['joint'];
  return regimes.filter((regime) => regime !== 'augmented' || task.augment);
}

function isLong({ options, tiers, shape }: (typeof tasks)[number]): boolean {
  return shape(options.parse(tiers.smoke)).length > 4_096;
}

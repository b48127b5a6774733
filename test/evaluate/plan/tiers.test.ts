import { describe, expect, it } from 'vitest';
import { publishedRate } from '../../../evaluate/plan/rates.ts';
import { commandOf, specsOf } from '../../../evaluate/plan/spec.ts';
import { presetOf } from '../../../evaluate/plan/tiers.ts';
import { tasks } from '../../../generators/registry.ts';
import { mixers } from '../../../models/registry.ts';

const specOf = (task: string, model: string, tier: 'lite' | 'lra', ruleset: 'fixed' | 'tuned') =>
  specsOf({
    ...{ tasks: [task], models: [{ name: model, options: {} }], regimes: ['scratch'], seeds: [1] },
    ...{ tier, ruleset, dataSeed: 0, taskOptions: {}, modelOptions: {}, protocol: {}, size: {} },
  })[0]!;

describe('learning rates at tier lra', () => {
  it.each([
    ['s4', 'listops', 0.01],
    ['s4d', 'pathfinder', 0.004],
    ['s5', 'image', 0.0045],
    ['mega', 'text', 0.004],
    ['long-conv', 'pathx', 0.0005],
    ['transformer', 'image', 0.0005],
    ['nystromformer', 'retrieval', 0.0001],
  ])('%s on %s is the published one', (model, task, rate) => {
    expect(specOf(task, model, 'lra', 'fixed').protocol).toMatchObject({
      learningRate: rate,
      pretrainLearningRate: rate,
    });
  });

  it('is that of the tier where none is public, at other tiers and for submissions', () => {
    const common = presetOf('listops', 'lra', 0.15).protocol.learningRate;
    expect(presetOf('listops', 'lra', 0.15, 'mamba').protocol.learningRate).toBe(common);
    expect(presetOf('recall', 'lra', 0.15, 's4').protocol.learningRate).toBe(common);
    expect(presetOf('listops', 'lite', 0.15, 's4').protocol).toEqual(
      presetOf('listops', 'lite', 0.15, 'transformer').protocol,
    );
  });

  it('is not part of the command that repeats a run, and another one is', () => {
    const spec = specOf('listops', 's4', 'lra', 'fixed');
    expect(commandOf(spec)).not.toContain('--protocol');
    const other = { ...spec, protocol: { ...spec.protocol, learningRate: 0.001 } };
    expect(commandOf(other)).toContain('--protocol learningRate=0.001');
  });

  it('names models and tasks that exist', () => {
    const known = mixers.filter(({ name }) =>
      tasks.some((task) => publishedRate(name, task.name) !== undefined),
    );
    expect(known.map(({ name }) => name).sort()).toEqual(
      [
        ...['block-local', 'bigbird', 'dss', 'linear-attention', 'linformer', 'long-conv'],
        ...['longformer', 'mega', 'nystromformer', 'performer', 'reformer', 's4', 's4d', 's5'],
        ...['sinkhorn', 'sparse', 'synthesizer', 'transformer'],
      ].sort(),
    );
  });
});

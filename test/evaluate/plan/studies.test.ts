import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../evaluate/plan/manifest.ts';
import { idOf, shapeOf, specsOf } from '../../../evaluate/plan/spec.ts';
import { studies, studyNames, studySpecs } from '../../../evaluate/plan/studies.ts';
import { findMixer } from '../../../models/registry.ts';

const specs = (name: keyof typeof studies) =>
  studySpecs(studies[name], { tier: 'lite', seeds: [1, 2, 3] });

describe('a study', () => {
  it.each(studyNames)('plans each of its runs once, under the ruleset tuned: %s', (name) => {
    const { tasks, variants, models, regimes } = studies[name];
    const ids = specs(name).map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(tasks.length * variants.length * models.length * regimes.length * 3);
    const runs = linesOf(specs(name)).filter(({ kind }) => kind === 'run');
    expect(runs.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(specs(name).every(({ protocol }) => protocol.learningRates)).toBe(true);
  });

  it.each(['labels', 'capacity'] as const)(
    'shares the runs of one variant with the board: %s',
    (name) => {
      const { tasks, variants, models, regimes } = studies[name];
      expect(variants.filter(({ options }) => Object.keys(options).length === 0)).toHaveLength(1);
      const board = specsOf({
        ...{ tasks: [...tasks], models: [...models], regimes: [...regimes], seeds: [1, 2, 3] },
        ...{ tier: 'lite', ruleset: 'tuned', dataSeed: 0, taskOptions: {} },
        ...{ modelOptions: {}, protocol: {}, size: {} },
      }).map(idOf);
      expect(specs(name).map(idOf)).toEqual(expect.arrayContaining(board));
    },
  );

  it('pretrains on signals longer than the tier does', () => {
    const steps = specs('signal').map(({ protocol }) => protocol.pretrainSteps);
    expect(new Set(steps)).toEqual(new Set([1000]));
  });

  it('has enough models of enough families', () => {
    const families = (name: keyof typeof studies) =>
      new Set(studies[name].models.map((model) => findMixer(model.name).family)).size;
    for (const name of ['signal', 'capacity'] as const) {
      expect(studies[name].models.length).toBeGreaterThanOrEqual(8);
      expect(families(name)).toBeGreaterThanOrEqual(5);
    }
    expect(studies.labels.models.length).toBeGreaterThanOrEqual(6);
  });

  it('has variants whose labels are what their data have', () => {
    for (const { label, options } of studies.capacity.variants) {
      const { table, classes } = shapeOf('recall-capacity', 'lite', options);
      expect(Number(label)).toBe(table!.sets * classes);
    }
    for (const task of studies.labels.tasks)
      for (const { label, options } of studies.labels.variants)
        expect(shapeOf(task, 'lite', options).counts.train).toBe(Number(label));
    for (const { label, options } of studies.signal.variants)
      expect(shapeOf('recall', 'lite', options).signal?.kind ?? 'none').toBe(label);
  });
});

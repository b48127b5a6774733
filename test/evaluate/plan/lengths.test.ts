import { describe, expect, it } from 'vitest';
import { lengthCandidates, lengthModels, longerOptions } from '../../../evaluate/plan/lengths.ts';
import { shapeOf } from '../../../evaluate/plan/spec.ts';
import { mixers } from '../../../models/registry.ts';

describe('a data set beyond the trained length', () => {
  it.each(['smoke', 'lite'] as const)('has the same questions at farther distances: %s', (tier) => {
    const trained = shapeOf('recall', tier, {});
    for (const factor of [2, 4, 16]) {
      const spec = { task: 'recall', tier, taskOptions: {} };
      const tested = shapeOf('recall', tier, longerOptions(spec, factor));
      expect(tested.length).toBe(factor * trained.length);
      expect(tested.distances.slice(0, trained.distances.length)).toEqual(trained.distances);
      expect(tested.distances.at(-1)).toBe(tested.length / 2);
      for (const same of ['vocabulary', 'classes', 'siblings', 'order'] as const)
        expect(tested[same]).toBe(trained[same]);
      expect(tested.counts.train).toBeLessThan(trained.counts.train);
    }
  });
});

describe('the models of the study', () => {
  it('are all mixers once, the Transformer with each kind of positions, or a reason stands', () => {
    const found = lengthCandidates();
    expect(new Set(found.map(({ name }) => name))).toEqual(new Set(mixers.map(({ name }) => name)));
    expect(found.filter(({ name }) => name === 'transformer')).toHaveLength(5);
    expect(new Set(found.map(({ title }) => title)).size).toBe(found.length);
    const cannot = found.filter(({ extension }) => !extension.extends).map(({ name }) => name);
    for (const name of ['linformer', 'gmlp', 'synthesizer', 'long-conv'])
      expect(cannot).toContain(name);
    expect(lengthModels()).toHaveLength(found.length - cannot.length);
  });
});

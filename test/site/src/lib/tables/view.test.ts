import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import {
  byModel,
  chooseTier,
  entriesOf,
  leadRegime,
  leadTask,
  modelCurves,
  rankedOrAll,
  representatives,
} from '../../../../../site/src/lib/tables/view.ts';
import { asFiles, makeRecord, sampleRecords, type Wanted } from '../../../../fixtures/records.ts';

const boardOf = (...wanted: Wanted[]) => buildBoard(asFiles(wanted.map(makeRecord)));
const sample = buildBoard(asFiles(sampleRecords())).tiers[0]!;

describe('what a page shows', () => {
  it('is the smoke tier only where there is nothing else, or on demand', () => {
    const both = boardOf({ tier: 'smoke' }, { tier: 'lra' });
    expect(chooseTier(both)!.tier).toBe('lra');
    expect(chooseTier(both, 'smoke')!.tier).toBe('smoke');
    expect(chooseTier(boardOf({ tier: 'smoke' }))!.tier).toBe('smoke');
    expect(chooseTier(boardOf())).toBeNull();
    expect(() => chooseTier(both, 'lite')).toThrow(/tiers with records: lra and smoke/);
  });
  it('leads with the controlled task and training from scratch, where there are such', () => {
    const task = leadTask(sample)!;
    expect(task.name).toBe('recall');
    expect(leadRegime(entriesOf(sample, task))).toBe('scratch');
    const only = boardOf({ task: 'text', regime: 'spt' }).tiers[0]!;
    expect(leadTask(only)).toBeNull();
    expect(leadRegime(entriesOf(only, only.tasks[0]!))).toBe('spt');
    expect(leadRegime([])).toBeNull();
  });
  it('speaks of ranked cells, and of all where none is', () => {
    const three = (wanted: Wanted) =>
      [1, 2, 3].map((seed): Wanted => ({ benchmark: '2.0', seed, ...wanted }));
    const models = (...wanted: Wanted[]) => {
      const tier = boardOf(...wanted).tiers[0]!;
      return rankedOrAll(entriesOf(tier, tier.tasks[0]!)).map(({ row }) => row.model);
    };
    const slow = three({ model: 'slow', outcome: 'unfinished' });
    expect(models(...slow, ...three({ model: 'good' }))).toEqual(['good']);
    expect(models(...slow)).toEqual(['slow']);
  });
  it('keeps one of each family among few lines, in the order of the board', () => {
    const tier = boardOf(...['a', 'b', 'c'].map((model): Wanted => ({ model, title: model })), {
      model: 'z',
      title: 'z',
      family: 'control',
      near: 0.2,
    }).tiers[0]!;
    const entries = entriesOf(tier, tier.tasks[0]!);
    const shown = representatives(entries, 2).map(({ row }) => row.family);
    expect(shown).toEqual(['attention', 'control']);
    expect(representatives(entries)).toEqual(entries);
  });
  it('draws the mean of the seeds that solved a task, where only a part did', () => {
    const curves = [0.95, 0.93, 0.2].map((level) => Array<number>(7).fill(level));
    const tier = boardOf(...curves.map((curve, i): Wanted => ({ curve, seed: i + 1 }))).tiers[0]!;
    const [curve] = modelCurves(entriesOf(tier, tier.tasks[0]!));
    expect(curve!.label).toBe('Transformer (2 of 3)');
    expect(curve!.points[0]!.accuracy).toBeCloseTo(0.94, 3);
    expect(curve!.seeds).toHaveLength(3);
    const [whole] = modelCurves(entriesOf(sample, leadTask(sample)!));
    expect(whole!.label).toBe('Transformer');
  });
  it('groups a model’s regimes in their order', () => {
    const models = byModel(entriesOf(sample, sample.tasks[0]!));
    expect(models.map(({ label }) => label).sort()).toEqual([
      'Local attention',
      'S4D',
      'Transformer',
    ]);
    for (const { entries } of models) {
      expect(entries.map(({ row }) => row.regime)).toEqual(['scratch', 'scratch-matched', 'spt']);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { breaksAt, studyEntries, useByVariant } from '../../../leaderboards/board/studies.ts';
import type { RunRecord } from '../../../leaderboards/records/schema.ts';
import { asFiles, makeRecord, type Wanted } from '../../fixtures/records.ts';

const grid = [4, 8, 16, 32, 64, 128, 240];
const near = { signal: 'near' };

/** Three seeds of both regimes that a gain is of. */
const pair = (wanted: Wanted, spt: Wanted = {}): RunRecord[] =>
  [1, 2, 3].flatMap((seed) => [
    makeRecord({ benchmark: '2.0', ...wanted, seed, regime: 'scratch-matched' }),
    makeRecord({ benchmark: '2.0', ...wanted, ...spt, seed, regime: 'spt' }),
  ]);

/** With what the pretrained model predicts: use at each distance. */
function withBefore(record: RunRecord, use: number[]): RunRecord {
  if (record.spec.regime !== 'spt') return record;
  const { test, distances } = record.result!;
  return {
    ...record,
    beforeLabels: {
      objective: 'masked token',
      signal: { kind: 'near', distance: 32, pairs: 18 },
      overall: test,
      distances: distances.map((score, d) => ({
        ...score,
        use: { value: use[d]!, interval: [use[d]!, use[d]!] },
      })),
    },
  };
}

const variants = [
  { label: 'none', options: {} },
  { label: 'near', options: near },
];

describe('the entries of a study', () => {
  it('have the cells of each variant, with the gain of spt and the labels needed', () => {
    const records = [
      ...pair({ half: 8 }, { half: 64, learnedAt: 100 }),
      ...pair({ half: 8, taskOptions: near }, { half: 200 }),
      makeRecord({ benchmark: '2.0', task: 'text' }),
      makeRecord({ benchmark: '2.0', taskOptions: { signal: 'far' } }),
    ];
    const entries = studyEntries(asFiles(records), ['recall'], variants);
    expect(entries.map(({ variant, task }) => [variant, task.name])).toEqual([
      ['none', 'recall'],
      ['near', 'recall'],
    ]);
    const [none] = entries;
    expect(Object.keys(none!.cells).sort()).toEqual(['scratch-matched', 'spt']);
    expect(none!.gain!.far!.mean).toBeGreaterThan(0);
    expect(none!.before).toBeNull();
    // Seen at a look every 50 steps of 32 examples: the middle between two looks.
    expect(none!.labelled.spt!.cost).toBeCloseTo(75 * 32, 6);
    expect(none!.labelled['scratch-matched']!.cost).toBeCloseTo(175 * 32, 6);
  });

  it('have the mean curve before labels, and its reach where the smallest distance is solved', () => {
    const before = (curves: number[][]) => {
      const records = pair({ taskOptions: near }).map((record) =>
        withBefore(record, curves[record.spec.seed - 1]!),
      );
      return studyEntries(asFiles(records), ['recall'], variants)[0]!.before!;
    };
    const good = [1, 1, 0.9, 0.5, 0.1, 0, 0];
    const found = before([good, good, good.map((use) => use / 2)]);
    expect(found.seeds).toBe(3);
    expect(found.use[2]).toBeCloseTo((0.9 + 0.9 + 0.45) / 3, 9);
    expect(found.reach).toBeCloseTo(32, 6);
    expect(before([good, grid.map(() => 0), grid.map(() => 0)]).reach).toBeNull();
    expect(before([1, 2, 3].map(() => grid.map(() => 1))).reach).toBe('beyond');
  });
});

describe('an axis of numbers', () => {
  const capacity = (curves: Record<number, number>) => {
    const labels = Object.keys(curves);
    const records = labels.flatMap((label) =>
      [1, 2, 3].map((seed) =>
        makeRecord({
          ...{ benchmark: '2.0', task: 'recall-capacity', seed },
          taskOptions: { sets: Number(label) / 4 },
          curve: grid.map(() => 1 / 8 + (curves[Number(label)]! * 7) / 8),
        }),
      ),
    );
    const axis = labels.map((label) => ({ label, options: { sets: Number(label) / 4 } }));
    return studyEntries(asFiles(records), ['recall-capacity'], axis);
  };

  it('breaks where use falls to half of perfect answers', () => {
    const entries = capacity({ 4: 1, 8: 1, 16: 0.75, 32: 0.25 });
    expect([...useByVariant(entries, 'scratch').keys()]).toEqual(['4', '8', '16', '32']);
    expect(useByVariant(entries, 'scratch').get('16')).toBeCloseTo(0.75, 1);
    expect(breaksAt(entries, 'scratch') as number).toBeCloseTo(16 * Math.SQRT2, 0);
    expect(breaksAt(capacity({ 4: 1, 8: 0.9 }), 'scratch')).toBe('beyond');
    expect(breaksAt(capacity({ 4: 0.3, 8: 0.1 }), 'scratch')).toBeNull();
    expect(breaksAt(entries, 'spt')).toBeNull();
  });
});

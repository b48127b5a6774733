import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import type { BoardTask, TierBoard } from '../../../../../leaderboards/board/schema.ts';
import type { Sources } from '../../../../../site/src/lib/leaders/columns.ts';
import { leadersOf } from '../../../../../site/src/lib/leaders/view.ts';
import { asFiles, makeRecord, sampleRecords, type Wanted } from '../../../../fixtures/records.ts';

const sources = (floor: number | null = null): Sources => ({
  floor: () => (floor === null ? null : { use: floor, far: floor }),
  provenance: () => ({ ruleset: 'tuned', date: '2026-01-02', seconds: 90, peakBytes: 1e8 }),
  cost: () => 'L²',
});
const tierOf = (...wanted: Wanted[]) => buildBoard(asFiles(wanted.map(makeRecord))).tiers[0]!;
const three = (wanted: Wanted) =>
  [1, 2, 3].map((seed): Wanted => ({ benchmark: '2.0', seed, ...wanted }));
const sample = buildBoard(asFiles(sampleRecords({ benchmark: '2.0' }))).tiers[0]!;
const leaders = (tier: TierBoard, task: BoardTask | null = null, floor: number | null = null) =>
  leadersOf(tier, 'scratch', task, sources(floor));
const cellOf = (of: ReturnType<typeof leaders>, label: string, column: string) => {
  const rows = of.sections.flatMap(({ rows }) => rows);
  const at = of.columns.findIndex(({ id }) => id === column);
  return rows.find(({ row }) => row.label === label)!.cells[at]!;
};
const shown = (of: ReturnType<typeof leaders>) => of.columns.filter(({ more }) => !more);

describe('the leaderboard', () => {
  it('has one row a model, and at most eight columns with place and model', () => {
    for (const task of [null, ...sample.tasks]) {
      const of = leaders(sample, task);
      const rows = of.sections.flatMap(({ rows }) => rows);
      const models = rows.map(({ row }) => row.modelKey);
      expect(new Set(models).size).toBe(models.length);
      expect(shown(of).length + 2).toBeLessThanOrEqual(8);
      for (const { cells } of rows) expect(cells).toHaveLength(of.columns.length);
      expect(new Set(of.columns.map(({ id }) => id)).size).toBe(of.columns.length);
    }
  });
  it('stands in sections: only what finished has a place', () => {
    const tier = tierOf(
      ...three({ model: 'slow', title: 'Slow', near: 0.99, outcome: 'unfinished' }),
      ...three({ model: 'good', near: 0.6 }),
      ...three({ model: 'lost', near: 0.125, outcome: 'did not train' }),
      { benchmark: '2.0', model: 'once' },
    );
    const { sections } = leaders(tier);
    expect(
      sections.map(({ name, rows }) => [name, rows.map(({ row, place }) => [row.model, place])]),
    ).toEqual([
      ['finished', [['good', '1']]],
      [
        'unfinished',
        [
          ['slow', null],
          ['once', null],
        ],
      ],
      ['did not train', [['lost', null]]],
    ]);
    expect(sections[1]!.rows.map(({ lacks }) => lacks)).toEqual([
      'unfinished: Recall',
      'fewer than 3 seeds: Recall',
    ]);
    const lost = sections[2]!.rows[0]!;
    expect(lost.lacks).toBe('did not train: Recall');
    expect(lost.cells[0]).toMatchObject({ text: '–', sort: null });
  });
  it('is in the order of its first column, and parts rows whose places lie apart', () => {
    const { sections, columns } = leaders(sample);
    expect(columns[0]!.label).toBe('Use');
    const use = sections[0]!.rows.map(({ cells }) => cells[0]!.sort!);
    expect(use.length).toBe(3);
    expect(use).toEqual(use.toSorted((a, b) => b - a));
    const places = sections[0]!.rows.map(({ place }) => place!.split('–').map(Number));
    sections[0]!.rows.forEach(({ startsGroup }, i) => {
      const above = Math.max(0, ...places.slice(0, i).map((place) => place.at(-1)!));
      expect(startsGroup).toBe(i > 0 && places[i]![0]! > above);
    });
  });
  it('counts an unfinished row over what ran, and says over how much', () => {
    const tier = tierOf(
      ...three({ model: 'whole' }),
      ...three({ model: 'whole', task: 'recall-capacity' }),
      ...three({ model: 'part', title: 'Part' }),
    );
    const of = leaders(tier);
    expect(cellOf(of, 'Part', 'use').detail).toContain('1 of 2 tasks');
    expect(of.sections[1]!.rows[0]!.lacks).toBe('not run: Recall, by capacity');
  });
  it('speaks of reach, use far and cost of the seeds that solved the task', () => {
    const curves = [0.95, 0.95, 0.2].map((level) => Array<number>(7).fill(level));
    const tier = tierOf(
      ...curves.map((curve, i): Wanted => ({ benchmark: '2.0', curve, seed: i + 1 })),
    );
    const of = leaders(tier, tier.tasks[0]);
    expect(cellOf(of, 'Transformer', 'reach')).toMatchObject({ text: '>\u202f240' });
    expect(cellOf(of, 'Transformer', 'reach').detail).toContain('2 of 3 seeds');
    expect(cellOf(of, 'Transformer', 'far').text).toMatch(/^94/);
    // No interval describes seeds that tell different stories.
    expect(cellOf(of, 'Transformer', 'use').detail).toMatch(/^seeds 94\.\d · 94\.\d · 8\.\d$/);
    expect(cellOf(of, 'Transformer', 'solved').text).toBe('2/3');
  });
  it('gives reach as a share of the tested range, open where it goes beyond', () => {
    const both = (wanted: Wanted) => [
      ...three(wanted),
      ...three({ ...wanted, task: 'recall-capacity' }),
    ];
    const of = leaders(tierOf(...both({}), ...both({ model: 's4d', title: 'S4D', half: 40 })));
    expect(cellOf(of, 'Transformer', 'reach').text).toBe('≥\u202f100.0');
    const s4d = cellOf(of, 'S4D', 'reach');
    expect(s4d.words).toMatch(/^Recall \d\d, Recall, by capacity \d\d$/);
    expect(Number(s4d.text)).toBeGreaterThan(40);
    expect(Number(s4d.text)).toBeLessThan(70);
    const tokens = leaders(sample, sample.tasks[0]);
    expect(cellOf(tokens, 'Local attention', 'reach').words).toBe('proved limit 32 tokens');
    expect(cellOf(tokens, 'S4D', 'reach').detail).toMatch(/^\d+ to \d+$/);
  });
  it('counts a task that was not solved as none of its range, never leaving it out', () => {
    const tier = tierOf(
      ...three({}),
      ...three({ task: 'recall-capacity', near: 0.3 }),
      ...three({ model: 's4d', title: 'S4D', half: 100 }),
      ...three({ model: 's4d', title: 'S4D', half: 100, task: 'recall-capacity' }),
    );
    const of = leaders(tier);
    const [lucky, steady] = ['Transformer', 'S4D'].map((label) => cellOf(of, label, 'reach'));
    expect(lucky).toMatchObject({ text: '≥\u202f50.0' });
    expect(lucky!.detail).toContain('1 of 2 tasks solved');
    expect(steady!.sort).toBeGreaterThan(lucky!.sort!);
    expect(cellOf(of, 'Transformer', 'far').sort).toBeLessThan(0.65);
    expect(cellOf(of, 'Transformer', 'cost').isPart).toBe(true);
    expect(cellOf(of, 'S4D', 'cost').isPart).toBeUndefined();
  });
  it('is grey at the floor of shortcuts', () => {
    const far = (floor: number) => cellOf(leaders(sample, null, floor), 'Transformer', 'far');
    expect(far(0.3)).toMatchObject({ words: 'above the strongest shortcut, 30.0' });
    expect(far(0.3).faded).toBeUndefined();
    expect(far(0.99)).toMatchObject({ faded: true, words: expect.stringContaining('not above') });
  });
  it('has what self-pretraining adds, grey where it may be nothing', () => {
    const of = leaders(sample);
    expect(cellOf(of, 'S4D', 'gain-far').text).toMatch(/^\+\d/);
    expect(cellOf(of, 'S4D', 'gain-far').faded).toBeUndefined();
    expect(cellOf(of, 'Transformer', 'gain-far').faded).toBe(true);
    expect(cellOf(of, 'Transformer', 'gain-far').words).toMatch(/^could have seen \d/);
    const without = tierOf(...three({}));
    expect(leaders(without).columns.map(({ id }) => id)).not.toContain('gain-far');
  });
  it('has what learning cost, with its interval', () => {
    const tier = tierOf(...three({}));
    // The middle of the looks at 150 and 200 steps of 32 sequences of 256 tokens.
    expect(cellOf(leaders(tier), 'Transformer', 'cost')).toMatchObject({
      text: '1.43\u202fM',
      sort: 175 * 32 * 256,
      detail: expect.stringMatching(/M–/) as string,
    });
  });
  it('is ordered by accuracy where there are no controlled tasks', () => {
    const tier = tierOf(...three({ task: 'text', near: 0.7 }));
    const of = leaders(tier);
    expect(of.columns[0]!.id).toBe('standard');
    expect(of.sections[0]!.rows).toHaveLength(1);
  });
});

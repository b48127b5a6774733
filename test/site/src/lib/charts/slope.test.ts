import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import { slopeChart, slopeRows } from '../../../../../site/src/lib/charts/slope.ts';
import { asFiles, makeRecord, type Wanted } from '../../../../fixtures/records.ts';

const both = (wanted: Wanted, near: number): Wanted[] =>
  [1, 2, 3].flatMap((seed): Wanted[] => [
    { benchmark: '2.0', seed, ...wanted },
    { benchmark: '2.0', seed, ...wanted, task: 'text', reach: null, near },
  ]);
const tier = buildBoard(
  asFiles(
    [
      ...both({ title: 'Far' }, 0.6),
      ...both({ model: 'local', title: 'Bound', family: 'local attention', reach: 32 }, 0.9),
      ...both({ model: 'slow', title: 'Slow', outcome: 'unfinished' }, 0.9),
      { benchmark: '2.0', model: 's4d', title: 'Part' },
    ].map(makeRecord),
  ),
).tiers[0]!;

describe('from standard tasks to certified distances', () => {
  const rows = slopeRows(tier, 'scratch');
  it('go the models that are ranked on every task, best far away first', () => {
    expect(rows.map(({ label, bounded }) => [label, bounded])).toEqual([
      ['Far', false],
      ['Bound', true],
    ]);
    expect(rows[0]!.far).toBeGreaterThan(0.9);
    expect(rows[1]!.far).toBe(0);
    expect(rows[1]!.standard).toBeCloseTo(0.8, 1);
    expect(slopeRows(tier, 'spt')).toEqual([]);
  });
  it('are drawn with both numbers, the floor where it is known, and red what is bound', () => {
    const chart = { rows, width: 720, label: 'a', description: 'b' };
    const without = slopeChart({ ...chart, floors: { standard: null, far: null } });
    expect(without).toContain('>Bound 0<');
    expect(without).toMatch(/>Far 9\d</);
    const reds = (svg: string) => svg.split('var(--fail)').length;
    expect(reds(slopeChart({ ...chart, floors: { standard: 0.5, far: 0.1 } }))).toBe(
      reds(without) + 2,
    );
  });
});

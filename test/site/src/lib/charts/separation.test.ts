import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import { separationFinding, separations } from '../../../../../site/src/lib/charts/separation.ts';
import { separationChart } from '../../../../../site/src/lib/charts/separationChart.ts';
import { asFiles, makeRecord, sampleRecords, type Wanted } from '../../../../fixtures/records.ts';

const boardOf = (...wanted: Wanted[]) => buildBoard(asFiles(wanted.map(makeRecord))).tiers[0]!;
const local: Wanted = {
  model: 'local',
  title: 'Local attention',
  family: 'local attention',
  reach: 32,
};
const sample = buildBoard(asFiles(sampleRecords())).tiers[0]!;

describe('models of bounded reach beside the best', () => {
  const rows = separations(sample, 'scratch');

  it('are compared on tasks that both kinds have finished, standard ones first', () => {
    expect(rows.map(({ task, distance }) => [task.name, distance])).toEqual([
      ['text', null],
      ['recall', 240],
    ]);
    expect(separations(boardOf({}), 'scratch')).toEqual([]);
    expect(separations(boardOf(local), 'scratch')).toEqual([]);
    expect(separations(sample, 'spt').map(({ task }) => task.name)).toEqual(['text', 'recall']);
  });
  it('are known by their certificate, on a standard task by that of a controlled one', () => {
    for (const { models } of rows) {
      const bounded = models.filter(({ bounded }) => bounded);
      expect(bounded.map(({ label }) => label)).toEqual(['Local attention']);
    }
  });
  it('have a gap to the best in chance-corrected accuracy', () => {
    const level = (model: Wanted) =>
      2 * boardOf(model).rows[0]!.cells.find(({ task }) => task === 'text')!.accuracy! - 1;
    const one = boardOf(
      { task: 'text', near: 0.7 },
      { ...local, task: 'text', near: 0.6, reach: null },
      { ...local },
    );
    const gap = level({ task: 'text', near: 0.7 }) - level({ ...local, task: 'text', near: 0.6 });
    expect(separations(one, 'scratch')[0]!.gap).toBeCloseTo(gap, 9);
    const recall = rows[1]!;
    expect(recall.models.find(({ bounded }) => bounded)!.level).toBe(0);
    expect(recall.gap).toBe(recall.models[0]!.level);
  });
  it('are summed up in a sentence', () => {
    const behind = rows.map((row) => ({ ...row, gap: 0.043 }));
    expect(separationFinding(behind)).toMatch(
      /^A model of bounded reach comes within 4\.3 points of the best on Text \(IMDb bytes\); at the farthest certified distance of Recall every such model is exactly at chance, and the best model is 9\d\.\d points above it\.$/,
    );
    expect(separationFinding(rows)).toMatch(/^A model of bounded reach is the best on Text/);
    const broken = structuredClone(rows);
    broken[1]!.models.find(({ bounded }) => bounded)!.level = 0.2;
    expect(separationFinding(broken)).toContain('1 of them are not at chance');
    expect(separationFinding([])).toBe('');
  });
  it('are drawn as they were', async () => {
    const chart = { rows, width: 720, label: 'Gaps', description: separationFinding(rows) };
    await expect(`${separationChart(chart)}\n`).toMatchFileSnapshot('separationChart.svg');
  });
});

import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../leaderboards/build.ts';
import { boardCommand } from '../../../../site/src/lib/reproduce.ts';
import { buildTable } from '../../../../site/src/lib/table.ts';
import { asFiles, makeRecord, sampleRecords, type Wanted } from '../../fixtures.ts';

const tierOf = (...wanted: Wanted[]) => buildBoard(asFiles(wanted.map(makeRecord))).tiers[0]!;
const sample = buildBoard(asFiles(sampleRecords())).tiers[0]!;
const { groups, rows, notes } = buildTable(sample);
const columns = groups.flatMap(({ columns }) => columns);
const cell = (label: string, regime: string, column: string) =>
  rows.find(({ row }) => row.label === label && row.regime === regime)!.cells[
    columns.findIndex(({ id }) => id === column)
  ]!;

describe('the leaderboard table', () => {
  it('has a cell for each column in each row', () => {
    expect(rows).toHaveLength(9);
    for (const { cells } of rows) expect(cells).toHaveLength(columns.length);
    expect(new Set(columns.map(({ id }) => id)).size).toBe(columns.length);
  });
  it('shows numbers with their spread, and sorts by the number', () => {
    const { text, spread, sort } = cell('Transformer', 'spt', 'text-accuracy');
    expect(text).toMatch(/^\d\d\.\d$/);
    expect(spread).toMatch(/^±\d\.\d$/);
    expect(sort).toBeCloseTo(Number(text) / 100, 3);
  });
  it('shows what is missing as a dash with its reason, and sorts it last', () => {
    expect(cell('Local attention', 'scratch', 'listops-accuracy')).toEqual({
      text: '–',
      sort: null,
      state: 'missing',
      reason: 'no scratch run of local on listops is recorded',
    });
    expect(cell('Local attention', 'scratch', 'mean-standard').reason).toBe('no run on listops');
    expect(notes).toContain(
      'Local attention, scratch, ListOps: no scratch run of local on listops is recorded.',
    );
  });
  it('shows failures, and failed seeds behind a number', () => {
    const tier = tierOf({}, { model: 's4d', status: 'failed', reason: 'out of memory' });
    const failed = buildTable(tier).rows[1]!.cells;
    expect(failed[0]).toMatchObject({
      text: 'FAIL',
      state: 'failed',
      reason: 'failed: out of memory',
    });
    expect(cell('S4D', 'scratch', 'text-accuracy')).toMatchObject({
      state: 'done',
      reason: expect.stringContaining('1 of 3 seeds counted as chance') as string,
    });
  });
  it('ranks beyond above every reach, with a full bar', () => {
    const full = cell('Transformer', 'scratch', 'recall-reach');
    expect(full).toMatchObject({ text: '>\u202f240', bar: 1, best: true });
    const half = cell('S4D', 'scratch', 'recall-reach');
    expect(half.bar).toBeGreaterThan(0.4);
    expect(half.bar).toBeLessThan(0.7);
    expect(full.sort!).toBeGreaterThan(half.sort!);
  });
  it('says that reach is not defined where the near distance was not learned', () => {
    const [row] = buildTable(tierOf({ near: 0.125 })).rows;
    const undefinedCells = row!.cells.filter(({ reason }) => reason?.startsWith('not defined'));
    expect(undefinedCells).toHaveLength(2);
  });
  it('marks the best of a column, all that read the same, and nothing alone', () => {
    columns.forEach(({ ranked, first }, i) => {
      const filled = rows.map(({ cells }) => cells[i]!).filter(({ sort }) => sort !== null);
      const best = filled.filter((cell) => cell.best);
      expect(best.length > 0).toBe(ranked);
      if (!ranked) return;
      const values = filled.map(({ sort }) => sort!);
      const extreme = first === 'descending' ? Math.max(...values) : Math.min(...values);
      expect(best.some(({ sort }) => sort === extreme)).toBe(true);
      expect(new Set(best.map(({ text }) => text)).size).toBe(1);
    });
    expect(buildTable(tierOf({})).rows[0]!.cells.some(({ best }) => best)).toBe(false);
  });
  it('shows means only over several tasks of a kind', () => {
    const ids = (...wanted: Wanted[]) =>
      buildTable(tierOf(...wanted)).groups.flatMap(({ columns }) => columns.map(({ id }) => id));
    expect(ids({ task: 'text' })).not.toContain('mean-standard');
    expect(columns.map(({ id }) => id)).toContain('mean-standard');
    expect(columns.map(({ id }) => id)).not.toContain('mean-controlled');
  });
  it('names records that are not compared', () => {
    const tier = tierOf({ seed: 1 }, { seed: 2 }, { seed: 3, steps: 7 });
    expect(buildTable(tier).notes[0]).toMatch(/\.json is not compared: steps is 7/);
  });
});

describe('the command that repeats the board', () => {
  it('names every task, model, regime and seed once', () => {
    expect(boardCommand(sample).replace(/ \\\n +/g, ' ')).toBe(
      'npm run evaluate -- run --task recall,listops,text --model local,s4d,transformer --regime scratch,scratch-matched,spt --seed 1,2,3 --tier lite --jobs 2',
    );
  });
});

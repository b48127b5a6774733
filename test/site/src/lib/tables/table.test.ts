import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import { boardCommand } from '../../../../../site/src/lib/words/reproduce.ts';
import { taskTable } from '../../../../../site/src/lib/tables/table.ts';
import { asFiles, makeRecord, sampleRecords, type Wanted } from '../../../../fixtures/records.ts';

const tierOf = (...wanted: Wanted[]) => buildBoard(asFiles(wanted.map(makeRecord))).tiers[0]!;
const sample = buildBoard(asFiles(sampleRecords())).tiers[0]!;
const taskOf = (name: string) => sample.tasks.find((task) => task.name === name)!;
const table = (name: string) => taskTable(sample, taskOf(name));
const cell = (task: string, label: string, regime: string, column: string) => {
  const { groups, rows } = table(task);
  const columns = groups.flatMap(({ columns }) => columns);
  const row = rows.find(({ row }) => row.label === label && row.regime === regime)!;
  return row.cells[columns.findIndex(({ id }) => id === column)]!;
};

describe('the ranking on a task', () => {
  it('has a cell for each column in each row, best row first', () => {
    const { groups, rows } = table('recall');
    const columns = groups.flatMap(({ columns }) => columns);
    expect(rows).toHaveLength(9);
    for (const { cells } of rows) expect(cells).toHaveLength(columns.length);
    expect(new Set(columns.map(({ id }) => id)).size).toBe(columns.length);
    const at = columns.findIndex(({ id }) => id === 'accuracy');
    const accuracies = rows.map(({ cells }) => cells[at]!.sort!);
    expect(accuracies).toEqual(accuracies.toSorted((a, b) => b - a));
  });
  it('shows numbers with their spread, and sorts by the number', () => {
    const { text, spread, sort } = cell('text', 'Transformer', 'spt', 'accuracy');
    expect(text).toMatch(/^\d\d\.\d$/);
    expect(spread).toMatch(/^±\d\.\d$/);
    expect(sort).toBeCloseTo(Number(text) / 100, 3);
  });
  it('leaves out who did not run the task', () => {
    expect(
      table('listops')
        .rows.map(({ row }) => row.label)
        .sort(),
    ).toEqual(['S4D', 'Transformer']);
  });
  it('shows failures last with their reason, and failed seeds behind a number', () => {
    const tier = tierOf({ near: 0.2 }, { model: 's4d', status: 'failed', reason: 'out of memory' });
    const { rows, notes } = taskTable(tier, tier.tasks[0]!);
    expect(rows[1]!.cells[1]).toMatchObject({
      text: 'FAIL',
      state: 'failed',
      sort: null,
      reason: 'failed: out of memory',
    });
    expect(notes[0]).toContain('failed: out of memory');
    expect(cell('text', 'S4D', 'scratch', 'accuracy')).toMatchObject({
      state: 'done',
      reason: expect.stringContaining('1 of 3 seeds counted as chance') as string,
    });
  });
  it('has what is not ranked last, with what it lacks, however good', () => {
    const three = (wanted: Wanted) =>
      [1, 2, 3].map((seed): Wanted => ({ benchmark: '2.0', seed, ...wanted }));
    const tier = tierOf(
      ...three({ model: 'slow', title: 'Slow', near: 0.99, outcome: 'unfinished' }),
      ...three({ model: 'good', near: 0.6 }),
      ...three({ model: 'fair', near: 0.5 }),
    );
    const { rows, notes } = taskTable(tier, tier.tasks[0]!);
    expect(rows.map(({ row }) => row.model)).toEqual(['good', 'fair', 'slow']);
    expect(rows[2]!.cells[0]).toMatchObject({ text: '–', reason: 'not ranked: unfinished' });
    expect(notes).toEqual(['Slow, scratch: not ranked, unfinished.']);
  });
  it('says of how many seeds a reach is, and what learning cost them', () => {
    const curves = [0.95, 0.95, 0.2].map((level) => Array<number>(7).fill(level));
    const tier = tierOf(...curves.map((curve, i) => ({ benchmark: '2.0', curve, seed: i + 1 })));
    const { groups, rows } = taskTable(tier, tier.tasks[0]!);
    const columns = groups.flatMap(({ columns }) => columns);
    const shown = (id: string) => rows[0]!.cells[columns.findIndex((one) => one.id === id)];
    expect(shown('reach')).toMatchObject({ text: '>\u202f240', spread: '2 of 3 seeds' });
    // The middle of the looks at 150 and 200 steps of 32 sequences of 256 tokens.
    expect(shown('cost')).toMatchObject({ text: '1.43\u202fM', sort: 175 * 32 * 256 });
    const lost = tierOf(...curves.map((_, i) => ({ curve: curves[2]!, seed: i + 1 })));
    const reach = taskTable(lost, lost.tasks[0]!).rows[0]!.cells.find(({ reason }) =>
      reason?.startsWith('not defined'),
    );
    expect(reach!.reason).toBe('not defined: 0 of 3 seeds solved the smallest distance');
  });
  it('ranks beyond above every reach, with a full bar', () => {
    const full = cell('recall', 'Transformer', 'scratch', 'reach');
    expect(full).toMatchObject({ text: '>\u202f240', bar: 1, best: true });
    const half = cell('recall', 'S4D', 'scratch', 'reach');
    expect(half.bar).toBeGreaterThan(0.4);
    expect(half.bar).toBeLessThan(0.7);
    expect(full.sort!).toBeGreaterThan(half.sort!);
  });
  it('says that reach is not defined where the near distance was not learned', () => {
    const tier = tierOf({ near: 0.125 });
    const [row] = taskTable(tier, tier.tasks[0]!).rows;
    const undefinedCells = row!.cells.filter(({ reason }) => reason?.startsWith('not defined'));
    expect(undefinedCells).toHaveLength(2);
  });
  it('gives the gain of SPT in the rows of SPT alone', () => {
    expect(cell('recall', 'S4D', 'spt', 'gain').text).toMatch(/^\+\d+\.\d$/);
    expect(cell('recall', 'S4D', 'scratch', 'gain')).toMatchObject({ reason: 'only for SPT' });
  });
  it('marks the best of a column, all that read the same, and nothing alone', () => {
    const { groups, rows } = table('recall');
    groups
      .flatMap(({ columns }) => columns)
      .forEach(({ ranked, first }, i) => {
        const filled = rows.map(({ cells }) => cells[i]!).filter(({ sort }) => sort !== null);
        const best = filled.filter((cell) => cell.best);
        expect(best.length > 0).toBe(ranked);
        if (!ranked) return;
        const values = filled.map(({ sort }) => sort!);
        const extreme = first === 'descending' ? Math.max(...values) : Math.min(...values);
        expect(best.some(({ sort }) => sort === extreme)).toBe(true);
        expect(new Set(best.map(({ text }) => text)).size).toBe(1);
      });
    const alone = tierOf({});
    const [row] = taskTable(alone, alone.tasks[0]!).rows;
    expect(row!.cells.some(({ best }) => best)).toBe(false);
  });
  it('shows ranks where the board has them', () => {
    const tier = structuredClone(sample);
    for (const [i, { cells }] of tier.rows.entries()) cells[0]!.rank = [i + 1, i + 2];
    const { groups, rows } = taskTable(tier, tier.tasks[0]!);
    expect(groups[0]!.columns[0]!.id).toBe('rank');
    expect(rows.map(({ cells }) => cells[0]!.text)).toContain('1–2');
    for (const { cells } of tier.rows) cells[0]!.rank = null;
    const without = taskTable(tier, tier.tasks[0]!).groups[0]!.columns;
    expect(without.map(({ id }) => id)).not.toContain('rank');
  });
});

describe('the command that repeats the board', () => {
  it('names every task, model, regime and seed once', () => {
    expect(boardCommand(sample).replace(/ \\\n +/g, ' ')).toBe(
      'npm run evaluate -- run --task recall,listops,text --model local,s4d,transformer --regime scratch,scratch-matched,spt --seed 1,2,3 --tier lite --jobs 2',
    );
  });
});

describe('the ranking on a task with questions', () => {
  it('has use first, accuracy beside it, and use near and far', () => {
    const tier = buildBoard(asFiles([makeRecord({ questions: true, half: 40 })])).tiers[0]!;
    const { groups, rows } = taskTable(tier, tier.tasks[0]!);
    const labels = groups[0]!.columns.map(({ label }) => label);
    expect(labels.slice(labels.indexOf('Use'), labels.indexOf('Use') + 2)).toEqual([
      'Use',
      'Accuracy',
    ]);
    const cell = tier.rows[0]!.cells[0]!;
    expect(rows[0]!.cells[labels.indexOf('Use')]!.sort).toBeCloseTo(cell.use!.value, 7);
    expect(rows[0]!.cells[labels.indexOf('At 240')]!.sort).toBeCloseTo(
      cell.distances.at(-1)!.use!.value,
      7,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import { percent, plusMinus } from '../../../../../site/src/lib/words/format.ts';
import {
  provenanceOf,
  summaryTable,
  taskColumnCount,
  type Provenance,
} from '../../../../../site/src/lib/tables/summary.ts';
import { asFiles, makeRecord, sampleRecords, type Wanted } from '../../../../fixtures/records.ts';

const provenance = (): Provenance => ({
  ruleset: 'fixed',
  date: '2026-01-02',
});
const tierOf = (...wanted: Wanted[]) => buildBoard(asFiles(wanted.map(makeRecord))).tiers[0]!;
const sample = buildBoard(asFiles(sampleRecords())).tiers[0]!;
const { groups, rows, notes } = summaryTable(sample, provenance, () => null);
const ids = groups.flatMap(({ columns }) => columns.map(({ id }) => id));
const cell = (label: string, regime: string, column: string, table = rows) =>
  table.find(({ row }) => row.label === label && row.regime === regime)!.cells[
    ids.indexOf(column)
  ]!;

describe('the leaderboard over all tasks', () => {
  it('has a cell for each column in each row', () => {
    expect(rows).toHaveLength(9);
    for (const { cells } of rows) expect(cells).toHaveLength(ids.length);
    expect(new Set(ids).size).toBe(ids.length);
  });
  it('gives a mean only where every task was run, else says which was not', () => {
    expect(cell('Transformer', 'scratch', 'standard').text).toMatch(/^\d\d\.\d$/);
    expect(cell('Local attention', 'scratch', 'standard')).toMatchObject({
      text: '–',
      state: 'missing',
      reason: 'no run on listops',
    });
    expect(notes).toContain('7 rows: no run on ListOps.');
  });
  it('gives drop, reach, locality and gain of the controlled tasks', () => {
    expect(cell('Local attention', 'scratch', 'drop').sort).toBeGreaterThan(0.7);
    expect(cell('Transformer', 'scratch', 'reach')).toMatchObject({ text: '≥\u202f240', bar: 1 });
    expect(Number(cell('S4D', 'scratch', 'reach').text)).toBeLessThan(60);
    expect(cell('S4D', 'scratch', 'locality').spread).toMatch(/^±0\.\d\d$/);
    expect(cell('S4D', 'spt', 'far').text).toMatch(/^\+\d/);
    expect(cell('S4D', 'scratch', 'far').reason).toBe('only for SPT');
    expect(cell('S4D', 'scratch', 'learned').text).toBe('1/1');
  });
  it('is in the order of the mean above chance that it shows', () => {
    const shown = rows.map(({ cells }) => cells[ids.indexOf('controlled')]!.sort);
    expect(new Set(shown).size).toBeGreaterThan(5);
    expect(shown).toEqual([...shown].sort((a, b) => b! - a!));
    const { accuracy } = rows[0]!.row.controlled;
    expect(shown[0]).toBeCloseTo((accuracy!.mean - 1 / 8) / (7 / 8), 7);
  });
  it('does not hide what was not learned', () => {
    const tier = tierOf({ near: 0.125 });
    const [row] = summaryTable(tier, provenance, () => null).rows;
    expect(row!.cells[ids.indexOf('learned')]!.text).toBe('0/1');
    expect(row!.cells[ids.indexOf('reach')]!.reason).toMatch(/^not defined/);
  });
  it('shows one task instead, with the columns of a row unchanged', () => {
    const text = sample.tasks.find(({ name }) => name === 'text')!;
    const only = summaryTable(sample, provenance, () => null, text).rows;
    const shown = cell('Local attention', 'scratch', 'standard', only);
    const row = only.find(({ row: { key } }) => key === 'local~scratch')?.row;
    const of = row!.cells[sample.tasks.indexOf(text)]!;
    expect(shown.text).toMatch(/^2\d\.\d$/);
    expect(percent(of.accuracy!)).toMatch(/^6\d\.\d$/);
    expect(shown.sort).toBeCloseTo(2 * of.accuracy! - 1, 7);
    expect(shown.spread).toBe(plusMinus(of.interval!.map((end) => 2 * end) as [number, number]));
    expect(cell('Local attention', 'scratch', 'controlled', only).reason).toBe(
      'a task of the other kind is shown',
    );
    const count = taskColumnCount(sample, () => null);
    expect(only[0]!.cells.slice(count)).toEqual(rows[0]!.cells.slice(count));
  });
  it('has LRA averages only where the board has them', () => {
    expect(ids).not.toContain('lra-five');
    const [first, ...others] = sample.rows;
    const five = { mean: 0.5, interval: null, seeds: 3, over: null };
    const withMean = { ...first!, lra: { five, six: null, reason: 'no run on pathx' } };
    const table = summaryTable({ ...sample, rows: [withMean, ...others] }, provenance, () => null);
    const columns = table.groups.flatMap(({ columns }) => columns.map(({ id }) => id));
    expect(columns).not.toContain('lra-six');
    const at = columns.indexOf('lra-five');
    expect(table.rows[0]!.cells[at]).toMatchObject({ text: '50.0', state: 'done' });
    expect(table.rows[1]!.cells[at]).toMatchObject({ state: 'missing' });
  });
  it('says how far a row is above the shortcuts, where they were audited', () => {
    const table = summaryTable(sample, provenance, ({ name }) => (name === 'text' ? 0.6 : null));
    const part = table.groups.find(({ label }) => label === 'Shortcuts')!;
    expect(part.optional).toBe(true);
    const columns = table.groups.flatMap(({ columns }) => columns.map(({ id }) => id));
    const { row, cells } = table.rows.find(({ row }) => row.regime === 'spt')!;
    const { accuracy } = row.cells[sample.tasks.findIndex(({ name }) => name === 'text')]!;
    expect(cells[columns.indexOf('over')]!.sort).toBeCloseTo(accuracy! - 0.6, 6);
  });
  it('says what of a row was verified here', () => {
    expect(cell('Transformer', 'spt', 'check').text).toBe('trained-here');
    const reported = asFiles([makeRecord(), makeRecord({ seed: 2 })]);
    Object.assign(reported[1]!.record, { verification: { tier: 'self-reported' } });
    const table = summaryTable(buildBoard(reported).tiers[0]!, provenance, () => null);
    expect(table.groups.map(({ label }) => label)).toEqual(['Controlled', 'Model and runs']);
    expect(table.rows[0]!.cells.at(-2)!.text).toBe('self-reported');
  });
  it('names records that are not compared', () => {
    const tier = tierOf({ seed: 1 }, { seed: 2 }, { seed: 3, steps: 7 });
    expect(summaryTable(tier, provenance, () => null).notes[0]).toMatch(
      /\.json is not compared: steps is 7/,
    );
  });
});

describe('what stands behind a row', () => {
  it('is the latest day and the common ruleset', () => {
    const [a, b] = asFiles([makeRecord(), makeRecord({ seed: 2, ended: '2026-03-04T05:06:07Z' })]);
    expect(provenanceOf([a!, b!])).toEqual({
      ruleset: 'fixed',
      date: '2026-03-04',
    });
    b!.record.spec.protocol.learningRates = [0.1, 0.2];
    expect(provenanceOf([a!, b!])).toMatchObject({ ruleset: 'mixed' });
  });
});

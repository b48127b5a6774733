import { describe, expect, it } from 'vitest';
import { longer, longerFiles } from '../../../leaderboards/board/lengths.ts';
import { studyEntries } from '../../../leaderboards/board/studies.ts';
import { studyTables } from '../../../leaderboards/board/studyTables.ts';
import { asFiles } from '../../fixtures/records.ts';
import { lengthRuns, lengthTests } from '../../fixtures/studies.ts';

const runs = lengthRuns();
/** Full use up to the trained 256 tokens, then a fall; less in longer sequences. */
const tests = lengthTests(runs, (distance, factor) => (distance < 256 ? 1 : 1 / factor));
const axis = { axis: 'times', variants: [{ label: '1', options: {} }, longer(2), longer(4)] };

describe('runs beyond their length', () => {
  it('are scored as every run, with intervals and reach', () => {
    const files = [...asFiles(runs), ...longerFiles(asFiles(runs), tests)];
    const entries = studyEntries(files, ['recall'], axis.variants);
    expect(entries.map(({ variant, task }) => [variant, task.length])).toEqual([
      ['1', 256],
      ['2', 512],
      ['4', 1024],
    ]);
    const [, two, four] = entries.map(({ cells }) => cells.scratch!);
    expect(two!.distances.at(-1)!.use!.value).toBeCloseTo(0.5, 1);
    expect(two!.distances.at(-1)!.use!.interval).not.toBeNull();
    expect(two!.standing).toBe('ranked');
    expect(four!.reach).toBeGreaterThan(240);
    expect(four!.reach).toBeLessThan(480);
    const [table] = studyTables('length', axis, entries);
    expect(table!.columns.length).toBeLessThanOrEqual(8);
    expect(table!.rows.map(([model, times, tokens]) => [model, times, tokens])).toEqual([
      ['Transformer', '1', '256'],
      ['Transformer', '2', '512'],
      ['Transformer', '4', '1024'],
    ]);
  });
  it('are left out without their run, and make no table where none was tested', () => {
    expect(longerFiles([], tests)).toEqual([]);
    const entries = studyEntries(asFiles(runs), ['recall'], axis.variants);
    expect(studyTables('length', axis, entries)).toEqual([]);
  });
});

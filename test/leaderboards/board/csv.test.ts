import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { boardCsv } from '../../../leaderboards/board/csv.ts';
import { asFiles, makeRecord, sampleRecords } from '../../fixtures/records.ts';

describe('leaderboard.csv', () => {
  it('has a line for each row, task and distance, and one for each whole test split', () => {
    const lines = boardCsv(buildBoard(asFiles(sampleRecords())))
      .trimEnd()
      .split('\n');
    // 9 rows: recall at 7 distances and as a whole; listops and text as wholes.
    // Each has a mean over the controlled task; two ran on both standard ones.
    expect(lines).toHaveLength(1 + 9 * (7 + 1 + 1 + 1) + 9 + 2);
    const means = lines.filter((line) => line.includes(',mean,'));
    expect(means.filter((line) => line.startsWith('0.1,lite,standard,'))).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^benchmark,tier,task,kind,length,chance,model,.*,gainFarHigh,budget$/,
    );
  });
  it('has the use of tasks with questions, and nothing there of others', () => {
    const columnsOf = (csv: string) => {
      const [header, whole] = csv.split('\n').map((line) => line.split(','));
      return Object.fromEntries(header!.map((name, i) => [name, whole![i]]));
    };
    const { use, useLow, useHigh, accuracy } = columnsOf(
      boardCsv(buildBoard(asFiles([makeRecord({ questions: true })]))),
    );
    expect(Number(use)).toBeCloseTo((Number(accuracy) - 1 / 8) / (7 / 8), 12);
    expect(Number(useLow)).toBeLessThan(Number(use));
    expect(Number(useHigh)).toBeGreaterThan(Number(use));
    expect(columnsOf(boardCsv(buildBoard(asFiles([makeRecord()])))).use).toBe('');
  });
  it('is only a header without records', () => {
    expect(boardCsv(buildBoard([])).split('\n')).toHaveLength(2);
  });
  it('keeps spreadsheets from running names, and numbers as they are', () => {
    const files = [
      makeRecord({ title: '=HYPERLINK("x")', regime: 'spt', task: 'text', near: 0.5 }),
      makeRecord({ title: '=HYPERLINK("x")', regime: 'scratch-matched', task: 'text', near: 0.9 }),
    ];
    const csv = boardCsv(buildBoard(asFiles(files)));
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
    expect(csv).toMatch(/,-0\.\d+,,,,,,,,,\d+\n/);
  });
});

import { describe, expect, it } from 'vitest';
import { formatStudyTable } from '../../../evaluate/commands/study.ts';
import { studies } from '../../../evaluate/plan/studies.ts';
import { studyEntries } from '../../../leaderboards/board/studies.ts';
import { studyTables, type StudyKind } from '../../../leaderboards/board/studyTables.ts';
import type { RunRecord } from '../../../leaderboards/records/schema.ts';
import { asFiles, makeRecord, type Wanted } from '../../fixtures/records.ts';

const runs = (wanted: Wanted): RunRecord[] =>
  [1, 2, 3].map((seed) => makeRecord({ benchmark: '2.0', ...wanted, seed }));

/** The tables of a study, as lines. */
function table(name: StudyKind, records: RunRecord[]): string[] {
  const { tasks, variants } = studies[name];
  const entries = studyEntries(asFiles(records), tasks, variants);
  return studyTables(name, studies[name], entries).flatMap((one) =>
    formatStudyTable(one).split('\n'),
  );
}

describe('the table of a study', () => {
  it('has the curves before and after labels by signal', () => {
    const taskOptions = { signal: 'far' };
    const lines = table('signal', [
      ...runs({ regime: 'spt', taskOptions, half: 40 }),
      ...runs({ regime: 'scratch-matched', taskOptions, half: 10 }),
    ]);
    expect(lines[0]).toContain('Use at 4 8 16 32 64 128 240 tokens');
    expect(lines[2]).toMatch(/signal .*before labels .*after, spt .*scratch-matched .*scratch/);
    expect(lines).toHaveLength(10);
    expect(lines[4]).toMatch(/^far +Transformer +– +[-\d. ]{30,} +[-\d. ]{30,} +– +ranked$/);
    expect(lines[9]).toMatch(
      /^far +Transformer +– +\d\d +\d+ +\S+ \[.*\] +\S+ \[.*\] +\d+ \/ \d+$/,
    );
  });

  it('has the gain by number of labels', () => {
    const taskOptions = { train: 500 };
    const lines = table('labels', [
      ...runs({ task: 'text', regime: 'spt', taskOptions, near: 0.7 }),
      ...runs({ task: 'text', regime: 'scratch-matched', taskOptions, near: 0.6 }),
    ]);
    expect(lines.at(-1)).toMatch(
      /^text +500 +Transformer +0\.\d\d +0\.\d\d +0\.1\d? \[.*\] +3 +ranked$/,
    );
  });

  it('has use by number of pairs, and where it breaks', () => {
    const lines = table('capacity', [
      ...runs({ task: 'recall-capacity', taskOptions: { sets: 1 } }),
      ...runs({ task: 'recall-capacity', near: 0.2 }),
    ]);
    expect(lines[2]).toMatch(/model +state size +4 pairs +8 pairs .* 64 pairs +breaks at/);
    expect(lines.at(-1)).toMatch(/^Transformer +32768 +0\.9\d +– +– +0\.\d\d +– +1\d$/);
  });
});

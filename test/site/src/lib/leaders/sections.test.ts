import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import { lackWords, sectionOf } from '../../../../../site/src/lib/leaders/sections.ts';
import { asFiles, makeRecord, type Wanted } from '../../../../fixtures/records.ts';

const takenOf = (...wanted: Wanted[]) => {
  const { rows, tasks } = buildBoard(
    asFiles(
      wanted.flatMap((one) =>
        [1, 2, 3].map((seed) => makeRecord({ benchmark: '2.0', seed, ...one })),
      ),
    ),
  ).tiers[0]!;
  return tasks.map((task, i) => ({ task, cell: rows[0]!.cells[i]! }));
};

describe('the section of a row', () => {
  it('is finished only if every task is ranked', () => {
    const taken = takenOf({}, { task: 'recall-capacity' });
    expect(sectionOf(taken)).toBe('finished');
    expect(lackWords(taken)).toBe('');
  });
  it('is unfinished as long as more runs could change it', () => {
    const taken = takenOf(
      { outcome: 'did not train' },
      { task: 'recall-capacity', outcome: 'unfinished' },
    );
    expect(sectionOf(taken)).toBe('unfinished');
    expect(lackWords(taken)).toBe('did not train: Recall; unfinished: Recall, by capacity');
  });
  it('did not train if a finished training came to nothing', () => {
    expect(sectionOf(takenOf({ outcome: 'did not train' }, { task: 'recall-capacity' }))).toBe(
      'did not train',
    );
    expect(sectionOf(takenOf({ status: 'failed', reason: 'out of memory' }))).toBe('did not train');
  });
});

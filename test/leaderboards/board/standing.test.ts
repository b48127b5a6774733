import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { asFiles, makeRecord, type Wanted } from '../../fixtures/records.ts';

const three = (wanted: Wanted): Wanted[] =>
  [1, 2, 3].map((seed) => ({ benchmark: '2.0', ...wanted, seed }));
const boardOf = (...wanted: Wanted[]) => buildBoard(asFiles(wanted.map(makeRecord))).tiers[0]!;
const standing = (...wanted: Wanted[]) => boardOf(...wanted).rows[0]!.cells[0]!.standing;

describe('standing', () => {
  it('is ranked with three finished and tuned seeds', () => {
    expect(standing(...three({}))).toBe('ranked');
    expect(standing(...three({ tuned: false }))).toBe('not tuned');
    expect(standing(...three({}).slice(1))).toBe('fewer than 3 seeds');
  });

  it('is that of the worst run', () => {
    const [first, second, third] = three({});
    const last = (rest: Wanted) => standing(first!, second!, { ...third, ...rest });
    expect(last({ outcome: 'unfinished' })).toBe('unfinished');
    expect(last({ outcome: 'did not train' })).toBe('did not train');
    expect(last({ status: 'diverged' })).toBe('failed');
  });

  it('is ranked if a certificate proves chance, which no training changes', () => {
    const blind = three({ reach: 3, outcome: 'did not train' });
    expect(standing(...blind)).toBe('ranked');
    expect(standing(...three({ reach: 4, outcome: 'did not train' }))).toBe('did not train');
  });

  it('is by the rules of its version before benchmark 2.0', () => {
    expect(standing({ benchmark: '1.0' })).toBe('earlier rules');
  });

  it('of a submission with unknown training depends on its seeds alone', () => {
    const records = three({ tuned: false }).map((wanted) => {
      const record = makeRecord(wanted);
      const verification = {
        ...{ tier: 'self-reported' as const, submission: 'x' },
        authors: ['A'],
      };
      return { ...record, verification: { ...verification, file: '0'.repeat(64) } };
    });
    expect(buildBoard(asFiles(records)).tiers[0]!.rows[0]!.cells[0]!.standing).toBe('ranked');
  });
});

describe('what is not ranked', () => {
  it('has no rank and no mean, is named with what it lacks, and stands last', () => {
    const { rows } = boardOf(
      ...three({ model: 'slow', outcome: 'unfinished' }),
      ...three({ model: 'good', near: 0.8 }),
      ...three({ model: 'bad', near: 0.4 }),
    );
    expect(rows.map(({ model }) => model)).toEqual(['good', 'bad', 'slow']);
    const [good, bad, slow] = rows;
    expect([good!.ranks.controlled, bad!.ranks.controlled]).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect([good!.cells[0]!.rank, bad!.cells[0]!.rank]).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(slow!.cells[0]).toMatchObject({ rank: null, state: 'done', standing: 'unfinished' });
    expect(slow!.ranks.controlled).toBeNull();
    expect(slow!.controlled).toEqual({
      accuracy: null,
      corrected: null,
      reason: 'not ranked on recall (unfinished)',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { assembleTier } from '../../../../../leaderboards/board/build.ts';
import { differencesOf, verdictWords } from '../../../../../site/src/lib/leaders/differences.ts';
import { asFiles, makeRecord, sampleRecords } from '../../../../fixtures/records.ts';

const assembled = assembleTier(asFiles(sampleRecords({ benchmark: '2.0' })));
const { board } = assembled;
const rowOf = (key: string) => board.rows.find((row) => row.key === key)!;
const against = (own: string, other: string) =>
  differencesOf(assembled, rowOf(own)).find((each) => each.other.key === other)!;

describe('a model beside others', () => {
  it('is compared under its own regime, with opposite signs either way', () => {
    const all = differencesOf(assembled, rowOf('transformer~scratch'));
    expect(all.map(({ other }) => other.key).sort()).toEqual(['local~scratch', 's4d~scratch']);
    const ahead = against('transformer~scratch', 's4d~scratch');
    const behind = against('s4d~scratch', 'transformer~scratch');
    const recall = board.tasks.findIndex(({ name }) => name === 'recall');
    const [a, b] = [ahead.far[recall]!, behind.far[recall]!];
    expect(a.mean).toBeCloseTo(-b.mean, 12);
    expect(a.interval![0]).toBeCloseTo(-b.interval![1], 12);
    expect(a.interval![0]).toBeGreaterThan(0);
    const [cell, other] = ['transformer~scratch', 's4d~scratch'].map(
      (key) => rowOf(key).cells[recall]!,
    );
    expect(ahead.overall[recall]!.mean).toBeCloseTo(cell!.use!.value - other!.use!.value, 9);
  });
  it('has no difference where one did not run, and none far on a standard task', () => {
    const { overall, far } = against('transformer~scratch', 'local~scratch');
    const at = (name: string) => board.tasks.findIndex((task) => task.name === name);
    expect(overall[at('listops')]).toBeNull();
    expect(overall[at('text')]).not.toBeNull();
    expect(far[at('text')]).toBeNull();
  });
  it('has no interval of one seed, and then no verdict', () => {
    const single = assembleTier(
      asFiles([makeRecord({ benchmark: '2.0' }), makeRecord({ benchmark: '2.0', model: 's4d' })]),
    );
    const [only] = differencesOf(single, single.board.rows[0]!);
    expect(only!.overall[0]).toMatchObject({ interval: null, ranked: false });
    expect(verdictWords(only!.overall)).toBe('not known');
  });
  it('counts ranked differences whose interval excludes zero', () => {
    const one = (low: number, high: number, ranked = true) => ({
      ...{ mean: (low + high) / 2, interval: [low, high] as [number, number], ranked },
    });
    expect(
      verdictWords([one(1, 2), one(-2, -1), one(-1, 1), one(3, 4), one(5, 6, false), null]),
    ).toBe('ahead on 2, behind on 1, tied on 1');
  });
});

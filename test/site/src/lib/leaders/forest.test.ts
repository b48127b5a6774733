import { describe, expect, it } from 'vitest';
import { buildBoard } from '../../../../../leaderboards/board/build.ts';
import { forestOf, forestWords } from '../../../../../site/src/lib/leaders/forest.ts';
import { asFiles, makeRecord, sampleRecords } from '../../../../fixtures/records.ts';

const sample = buildBoard(asFiles(sampleRecords({ benchmark: '2.0' }))).tiers[0]!;

describe('the forest of self-pretraining', () => {
  it('has the models that ran with and without it, largest gain far first', () => {
    const { rows } = forestOf(sample, null);
    // Local attention is at chance at the farthest distance by proof: nothing could be added there.
    expect(rows.map(({ row }) => row.label)).toEqual(['S4D', 'Transformer']);
    expect(rows[0]!.far.interval![0]).toBeGreaterThan(0);
    expect(Math.abs(rows[0]!.near!.mean)).toBeLessThan(0.05);
  });
  it('says who gains and which effect could have been seen, in at most 15 words', () => {
    const words = forestWords(forestOf(sample, null))!;
    expect(words.headline).toBe('Far away, self-pretraining helps 1 and hurts 0 of 2 models.');
    expect(words.power).toMatch(
      /^An effect of 20 points could have been seen in 2 of 2 models, and in half of them one of \d+\.\d; the one interval in grey holds zero\.$/,
    );
    expect(words.headline.split(' ').length).toBeLessThanOrEqual(15);
  });
  it('is over the whole test split on a standard task, and silent without pairs', () => {
    const text = sample.tasks.find(({ name }) => name === 'text')!;
    const forest = forestOf(sample, text);
    expect(forest.rows.every(({ near }) => near === null)).toBe(true);
    expect(forestWords(forest)!.headline).toMatch(/^On standard tasks/);
    const alone = buildBoard(asFiles([makeRecord({ benchmark: '2.0' })])).tiers[0]!;
    expect(forestWords(forestOf(alone, null))).toBeNull();
  });
});

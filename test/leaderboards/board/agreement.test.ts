import { describe, expect, it } from 'vitest';
import { agreementWords, agreements } from '../../../leaderboards/board/agreement.ts';
import type { Row } from '../../../leaderboards/board/schema.ts';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { asFiles, makeRecord } from '../../fixtures/records.ts';

/** Rows with these means of the standard and of the controlled tasks. */
const rowsOf = (standard: (number | null)[], controlled: (number | null)[]): Row[] =>
  standard.map((value, i) => {
    const mean = (of: number | null | undefined) => ({
      corrected: of === null || of === undefined ? null : { mean: of },
    });
    return {
      regime: 'scratch',
      standard: mean(value),
      controlled: mean(controlled[i]),
    } as unknown as Row;
  });
const rising = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

describe('agreement of standard and controlled order', () => {
  it('is Spearman’s, with ties at their mean rank', () => {
    // Ranks 0 … 8 and 1 0 2 3 4.5 4.5 6 8 7: squares about the mean add up to 60 and 59.5, squared
    // differences of the two to 4.5.
    const other = [0.2, 0.1, 0.3, 0.4, 0.5, 0.5, 0.7, 0.9, 0.8];
    const [{ correlation, interval, models }] = agreements(rowsOf(rising, other)) as [
      ReturnType<typeof agreements>[number],
    ];
    expect(models).toBe(9);
    expect(correlation).toBeCloseTo((60 + 59.5 - 4.5) / 2 / Math.sqrt(60 * 59.5), 12);
    const z = Math.atanh(correlation);
    const half = 1.96 * Math.sqrt((1 + correlation ** 2 / 2) / 6);
    expect(interval[0]).toBeCloseTo(Math.tanh(z - half), 12);
    expect(interval[1]).toBeCloseTo(Math.tanh(z + half), 12);
  });

  it('covers the truth about as often as it says', () => {
    // Orders without any relation, drawn by a small congruential generator.
    let state = 1;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    let held = 0;
    for (let i = 0; i < 1000; i++) {
      const draw = () => Array.from({ length: 14 }, random);
      const [{ interval }] = agreements(rowsOf(draw(), draw())) as [
        ReturnType<typeof agreements>[number],
      ];
      if (interval[0] <= 0 && interval[1] >= 0) held++;
    }
    expect(held / 1000).toBeGreaterThan(0.92);
    expect(held / 1000).toBeLessThan(0.98);
  });

  it('is not given for few models, nor for those without both means', () => {
    expect(agreements(rowsOf(rising.slice(2), rising.slice(2)))).toEqual([]);
    expect(agreements(rowsOf(rising, [null, null, ...rising.slice(2)]))).toEqual([]);
  });

  it('is no number out of bounds where orders are the same, reversed or flat', () => {
    const flat = rising.map(() => 0.5);
    const of = (controlled: number[]) => agreements(rowsOf(rising, controlled))[0]!;
    expect(of(rising).correlation).toBeCloseTo(1, 12);
    expect(of(rising.toReversed()).correlation).toBeCloseTo(-1, 12);
    expect(of(flat).correlation).toBe(0);
    for (const interval of [rising, rising.toReversed(), flat].map((c) => of(c).interval))
      for (const end of interval) expect(Math.abs(end)).toBeLessThanOrEqual(1);
  });

  it('is on the board where enough models ran both kinds', () => {
    const records = rising.flatMap((near, i) => {
      const model = { model: `m${i}`, title: `M${i}` };
      return [
        makeRecord({ ...model, near, half: 4 + 20 * i }),
        makeRecord({ ...model, task: 'text', near: 0.9 - near / 3 }),
      ];
    });
    const [agreement] = buildBoard(asFiles(records)).tiers[0]!.agreements;
    expect(agreement!.correlation).toBeCloseTo(-1, 12);
    expect(agreementWords(agreement!)).toMatch(
      /^The order of 9 models \(scratch\) on standard tasks runs against their order at certified distances: rank correlation -1\.00 \[/,
    );
    expect(agreementWords({ ...agreement!, interval: [0.1, 0.9] })).toContain('agrees with');
    expect(agreementWords({ ...agreement!, interval: [-0.1, 0.9] })).toContain('does not tell');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakOfLabels,
  breakOfOrder,
  breakOfQuestion,
  nearestDifferences,
  type TableGroup,
} from '../../../generators/verify/tables.ts';

/** A table of rows that are the states of one question; other shapes by `facts`. */
const group = (rows: number[][], facts: Partial<TableGroup> = {}): TableGroup => ({
  ...{ rows, labels: rows.map((_, state) => state), documents: 1 },
  ...{ states: rows.length, questions: 1, question: 1, classes: rows.length, from: 1, to: 99 },
  ...facts,
});

/** All w-grams of a row with marks around it, counted the slow way. */
function grams(row: number[], w: number): string {
  const marked = [...Array<number>(w - 1).fill(-1), ...row, ...Array<number>(w - 1).fill(-1)];
  const all = Array.from({ length: row.length + w - 1 }, (_, i) => marked.slice(i, i + w).join());
  return all.sort().join(' ');
}

describe('labels', () => {
  const table = (labels: number[], facts: Partial<TableGroup> = {}) =>
    breakOfLabels(
      group(Array<number[]>(4).fill([1]), {
        ...{ labels, states: 2, questions: 2, classes: 2 },
        ...facts,
      }),
    );

  it('must be equally often each, for a fixed question and for a fixed state', () => {
    expect(table([0, 1, 1, 0])).toBeUndefined();
    expect(table([0, 1, 0, 1])).toBe('question 0 has label 0 2 times, expected 1 of 2');
    expect(table([0, 0, 1, 1])).toBe('state 0 has label 0 2 times, expected 1 of 2');
    expect(table([0, 0, 1, 1], { question: 0 })).toBeUndefined();
    expect(table([0, 1, 1, 0], { classes: 4 })).toContain('expected 0.5 of 2');
  });

  it('may be as often as states and labels allow', () => {
    const labels = [0, 1, 2, 0, 1, 2, 1, 2, 0, 1, 2, 0, 2, 0, 1, 2, 0, 1];
    const shape = { labels, states: 6, questions: 3, classes: 3 };
    expect(breakOfLabels(group(Array<number[]>(18).fill([1]), shape))).toBeUndefined();
  });
});

describe('reach certificate', () => {
  const rows = [
    [5, 1, 7, 8, 9],
    [5, 2, 7, 8, 9],
    [6, 3, 7, 8, 9],
  ];

  it('holds where the nearest difference is in the bin', () => {
    expect(nearestDifferences(group(rows, { from: 3, to: 4 }))).toEqual([3]);
    expect(nearestDifferences(group(rows, { from: 1, to: 9 }))).toEqual([3]);
    expect(nearestDifferences(group(rows, { from: 4, to: 9 }))).toContain(
      'differ at position 1, within the last 4 tokens',
    );
    expect(nearestDifferences(group(rows, { from: 2, to: 3 }))).toContain(
      'is at distance 3, expected less than 3',
    );
  });

  it('holds for each question by itself', () => {
    const two = rows.flatMap((row) => [row, [...row.slice(0, 4), 1]]);
    const facts = { questions: 2, states: 3, from: 3 };
    expect(nearestDifferences(group(two, facts))).toEqual([3, 3]);
    two[5]![3] = 1;
    expect(nearestDifferences(group(two, facts))).toContain('states 0 and 2 of question 1');
  });

  it('is broken by states that are the same', () => {
    const same = [
      [1, 2],
      [1, 2],
    ];
    expect(nearestDifferences(group(same))).toBe('all states of question 0 are the same');
  });
});

describe('question certificate', () => {
  const table = (rows: number[][], question = 1) =>
    breakOfQuestion(group(rows, { states: 2, questions: 2, classes: 2, question }));
  const rows = [
    [1, 2, 8],
    [1, 2, 9],
    [2, 1, 8],
    [2, 1, 9],
  ];
  const changed = (row: number, position: number, token: number) =>
    rows.map((tokens, i) => (i === row ? tokens.with(position, token) : tokens));

  it('holds where questions differ in the last tokens alone', () => {
    expect(table(rows)).toBeUndefined();
    expect(table(rows, 2)).toContain('question 0 is not the same in states 0 and 1');
    expect(table(changed(3, 0, 3))).toContain('of state 1 differ at position 0, before the last 1');
    expect(table(changed(3, 2, 7))).toContain('question 1 is not the same in states 0 and 1');
    expect(table(rows.map((tokens) => tokens.with(2, 8)))).toBe('questions 0 and 1 are the same');
  });
});

describe('order certificate', () => {
  it('counts windows that stick out over the ends', () => {
    expect(
      breakOfOrder(
        group([
          [1, 2],
          [2, 1],
        ]),
        1,
      ),
    ).toBeUndefined();
    expect(
      breakOfOrder(
        group([
          [1, 0, 2],
          [2, 0, 1],
        ]),
        1,
      ),
    ).toBeUndefined();
    expect(
      breakOfOrder(
        group([
          [1, 0, 2],
          [2, 0, 1],
        ]),
        2,
      ),
    ).toContain('2-gram');
    expect(
      breakOfOrder(
        group([
          [0, 1, 0, 2, 0],
          [0, 2, 0, 1, 0],
        ]),
        2,
      ),
    ).toBeUndefined();
    expect(
      breakOfOrder(
        group([
          [0, 1, 0, 2, 0],
          [0, 2, 0, 1, 0],
        ]),
        3,
      ),
    ).toContain('3-gram');
  });

  it('agrees with counting all windows, and holds for every shorter window too', () => {
    const row = fc.array(fc.nat(2), { minLength: 6, maxLength: 6 });
    // Swapping parts of a row gives pairs that often have the same counts.
    const pair = fc.tuple(row, fc.nat(6), fc.nat(6)).map(([a, i, j]) => {
      const [low, high] = [Math.min(i, j), Math.max(i, j)];
      return [a, [...a.slice(0, low), ...a.slice(low, high).reverse(), ...a.slice(high)]] as [
        number[],
        number[],
      ];
    });
    let held = 0;
    fc.assert(
      fc.property(pair, fc.integer({ min: 1, max: 4 }), ([a, b], w) => {
        const holds = breakOfOrder(group([a, b]), w) === undefined;
        expect(holds).toBe(grams(a, w) === grams(b, w));
        if (!holds) return;
        held++;
        for (let v = 1; v < w; v++) expect(breakOfOrder(group([a, b]), v)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    expect(held).toBeGreaterThan(100);
  });
});

/** Asking examples again: which calls are made, and which pairs of answers agree. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../core/random.ts';
import { Answers, planCalls } from '../../../evaluate/training/agreement.ts';

describe('the calls', () => {
  it('cover every example once, in an order of the stream, and cost at most half a pass more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (count, batch, fixed) => {
          const calls = planCalls(count, { batch, fixed, share: 0.45 }, stream('x'));
          expect(calls).toEqual(planCalls(count, { batch, fixed, share: 0.45 }, stream('x')));
          const pass = calls.filter(({ manner }) => !manner);
          const again = calls.filter(({ manner }) => manner);
          const rows = pass.flatMap((call) => call.rows);
          expect(pass).toHaveLength(Math.ceil(count / batch));
          expect(new Set(rows.slice(0, count)).size).toBe(count);
          expect(again.length).toBeGreaterThan(0);
          expect(again.length).toBeLessThanOrEqual(Math.max(1, pass.length / 2));
          for (const { rows, manner } of calls) {
            expect(rows.every((row) => row >= 0 && row < count)).toBe(true);
            expect(rows).toHaveLength(manner === 'alone' && !fixed ? 1 : batch);
            if (manner === 'alone') expect(new Set(rows).size).toBe(1);
            if (manner === 'again') expect(pass.map((call) => call.rows)).toContainEqual(rows);
          }
        },
      ),
    );
    expect(planCalls(100, { batch: 10, fixed: false, share: 0.45 }, stream('a'))).not.toEqual(
      planCalls(100, { batch: 10, fixed: false, share: 0.45 }, stream('b')),
    );
  });
});

describe('answers', () => {
  const classes = 3;
  const logitsOf = (example: number) => [Math.sin(example), Math.cos(example), example % 2];
  /** Everything that `answer` gives to the calls for 200 examples in batches of 8. */
  function asked(answer: (example: number, place: number, rows: number[]) => number[]): Answers {
    const answers = new Answers(200, classes);
    for (const call of planCalls(200, { batch: 8, fixed: false, share: 0.45 }, stream('order')))
      answers.take(
        call,
        call.rows.flatMap((example, place) => answer(example, place, call.rows)),
      );
    return answers;
  }

  it('agree if they depend on the example alone, within rounding', () => {
    expect(asked(logitsOf).disagreement('float32')).toBeUndefined();
    expect(Array.from(asked(logitsOf).logits.subarray(0, 3))).toEqual(logitsOf(0).map(Math.fround));
    const rounded = (scale: number) => (example: number, place: number) =>
      logitsOf(example).map((logit) => logit * (1 + scale * (place % 3)));
    expect(asked(rounded(1e-5)).disagreement('float32')).toBeUndefined();
    expect(asked(rounded(5e-3)).disagreement('float32')).toBeDefined();
    expect(asked(rounded(5e-3)).disagreement('reduced')).toBeUndefined();
    expect(asked(() => [7, 7, 7]).disagreement('float32')).toBeUndefined();
    expect(asked(() => [-Infinity, 0, 0]).disagreement('float32')).toBeUndefined();
  });

  it('are compared at the scale of the model, however small', () => {
    const tiny = (example: number, place: number) =>
      logitsOf(example).map((logit, c) => 1e-9 * (logit + (place % classes === c ? 1 : 0)));
    expect(asked(tiny).disagreement('float32')).toMatchObject({ manner: 'elsewhere' });
  });

  it('do not agree if they depend on the place, the neighbours or chance', () => {
    const byPlace = (_: number, place: number) => [0, 1, 2].map((c) => (place % 3 === c ? 1 : 0));
    expect(asked(byPlace).disagreement('float32')).toMatchObject({
      accepted: expect.closeTo(1e-3) as number,
    });
    const byNeighbours = (example: number, _: number, rows: number[]) =>
      logitsOf(example).map((logit) => logit + rows.reduce((sum, row) => sum + row, 0));
    expect(asked(byNeighbours).disagreement('float32')).toBeDefined();
    const random = stream('chance');
    const found = asked((example) => logitsOf(example).map((logit) => logit + 0.1 * random()));
    const { first, second } = found.disagreement('float32')!;
    expect(Math.abs(first - second)).toBeGreaterThan(1e-3);
  });

  it('do not agree if only the class changes, by differences that rounding would explain', () => {
    const offset = (_: number, place: number) =>
      [0, 1, 2].map((c) => 1000 + (place % 3 === c ? 2 ** -14 : 0));
    expect(asked(offset).disagreement('float32')).toBeDefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isShown,
  mostPins,
  parseView,
  viewQuery,
  type View,
} from '../../../../../site/src/lib/tables/query.ts';

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const words = (most: number) => fc.uniqueArray(word, { maxLength: most });
const views: fc.Arbitrary<View> = fc
  .record({
    search: fc.string({ maxLength: 12, unit: 'grapheme' }),
    families: words(3),
    cost: fc.string({ maxLength: 6, unit: 'grapheme' }),
    sort: fc.option(fc.stringMatching(/^[a-z]{1,10}$/)),
    reversed: fc.boolean(),
    more: fc.boolean(),
    pins: words(mostPins),
  })
  .map((view) => ({ ...view, reversed: view.reversed && view.sort !== null }));

describe('the state of the leaderboard in the address', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(views, (view) => {
        expect(parseView(viewQuery(view))).toEqual(view);
      }),
    );
  });
  it('is short, and nothing where all is at its default', () => {
    expect(viewQuery(parseView(''))).toBe('');
    const query = '?q=s4&family=state+space&cost=L&sort=-reach&more=1&pin=s4d%7Espt';
    expect(viewQuery(parseView(query))).toBe(query);
  });
  it('takes any address without complaint, and few pins', () => {
    fc.assert(fc.property(fc.string(), (query) => void viewQuery(parseView(query))));
    expect(parseView('?pin=a&pin=b&pin=c&pin=d&pin=e&pin=a').pins).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('a filter', () => {
  const row = { name: 'Gated DeltaNet', family: 'recurrence', cost: 'L' };
  const all = { search: '', families: [], cost: '' };
  it('takes part of a name, any of the families, and a cost or all but one', () => {
    expect(isShown(all, row)).toBe(true);
    expect(isShown({ ...all, search: ' delta ' }, row)).toBe(true);
    expect(isShown({ ...all, search: 's4' }, row)).toBe(false);
    expect(isShown({ ...all, families: ['attention'] }, row)).toBe(false);
    expect(isShown({ ...all, families: ['attention', 'recurrence'] }, row)).toBe(true);
    expect(isShown({ ...all, cost: 'L' }, row)).toBe(true);
    expect(isShown({ ...all, cost: '!L' }, row)).toBe(false);
    expect(isShown({ ...all, cost: '!L²' }, row)).toBe(true);
  });
});

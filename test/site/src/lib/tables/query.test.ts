import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mostPins,
  parseView,
  viewQuery,
  type View,
} from '../../../../../site/src/lib/tables/query.ts';

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const words = (most: number) => fc.uniqueArray(word, { maxLength: most });
const views: fc.Arbitrary<View> = fc
  .record({
    families: words(3),
    regimes: words(3),
    checks: words(3),
    floor: fc.boolean(),
    task: fc.option(word),
    sort: fc.option(fc.stringMatching(/^[a-z]{1,10}$/)),
    reversed: fc.boolean(),
    pins: words(mostPins),
    compare: fc.boolean(),
  })
  .map((view) => ({
    ...view,
    reversed: view.reversed && view.sort !== null,
    compare: view.compare && view.pins.length > 0,
  }));

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
    const query = '?family=state+space&task=recall&sort=-reach&pin=s4d%7Espt&compare=1';
    expect(viewQuery(parseView(query))).toBe(query);
  });
  it('takes any address without complaint, and few pins', () => {
    fc.assert(fc.property(fc.string(), (query) => void viewQuery(parseView(query))));
    expect(parseView('?pin=a&pin=b&pin=c&pin=d&pin=e&pin=a').pins).toEqual(['a', 'b', 'c', 'd']);
    expect(parseView('?compare=1').compare).toBe(false);
  });
});

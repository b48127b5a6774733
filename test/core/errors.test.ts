import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { issueOf, nearest, reasonOf } from '../../core/errors.ts';

describe('the nearest name', () => {
  it.each([
    ['recal', 'recall'],
    ['listop', 'listops'],
    ['txet', 'text'],
    ['zebra', undefined],
    ['', undefined],
  ])('of %j is %j', (name, expected) => {
    expect(nearest(name, ['recall', 'listops', 'text'])).toBe(expected);
  });
});

describe('what zod found wrong', () => {
  const schema = z.strictObject({
    gap: z.int().max(4),
    list: z.array(z.int()),
    even: z.int().multipleOf(2, 'expected an even number'),
  });
  const issue = (given: Record<string, unknown>) => issueOf(schema.safeParse(given).error!, given);

  it('names the field, its value and what was expected', () => {
    const good = { gap: 1, list: [1], even: 2 };
    expect(issue({ ...good, gap: 9 })).toBe('gap 9: expected number to be <=4');
    expect(issue({ ...good, gap: 'x' })).toBe('gap x: expected number, received string');
    expect(issue({ ...good, list: [1, 'y'] })).toBe('list 1,y: expected number, received string');
    expect(issue({ ...good, even: 3 })).toBe('even 3: expected an even number');
    expect(issue({ ...good, more: 1 })).toBe('unrecognized key: "more"');
  });
});

describe('what the system said', () => {
  it('is put into words where it is known', () => {
    expect(reasonOf(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toBe(
      'no space is left on the disk',
    );
    expect(reasonOf(new Error('something else'))).toBe('something else');
  });
});

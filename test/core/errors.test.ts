import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  exitCode,
  issueOf,
  nearest,
  OptionError,
  reasonOf,
  unknown,
  UsageError,
} from '../../core/errors.ts';

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

describe('the sentence about an unknown name', () => {
  it('has the nearest name, where there is one, and all that are known', () => {
    expect(unknown('task', 'recal', ['recall', 'text'])).toBe(
      "Unknown task 'recal', did you mean 'recall'? Known tasks: recall, text.",
    );
    expect(unknown('task', 'zebra', ['recall'])).toBe("Unknown task 'zebra'. Known tasks: recall.");
    expect(unknown('task', 'verfy', [], ['verify'])).toBe(
      "Unknown task 'verfy', did you mean 'verify'? Known tasks: none.",
    );
  });
});

describe('the exit code', () => {
  it('is 2 for wrong use alone: an error of the runtime is a fault of the program', () => {
    expect(exitCode(new UsageError('x'))).toBe(2);
    expect(exitCode(new OptionError('x'))).toBe(2);
    expect(exitCode(new RangeError('Maximum call stack size exceeded'))).toBe(1);
    expect(exitCode('text')).toBe(1);
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
    expect(issueOf(z.object({ a: z.object({ b: z.int() }) }).safeParse({ a: {} }).error!)).toMatch(
      /^a\.b: expected number/,
    );
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

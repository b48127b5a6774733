import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symbols, wordsOf } from '../../../../generators/standard/listops/expressions.ts';
import { Tree } from '../../../../generators/standard/listops/tree.ts';
import { dependencyByTrying, rewrite } from '../listopsReference.ts';

const tokensOf = (text: string) =>
  Uint8Array.from(text.split(' '), (word) => symbols.indexOf(word as '0'));

/** Any expression, lopsided ones and operators of one argument among them. */
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    fc.integer({ min: 0, max: 9 }).map(String),
    fc
      .tuple(
        fc.constantFrom('[MIN', '[MAX', '[MED', '[SM'),
        fc.array(tie('expression'), { minLength: 1, maxLength: 5 }),
      )
      .map(([operator, inside]) => `${operator} ${inside.join(' ')} ]`),
  ),
}));

describe('a tree', () => {
  it('has the value and the decisive digits that trying all digits gives', () => {
    fc.assert(
      fc.property(expression, (text) => {
        const tree = new Tree(tokensOf(text));
        expect(tree.value).toBe(rewrite(text));
        expect(tree.dependency()).toEqual(dependencyByTrying(wordsOf(tree.tokens)));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['[MIN 0 0 ]', [], 0],
    ['[MIN 0 5 ]', [1], 1],
    ['[SM 1 [MAX 9 [MIN 3 4 ] ] ]', [1, 3], 2],
    ['[MAX 3 [MIN 8 [MED 7 7 1 ] ] ]', [4, 6, 7], 3],
  ])('%s depends on the digits at %j', (text, positions, depth) => {
    const found = new Tree(tokensOf(text)).dependency();
    expect(found.positions.every((p) => /\d/.test(text.split(' ')[p]!))).toBe(true);
    expect(found.depth).toBe(depth);
    expect(found).toEqual(dependencyByTrying(text.split(' ')));
    if (depth < 3) expect(found.positions).toEqual(positions);
  });

  it.each([
    ['[MIN 1 2', 'lacks a ] for symbol 1'],
    ['1 2', 'goes on after its end, at symbol 2'],
    ['[MIN 1 ] ]', 'goes on after its end, at symbol 4'],
    ['] 1', 'has a ] too many, at symbol 1'],
    ['[SM [MAX ] 1 ]', 'has an operator without arguments, symbol 2'],
  ])('is not made of %s', (text, message) => {
    expect(() => new Tree(tokensOf(text))).toThrow(message);
  });

  it('is not made of nothing', () => {
    expect(() => new Tree([])).toThrow('is empty');
  });
});

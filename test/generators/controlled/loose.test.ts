import { describe, expect, it } from 'vitest';
import { int, stream, type Random } from '../../../core/random.ts';
import type { Group } from '../../../generators/controlled/controlled.ts';
import { looseGroup } from '../../../generators/controlled/loose.ts';

/** A group whose rows share a number. */
function numbered(random: Random): Group {
  const number = int(random, 2 ** 30);
  return {
    places: [1, 2, 3],
    row: (state, question) => ({ tokens: [number, state, question], label: 0, answers: [] }),
  };
}

describe('a loose group', () => {
  it('has each row from a group of its own, with its state, question and place', () => {
    const group = looseGroup('task', numbered, { states: 2, questions: 3 }, stream('a'));
    const numbers = new Set<number>();
    for (const state of [0, 1])
      for (const question of [0, 1, 2]) {
        const row = group.row(state, question);
        expect(group.row(state, question)).toEqual(row);
        expect(row.tokens[1]).toBe(state);
        expect(row.tokens[2]).toBe(question);
        expect(row.extras).toEqual({ places: [question + 1] });
        numbers.add(row.tokens[0]!);
      }
    expect(numbers.size).toBe(6);
  });
});

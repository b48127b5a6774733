/** Every change of training examples keeps their labels, and is a change. */
import { describe, expect, it } from 'vitest';
import { stream } from '../../../core/random.ts';
import { findTask, resolveOptions, tasks } from '../../../generators/registry.ts';
import { Tree } from '../../../generators/standard/listops/tree.ts';
import type { Example, StoredExample } from '../../../generators/task.ts';
import { unscan } from '../../../generators/pictures/pictures.ts';

const stored = (example: Example, length: number): StoredExample => {
  const tokens = new Uint16Array(length);
  tokens.set(Array.from(example.tokens));
  return { ...example, tokens, member: 0, answers: new Uint8Array(), extras: {} };
};

async function changes(name: string, overrides: Record<string, unknown>, count: number) {
  const task = findTask(name);
  const options = resolveOptions(task, 'smoke', overrides);
  const { length, documents } = task.shape(options);
  const { example } = await task.open(options, 3);
  return Array.from({ length: count }, (_, i) => {
    const before = stored(example('train', i), documents * length);
    const kept = before.tokens.slice();
    const after = task.augment!(before, options, stream(`augment ${i}`));
    expect(before.tokens, 'the example itself stays').toEqual(kept);
    expect(after).toHaveLength(before.tokens.length);
    return { before, after: Uint16Array.from(after) };
  });
}

describe('changes of training examples', () => {
  it('are the tasks’ own: all standard ones but text, whose label no cut is known to keep', () => {
    const having = new Set(tasks.filter(({ augment }) => augment).map(({ name }) => name));
    expect(having).toEqual(
      new Set(['listops', 'image', 'retrieval', 'pathfinder', 'pathx', 'pathx-256']),
    );
  });

  it('keep the value of an expression, and its symbols', async () => {
    const made = await changes('listops', {}, 40);
    for (const { before, after } of made) {
      const whole = after.subarray(0, after.indexOf(0) < 0 ? after.length : after.indexOf(0));
      expect(new Tree(whole).value).toBe(before.label);
      expect(after.toSorted()).toEqual(before.tokens.toSorted());
    }
    const same = made.filter(({ before, after }) => before.tokens.every((t, i) => t === after[i]));
    expect(same.length).toBeLessThan(2);
  });

  it('turn a picture of curves: neighbours stay neighbours, and all eight ways occur', async () => {
    const picture = { rows: 32, columns: 32, scan: 'snake' } as const;
    const ways = new Set<string>();
    for (const { before, after } of await changes('pathfinder', { scan: 'snake' }, 60)) {
      const [old, made] = [before.tokens, after].map((tokens) => unscan(tokens, picture));
      const at = (levels: Uint8Array, row: number, column: number) => levels[row * 32 + column];
      const fits = [0, 1, 2, 3, 4, 5, 6, 7].filter((way) =>
        made!.every((level, i) => {
          const [row, column] = [Math.floor(i / 32), i % 32];
          const [r, c] = way & 4 ? [column, row] : [row, column];
          return level === at(old!, way & 1 ? 31 - r : r, way & 2 ? 31 - c : c);
        }),
      );
      expect(fits).toHaveLength(1);
      ways.add(String(fits[0]));
    }
    expect(ways.size).toBe(8);
  });
});

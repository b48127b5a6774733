/** The rules of a controlled task's groups, checked on whole tables by counting, without the code that verifies. */
import { expect } from 'vitest';
import type { Group } from '../../../generators/controlled/controlled.ts';
import type { Bin } from '../../../generators/controlled/places.ts';
import type { Example, SplitName, TaskDefinition, TaskShape } from '../../../generators/task.ts';

/** All rows of a group: `table[e][j]` is the example in state e with question j. */
export type Table = Example[][];

/** The first `count` groups of a split. */
export async function tablesOf(
  task: TaskDefinition,
  chosen: Record<string, unknown>,
  count: number,
  {
    seed = 1,
    split = 'test',
    sources,
  }: { seed?: number; split?: SplitName; sources?: string } = {},
): Promise<Table[]> {
  const { states, questions } = task.shape(chosen).table!;
  const { example } = await task.open(chosen, seed, sources);
  const rowAt = (index: number) => {
    const row = example(split, index);
    return { ...row, tokens: Array.from(row.tokens) };
  };
  return Array.from({ length: count }, (_, g) =>
    Array.from({ length: states }, (_, e) =>
      Array.from({ length: questions }, (_, j) => rowAt((g * states + e) * questions + j)),
    ),
  );
}

/** The whole table of a group that training takes one row of. */
export function tableOf(group: Group, shape: TaskShape, distance: number): Table {
  const { states, questions } = shape.table!;
  return Array.from({ length: states }, (_, e) =>
    Array.from({ length: questions }, (_, j) => {
      const row = group.row(e, j);
      return {
        ...row,
        ...{ tokens: Array.from(row.tokens), group: 0, member: e * questions + j, distance },
        extras: { places: [group.places[j]!], ...row.extras },
      };
    }),
  );
}

/** Bins of distances: of the asked set, number `asked`, and the others. */
export function binsIn({ distances, table }: TaskShape, asked: number): [Bin, ...Bin[]] {
  const all = distances.map((from, i) => ({ from, to: table!.ends[i]! }));
  return [all[asked]!, ...all.filter((_, i) => i !== asked)];
}

/**
 * Share of rows that are easier under `some`: those that are the same under `all`, which makes every row
 * easier. The others have to be the same under `none`.
 */
export async function easierShare(
  task: TaskDefinition,
  split: SplitName,
  { some, all, none }: Record<'some' | 'all' | 'none', Record<string, unknown>>,
): Promise<number> {
  const count = Math.min(task.shape(some).counts[split], 400);
  const rows = await Promise.all(
    [some, all, none].map(async (chosen) => {
      const { example } = await task.open(chosen, 1);
      return Array.from({ length: count }, (_, i) => Array.from(example(split, i).tokens).join());
    }),
  );
  const [found, easier, usual] = rows as [string[], string[], string[]];
  found.forEach((row, i) => expect([easier[i], usual[i]]).toContain(row));
  return found.filter((row, i) => row === easier[i]).length / count;
}

/** Tokens of each document. */
export const documentsOf = (
  { tokens }: Pick<Example, 'tokens'>,
  { length, documents }: Pick<TaskShape, 'length' | 'documents'>,
) =>
  Array.from({ length: documents }, (_, d) =>
    Array.from({ length }, (_, i) => tokens[d * length + i]!),
  );

/** Each label occurs equally often. */
function expectBalanced(labels: number[], classes: number) {
  for (let c = 0; c < classes; c++)
    expect(labels.filter((label) => label === c).length * classes).toBe(labels.length);
}

/** Windows of w tokens, those that stick out over the ends included, as one text. */
export function grams(tokens: number[], w: number): string {
  const outside = new Array<number>(w - 1).fill(-1);
  const padded = [...outside, ...tokens, ...outside];
  return Array.from({ length: padded.length - w + 1 }, (_, i) => padded.slice(i, i + w).join())
    .sort()
    .join('|');
}

/** Whether all states have the same w-grams in each document, for a fixed question. */
export const hasOrder = (table: Table, shape: TaskShape, w: number): boolean =>
  table[0]!.every((first, j) =>
    documentsOf(first, shape).every((document, d) => {
      const expected = grams(document, w);
      return table.every((rows) => grams(documentsOf(rows[j]!, shape)[d]!, w) === expected);
    }),
  );

/**
 * Checks the certificates of reach, question and order, that all states have the same questions, and
 * that earlier answers do not depend on the last question.
 * @param only `reach` for training groups that are easier.
 */
export function expectRules(table: Table, shape: TaskShape, only?: 'reach'): void {
  const { classes, length } = shape;
  const { question: q, ends } = shape.table!;
  const { distance } = table[0]![0]!;
  const end = ends[shape.distances.indexOf(distance)]!;
  const texts = table.map((rows) => rows.map((row) => documentsOf(row, shape)));
  table[0]!.forEach((_, j) => {
    expectBalanced(
      table.map((rows) => rows[j]!.label),
      classes,
    );
    let nearest = Infinity;
    texts.forEach((rows) =>
      rows[j]!.forEach((document, d) => {
        const last = document.findLastIndex((token, i) => token !== texts[0]![j]![d]![i]);
        if (last >= 0) nearest = Math.min(nearest, length - 1 - last);
      }),
    );
    expect(nearest).toBeGreaterThanOrEqual(distance);
    expect(nearest).toBeLessThan(end);
  });
  table.forEach((rows, e) => {
    if (!only)
      expectBalanced(
        rows.map(({ label }) => label),
        classes,
      );
    const tails = new Set<string>();
    rows.forEach((row, j) => {
      expect(row.distance).toBe(distance);
      expect(row.member).toBe(e * rows.length + j);
      expect(row.extras!.places![0]).toBeGreaterThanOrEqual(distance);
      expect(row.extras!.places![0]).toBeLessThan(end);
      expect(Array.from(row.answers!)).toEqual(Array.from(rows[0]!.answers!));
      texts[e]![j]!.forEach((document, d) => {
        expect(document.slice(0, length - q)).toEqual(texts[e]![0]![d]!.slice(0, length - q));
        const tail = document.slice(length - q).join();
        expect(tail).toBe(texts[0]![j]![d]!.slice(length - q).join());
        if (d === 0) tails.add(tail);
      });
    });
    expect(tails.size).toBe(rows.length);
  });
  if (!only) expect(hasOrder(table, shape, shape.order)).toBe(true);
}

/** Checks that the task's evaluator gives labels, earlier answers and places from what a row holds. */
export function expectEvaluated(
  task: TaskDefinition,
  chosen: Record<string, unknown>,
  table: Table,
): void {
  for (const row of table.flat()) {
    const extras = Object.fromEntries(
      Object.entries(row.extras!).map(([name, values]) => [name, Int32Array.from(values)]),
    );
    const found = task.evaluate!({ tokens: Uint16Array.from(row.tokens), extras }, chosen);
    expect(found?.label).toBe(row.label);
    expect(found?.answers).toEqual(Array.from(row.answers!));
    expect(found?.place).toBe(row.extras!.places![0]);
  }
}

/**
 * Share of right answers of the best reader who sees `seen` of each row and knows how often each
 * label goes with what is seen, within each group.
 */
export function bestReader(tables: Table[], classes: number, seen: (row: Example) => string) {
  let [right, all] = [0, 0];
  for (const table of tables) {
    const counts = new Map<string, number[]>();
    for (const row of table.flat()) {
      const key = seen(row);
      const labels = counts.get(key) ?? new Array<number>(classes).fill(0);
      labels[row.label]!++;
      counts.set(key, labels);
      all++;
    }
    for (const labels of counts.values()) right += Math.max(...labels);
  }
  return right / all;
}

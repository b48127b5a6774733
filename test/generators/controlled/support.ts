/** What tests of controlled tasks share: whole groups, their certificates, and attackers' scores. */
import { findTask } from '../../../generators/registry.ts';
import { partMaker, type PartName, type TaskDefinition } from '../../../generators/task.ts';
import {
  breakOfLabels,
  breakOfOrder,
  breakOfQuestion,
  nearestDifferences,
  type TableGroup,
} from '../../../generators/verify/tables.ts';

/** A row of a group with its place in the table. */
export interface Row {
  tokens: Uint16Array;
  label: number;
  answers: number[];
  /** State e and question j. */
  state: number;
  question: number;
  place: number;
  distance: number;
}

/** The first groups of a split, with resolved options. */
export async function groupsOf(
  task: string | TaskDefinition,
  options: Record<string, unknown>,
  { split = 'test', count, seed = 1 }: { split?: PartName; count: number; seed?: number },
): Promise<Row[][]> {
  const definition = typeof task === 'string' ? findTask(task) : task;
  const { siblings, table } = definition.shape(options);
  const example = partMaker(await definition.open(options, seed));
  return Array.from({ length: count }, (_, group) =>
    Array.from({ length: siblings }, (_, member): Row => {
      const made = example(split, group * siblings + member);
      return {
        tokens: Uint16Array.from(made.tokens),
        label: made.label,
        answers: Array.from(made.answers ?? []),
        state: Math.floor(member / table!.questions),
        question: member % table!.questions,
        place: made.extras!.places![0]!,
        distance: made.distance,
      };
    }),
  );
}

/** The group as the certificates take it. */
export function tableOf(
  task: TaskDefinition,
  options: Record<string, unknown>,
  group: Row[],
): TableGroup {
  const { table, classes, documents, distances } = task.shape(options);
  const { states, questions, question, ends } = table!;
  const from = group[0]!.distance;
  return {
    rows: group.map(({ tokens }) => tokens),
    labels: group.map(({ label }) => label),
    ...{ documents, states, questions, question, classes, from },
    to: ends[distances.indexOf(from)]!,
  };
}

/** The first rule that a group breaks, in a few words; undefined if all certificates hold. */
export function breakOfGroup(
  task: TaskDefinition,
  options: Record<string, unknown>,
  group: Row[],
): string | undefined {
  const table = tableOf(task, options, group);
  const nearest = nearestDifferences(table);
  const { order } = task.shape(options);
  return (
    breakOfLabels(table) ??
    (typeof nearest === 'string' ? nearest : undefined) ??
    breakOfQuestion(table) ??
    (order > 0 ? breakOfOrder(table, order) : undefined)
  );
}

/** Accuracy and use of answers f(e, j) over whole groups: `answer` gives one for each row. */
export function scoreOf(
  groups: Row[][],
  answer: (row: Row, group: Row[]) => number,
): { accuracy: number; use: number } {
  let [right, rows, use] = [0, 0, 0];
  for (const group of groups) {
    const states = 1 + Math.max(...group.map(({ state }) => state));
    const questions = group.length / states;
    const at = (e: number, j: number) => group[e * questions + j]!;
    const f = group.map((row) => answer(row, group));
    for (let i = 0; i < questions; i++) {
      let [hits, alarms, equal] = [0, 0, 0];
      for (let e = 0; e < states; e++) {
        const y = at(e, i).label;
        if (f[e * questions + i] === y) hits++;
        for (let j = 0; j < questions; j++) {
          if (j === i) continue;
          if (f[e * questions + j] === y) alarms++;
          if (at(e, j).label === y) equal++;
        }
      }
      const pairs = states * (questions - 1);
      use += (hits / states - alarms / pairs) / (1 - equal / pairs) / questions;
      right += hits;
      rows += states;
    }
  }
  return { accuracy: right / rows, use: use / groups.length };
}

/** The best fixed answers of somebody who sees only `view`: for each view the commonest label. */
export function bestWith(groups: Row[][], view: (row: Row) => string): (row: Row) => number {
  const counts = new Map<string, Map<number, number>>();
  for (const row of groups.flat()) {
    const seen = view(row);
    const labels = counts.get(seen) ?? new Map<number, number>();
    counts.set(seen, labels.set(row.label, (labels.get(row.label) ?? 0) + 1));
  }
  return (row) => [...counts.get(view(row))!].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0];
}

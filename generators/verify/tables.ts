/**
 * The certificates of a controlled task, checked on one group: a full table of evidence states and
 * questions. Pure, and exact: no sampling and no hashing. `controlled.ts` has the statements and what
 * follows from them. A group that breaks one is described in a few words.
 */
import { documentsOf, lastDifference, unevenGram } from './grams.ts';

export interface TableGroup {
  /** Token ids of row e·Q + j; one document after the other. */
  rows: readonly ArrayLike<number>[];
  /** Labels of the rows. */
  labels: ArrayLike<number>;
  /** Documents per row, all of the same length. */
  documents: number;
  /** Evidence states E and questions Q. */
  states: number;
  questions: number;
  /** Tokens of the question at the end of each document, q; 0 for no question certificate. */
  question: number;
  /** Labels, k. */
  classes: number;
  /** Lower and upper edge of the group's bin: evidence stands at `from` or beyond, before `to`. */
  from: number;
  to: number;
}

const memberOf = ({ questions }: TableGroup, state: number, question: number) =>
  state * questions + question;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** For a fixed question each label occurs E/k times, for a fixed state Q/k times. */
export function breakOfLabels(group: TableGroup): string | undefined {
  const { labels, states, questions, question, classes } = group;
  const lines = range(questions).map((j) => ({
    line: `question ${j}`,
    members: range(states).map((e) => memberOf(group, e, j)),
  }));
  if (question > 0)
    for (const e of range(states))
      lines.push({
        line: `state ${e}`,
        members: range(questions).map((j) => memberOf(group, e, j)),
      });
  for (const { line, members } of lines) {
    const counts = new Array<number>(classes).fill(0);
    for (const member of members) counts[labels[member]!]!++;
    const label = counts.findIndex((count) => count !== members.length / classes);
    if (label >= 0)
      return `${line} has label ${label} ${counts[label]} times, expected ${members.length / classes} of ${members.length}`;
  }
  return undefined;
}

/**
 * Reach: for a fixed question the last `from` tokens of every document are the same in all states, and
 * the nearest difference is nearer than `to`.
 * @returns what is broken, or the distance of the nearest difference for each question.
 */
export function nearestDifferences(group: TableGroup): string | number[] {
  const { rows, documents, states, questions, from, to } = group;
  const nearest: number[] = [];
  for (let j = 0; j < questions; j++) {
    let least = Infinity;
    const column = range(states).map((e) => rows[memberOf(group, e, j)]!);
    for (const { parts, place } of documentsOf(column, documents)) {
      const last = parts[0]!.length - 1;
      for (let e = 1; e < states; e++) {
        const position = lastDifference(parts[0]!, parts[e]!);
        if (position < 0) continue;
        if (last - position < from)
          return `states 0 and ${e} of question ${j} differ at position ${position}${place}, within the last ${from} tokens`;
        least = Math.min(least, last - position);
      }
    }
    if (least === Infinity) return `all states of question ${j} are the same`;
    if (least >= to)
      return `the nearest difference between the states of question ${j} is at distance ${least}, expected less than ${to}`;
    nearest.push(least);
  }
  return nearest;
}

/**
 * Question: for a fixed state all but the last q tokens of every document are the same; the last q do
 * not depend on the state, and no two questions have the same.
 */
export function breakOfQuestion(group: TableGroup): string | undefined {
  const { rows, documents, states, questions, question } = group;
  const firsts = documentsOf(rows, documents);
  for (const { parts, place } of firsts) {
    const body = parts[0]!.length - question;
    for (let e = 0; e < states; e++)
      for (let j = 1; j < questions; j++) {
        const position = firstDifference(
          parts[memberOf(group, e, 0)]!,
          parts[memberOf(group, e, j)]!,
          0,
        );
        if (position < body)
          return `questions 0 and ${j} of state ${e} differ at position ${position}${place}, before the last ${question} tokens`;
      }
    for (let j = 0; j < questions; j++)
      for (let e = 1; e < states; e++)
        if (firstDifference(parts[j]!, parts[memberOf(group, e, j)]!, body) < parts[0]!.length)
          return `question ${j} is not the same in states 0 and ${e}${place}`;
  }
  for (let j = 0; j < questions; j++)
    for (let i = 0; i < j; i++)
      if (
        firsts.every(
          ({ parts }) =>
            firstDifference(parts[i]!, parts[j]!, parts[0]!.length - question) === parts[0]!.length,
        )
      )
        return `questions ${i} and ${j} are the same`;
  return undefined;
}

/** First position from `start` on at which two sequences differ; their length if there is none. */
function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>, start: number): number {
  let position = start;
  while (position < a.length && a[position] === b[position]) position++;
  return position;
}

/** Order(w): for a fixed question all states have each w-gram of a document equally often. */
export function breakOfOrder(group: TableGroup, w: number): string | undefined {
  const { rows, documents, states, questions, question, from } = group;
  // Where windows with evidence keep clear of the question, all questions have the same differences.
  const differing = from >= question + w ? 1 : questions;
  for (let j = 0; j < differing; j++) {
    const column = range(states).map((e) => rows[memberOf(group, e, j)]!);
    for (const { parts, place } of documentsOf(column, documents))
      for (let e = 1; e < states; e++) {
        const gram = unevenGram(parts[0]!, parts[e]!, w);
        if (gram)
          return `states 0 and ${e} of question ${j} do not have the ${w}-gram (${gram})${place} equally often`;
      }
  }
  return undefined;
}

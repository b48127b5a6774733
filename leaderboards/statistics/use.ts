/**
 * Use: how far the answers to a controlled task depend on evidence and question together. It is the
 * measured quantity of the controlled tasks since benchmark 2.0.
 *
 * A group is a full table of E evidence states and Q questions, with label y(e, j) and answer f(e, j);
 * k is the number of labels. For question i, over pairs of questions of one group and one state:
 *
 *     H = 1/E        · Σ_e       [f(e, i) = y(e, i)]      hits
 *     A = 1/(E(Q−1)) · Σ_e Σ_j≠i [f(e, j) = y(e, i)]      false alarms
 *     P = 1/(E(Q−1)) · Σ_e Σ_j≠i [y(e, j) = y(e, i)]      false alarms of perfect answers
 *     U = (H − A) / (1 − P)
 *
 * By the question certificate every label occurs Q/k times in each state, so P = (Q/k − 1)/(Q − 1).
 * Who does not read the question answers g(e): [g(e) = y(e, i)] stands in H and in A alike, and U = 0
 * for each question. Who reads fewer than D tokens back answers h(j): by the reach certificate H = 1/k
 * and A = 1/k, so U = 0. Perfect answers have H = 1 and A = P, so U = 1. Each answer f(e, j) matches
 * y(e, ·) exactly Q/k times, so the mean of U over a group is (accuracy − 1/k)/(1 − 1/k).
 */
import type { GroupResults } from '../records/groupResults.ts';
import { groupInterval, type Interval } from './groups.ts';
import { chanceCorrected, mean } from './metrics.ts';

/** Size of a group's table and the number of labels, k. */
export interface TableSize {
  states: number;
  questions: number;
  classes: number;
}

/** Counts of each question of a group over all states. */
export interface QuestionCounts {
  /** States whose answer to the question is right: E·H. */
  hits: number[]; // [Q]
  /** Answers to other questions of the same state that equal the question's label: E(Q−1)·A. */
  alarms: number[]; // [Q]
}

/**
 * Hits and false alarms of a group whose member e·Q + j has state e and question j.
 * @param predicted answers f, [E·Q]
 * @param labels right answers y, [E·Q]
 */
export function questionCounts(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  { states, questions }: Pick<TableSize, 'states' | 'questions'>,
): QuestionCounts {
  const hits = new Array<number>(questions).fill(0);
  const alarms = new Array<number>(questions).fill(0);
  for (let e = 0; e < states; e++)
    for (let i = 0; i < questions; i++)
      for (let j = 0; j < questions; j++) {
        if (predicted[e * questions + j] !== labels[e * questions + i]) continue;
        if (i === j) hits[i]!++;
        else alarms[i]!++;
      }
  return { hits, alarms };
}

/** Use of a question: 0 for chance, 1 for perfect answers, at least −1/(k − 1) in the mean over a group. */
export function useOf(hits: number, alarms: number, size: TableSize): number {
  const { states, questions, classes } = size;
  if (questions < 2) throw new RangeError(`Use needs at least 2 questions, got ${questions}.`);
  // (H − A) / (1 − P) with its denominators taken together: exactly 0 where the counts cancel.
  return (hits * (questions - 1) - alarms) / (states * questions * (1 - 1 / classes));
}

/** Mean use of all questions of a group. */
export function groupUse({ hits, alarms }: QuestionCounts, size: TableSize): number {
  return mean(hits.map((own, i) => useOf(own, alarms[i]!, size)));
}

export interface Use {
  /** Mean over groups of the mean over their questions. */
  value: number;
  /** 95 % over groups: that of their accuracy, corrected for chance as the mean itself is. */
  interval: Interval;
}

/**
 * Use over the groups of one distance of the grid, or over all.
 * @returns undefined if the groups are no tables of at least 2 questions
 */
export function useOfGroups(groups: GroupResults, stratum?: number): Use | undefined {
  const { table, sizes, strata, correct } = groups;
  if (!table || table.questions < 2) return undefined;
  const { questions, classes, hits, alarms } = table;
  const chosen = [...strata.keys()].filter((g) => stratum === undefined || strata[g] === stratum);
  const uses = chosen.map((g) => {
    const own = (counts: Uint32Array) => [...counts.subarray(g * questions, (g + 1) * questions)];
    const size = { states: sizes[g]! / questions, questions, classes };
    return groupUse({ hits: own(hits), alarms: own(alarms) }, size);
  });
  const of = (values: Uint32Array) => chosen.map((g) => values[g]!);
  const [low, high] = groupInterval(of(correct), of(sizes), of(strata));
  const chance = 1 / classes;
  return {
    value: mean(uses),
    interval: [chanceCorrected(low, chance), chanceCorrected(high, chance)],
  };
}

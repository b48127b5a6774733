/**
 * Attackers of a controlled task: predictors that lack the skill, measured on whole groups. Counts
 * are exact, so that a certificate can be asked for 1/k and 0 to the last digit.
 */
import { hash } from 'node:crypto';

export interface Row {
  tokens: ArrayLike<number>;
  label: number;
}

/** Rows of a group: `table[e][j]` has evidence state e and question j. */
export type Table = readonly (readonly Row[])[];

export interface Score {
  /** Share of rows that are answered rightly, as hits of rows. */
  hits: number;
  rows: number;
  accuracy: number;
  /**
   * (hits - false alarms) / (1 - share of pairs with equal labels), averaged over groups and questions:
   * 0 for whoever does not use the question, 1 for perfect answers.
   */
  use: number;
}

/** Measures the answers of a predictor on groups. */
export function measure<R extends Row>(
  tables: readonly (readonly (readonly R[])[])[],
  answer: (row: R) => number,
): Score {
  let [hits, rows, sum, questions] = [0, 0, 0, 0];
  for (const table of tables) {
    const count = table[0]!.length;
    const given = table.map((states) => states.map(answer));
    for (let i = 0; i < count; i++, questions++) {
      // Counts over states and other questions, as integers: an exact 0 stays one.
      let [right, alarms, equal] = [0, 0, 0];
      table.forEach((row, e) => {
        const wanted = row[i]!.label;
        if (given[e]![i] === wanted) right++;
        for (let j = 0; j < count; j++) {
          if (j === i) continue;
          if (given[e]![j] === wanted) alarms++;
          if (row[j]!.label === wanted) equal++;
        }
      });
      const pairs = table.length * (count - 1);
      sum += (right * (count - 1) - alarms) / (pairs - equal);
      hits += right;
      rows += table.length;
    }
  }
  return { hits, rows, accuracy: hits / rows, use: sum / questions };
}

/** An arbitrary function of what an attacker sees, with values 0 to k - 1. */
export function scramble(seen: readonly (number | string)[], classes: number): number {
  return Number.parseInt(hash('sha256', seen.join(), 'hex').slice(0, 8), 16) % classes;
}

/** All windows of w tokens, also those that stick out over the ends, sorted: what a bag of them knows. */
export function bagOf(tokens: ArrayLike<number>, w: number): string[] {
  const grams: string[] = [];
  for (let start = 1 - w; start < tokens.length; start++)
    grams.push(Array.from({ length: w }, (_, i) => tokens[start + i] ?? '|').join(' '));
  return grams.sort();
}

/** What three classes of attackers answer who cannot have the skill: each must be right in 1/k exactly. */
export function certified<R extends Row>(facts: {
  classes: number;
  /** Tokens of the question. */
  question: number;
  /** Largest certified w. */
  order: number;
  distance: (row: R) => number;
}): Record<string, (row: R) => number> {
  const { classes, question, order, distance } = facts;
  const from = (row: R, start: number, end?: number) =>
    Array.prototype.slice.call(row.tokens, start, end) as number[];
  return {
    'all but the question': (row) => scramble(from(row, 0, -question), classes),
    'last tokens, with the question': (row) => scramble(from(row, -distance(row)), classes),
    'bag of windows, with the question': (row) =>
      scramble([...bagOf(row.tokens, order), 'question', ...from(row, -question)], classes),
  };
}

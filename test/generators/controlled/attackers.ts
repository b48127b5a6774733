/**
 * Attackers of a controlled task that cannot have the skill, since a certificate covers them: each
 * must be right in exactly 1/k of every group, with a use of exactly 0.
 */
import { hash } from 'node:crypto';
import type { Row } from './support.ts';

/** An arbitrary function of what an attacker sees, with values 0 to k - 1. */
function scramble(seen: readonly (number | string)[], classes: number): number {
  return Number.parseInt(hash('sha256', seen.join(), 'hex').slice(0, 8), 16) % classes;
}

/** All windows of w tokens, also those that stick out over the ends, sorted: what a bag of them knows. */
export function bagOf(tokens: ArrayLike<number>, w: number): string[] {
  const grams: string[] = [];
  for (let start = 1 - w; start < tokens.length; start++)
    grams.push(Array.from({ length: w }, (_, i) => tokens[start + i] ?? '|').join(' '));
  return grams.sort();
}

/**
 * The attackers by name, as functions of a row.
 * @param question tokens of the question; @param order largest certified window.
 */
export function attackersOf({
  classes,
  question,
  order,
}: {
  classes: number;
  question: number;
  order: number;
}): Record<string, (row: Row) => number> {
  const part = ({ tokens }: Row, start: number, end?: number) =>
    Array.from(tokens.slice(start, end));
  return {
    'all but the question': (row) => scramble(part(row, 0, -question), classes),
    'last tokens, with the question': (row) => scramble(part(row, -row.distance), classes),
    'bag of windows, with the question': (row) =>
      scramble([...bagOf(row.tokens, order), 'question', ...part(row, -question)], classes),
  };
}

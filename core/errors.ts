/**
 * Errors that a user can act on: one sentence each, that says what is wrong, where, what was expected
 * and what to do. The class decides the exit code; every other error is a fault of the program.
 */
import type { z } from 'zod';

/** Wrong use: an unknown name, flag or value. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** An option of a task or of a model that is unknown or out of its range. Exit code 2. */
export class OptionError extends UsageError {
  override name = 'OptionError';
}

/** A file that is missing or damaged, or cannot be written. Exit code 1. */
export class DataError extends Error {
  override name = 'DataError';
}

/** A run that failed for a reason outside the program. Exit code 1. */
export class RunError extends Error {
  override name = 'RunError';
}

/** 2 for wrong use, 1 for everything else. */
export function exitCode(error: unknown): 1 | 2 {
  return error instanceof UsageError ? 2 : 1;
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}

/** The stack of whatever was thrown; empty if it has none. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : '';
}

/** The reason that the operating system gave, without the path: the caller names the path. */
export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOSPC: 'no space is left on the disk',
    EDQUOT: 'the disk quota is used up',
    EACCES: 'permission is denied',
    EPERM: 'permission is denied',
    EROFS: 'the file system is read-only',
    ENOENT: 'it does not exist',
    ENOTDIR: 'a part of the path is not a folder',
    EISDIR: 'it is a folder, not a file',
  };
  return known[code ?? ''] ?? messageOf(error);
}

/** The first fault that zod found, as `field value: what was expected`. */
export function issueOf(error: z.ZodError, given?: Record<string, unknown>): string {
  const issue = error.issues[0]!;
  const field = issue.path.filter((key) => typeof key === 'string').join('.');
  const value = given && issue.path.length > 0 ? ` ${String(given[String(issue.path[0])])}` : '';
  // `Too big: expected ...` and `Invalid input: expected ...` say the same as `expected ...`.
  const message = issue.message.replace(/^[^:]*: (?=expected)/, '');
  const text = message.charAt(0).toLowerCase() + message.slice(1);
  return field === '' ? text : `${field}${value}: ${text}`;
}

/**
 * The sentence about a name that does not exist: the nearest name and all known ones.
 *
 * @param kind of thing, as a noun whose plural takes an s
 * @param others names that may have been meant, but are not listed
 */
export function unknown(
  kind: string,
  name: string,
  known: readonly string[],
  others: readonly string[] = [],
): string {
  const meant = nearest(name, [...known, ...others]);
  const question = meant === undefined ? '.' : `, did you mean '${meant}'?`;
  return `Unknown ${kind} '${name}'${question} Known ${kind}s: ${known.join(', ') || 'none'}.`;
}

/** The known name that was probably meant: a third of its letters or two may differ, or none is. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(2, name.length / 3) ? best.candidate : undefined;
}

/** Insertions, deletions and substitutions that lead from a to b (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

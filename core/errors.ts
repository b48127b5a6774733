/** Errors that a user can act on: one sentence each; the kind decides the exit code. */
import type { z } from 'zod';

/** Wrong use: an unknown name, flag or value. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Files that are missing, damaged or cannot be written. Exit code 1. */
export class DataError extends Error {
  override name = 'DataError';
}

/** What the operating system said, with the path it spoke of left to the caller. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
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
  return known[code ?? ''] ?? message;
}

/** The first thing that zod found wrong, as `field value: what was expected`. */
export function issueOf(error: z.ZodError, given?: Record<string, unknown>): string {
  const issue = error.issues[0]!;
  const field = issue.path.filter((key) => typeof key === 'string').join('.');
  const value = given && issue.path.length > 0 ? ` ${String(given[String(issue.path[0])])}` : '';
  // `Too big: expected ...` and `Invalid input: expected ...` say the same as `expected ...`.
  const message = issue.message.replace(/^[^:]*: (?=expected)/, '');
  const text = message.charAt(0).toLowerCase() + message.slice(1);
  return field === '' ? text : `${field}${value}: ${text}`;
}

/** Of the known names the one that was probably meant: at most two letters away, or none. */
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

/** Errors that a user can act on: one sentence each, and the exit code that goes with it. */

/** Wrong use of a command: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** A run or a file that failed for a reason outside the program: exit code 1. */
export class RunError extends Error {
  override name = 'RunError';
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}

/** Code for process.exit, by what went wrong. */
export function exitCode(error: unknown): 1 | 2 {
  const usage = new Set(['UsageError', 'RangeError', 'ERR_PARSE_ARGS_UNKNOWN_OPTION']);
  const code = (error as NodeJS.ErrnoException)?.code ?? '';
  if (code.startsWith('ERR_PARSE_ARGS')) return 2;
  return error instanceof Error && usage.has(error.name) ? 2 : 1;
}

/** Errors of runs, and how every error becomes one line and an exit code. */

/** A run or a file that failed for a reason outside the program: exit code 1. */
export class RunError extends Error {
  override name = 'RunError';
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}

/** 2 for wrong use (a flag, a name, a value out of its range), 1 for everything else. */
export function exitCode(error: unknown): 1 | 2 {
  if (!(error instanceof Error)) return 1;
  const wrongFlag = String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
  return wrongFlag || error.name === 'UsageError' || error.name === 'RangeError' ? 2 : 1;
}

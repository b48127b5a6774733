/**
 * Pretrainings that nobody waits for any more: every run that would start from them has its record.
 * What they left lies in the work folder, which may be gone while the records stay.
 */
import type { Line } from './manifest.ts';

/**
 * Ids of the idle pretrainings.
 *
 * One whose runs are not among the lines is not idle: somebody asked for it by itself.
 *
 * @param isDone whether a run, by its place among the lines, has its record
 */
export function idlePretrainings(
  lines: readonly Line[],
  isDone: (index: number) => boolean,
): ReadonlySet<string> {
  const isIdle = new Map<string, boolean>();
  lines.forEach(({ parent }, index) => {
    if (parent !== undefined) isIdle.set(parent, (isIdle.get(parent) ?? true) && isDone(index));
  });
  return new Set([...isIdle.keys()].filter((parent) => isIdle.get(parent)));
}

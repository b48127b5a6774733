/**
 * Pretrainings that nobody waits for any more: every run that would start from them has its record.
 * What they left lies in the work folder, which may be gone while the records stay.
 */
import type { Line } from './manifest.ts';
import { readRecord, recordPath } from './store.ts';

/**
 * Ids of the idle pretrainings.
 *
 * One whose runs are not among the lines is not idle: somebody asked for it by itself.
 */
export async function idlePretrainings(
  lines: readonly Line[],
  out: string,
): Promise<ReadonlySet<string>> {
  const isIdle = new Map<string, boolean>();
  for (const { parent, spec } of lines) {
    if (parent === undefined || isIdle.get(parent) === false) continue;
    isIdle.set(parent, (await readRecord(recordPath(out, spec))) !== undefined);
  }
  return new Set([...isIdle.keys()].filter((parent) => isIdle.get(parent)));
}

/**
 * Stages that no run waits for any more: every run that needs them has its record. What a pretraining
 * left lies in the work folder, which may be gone while the records stay.
 */
import type { Line } from './manifest.ts';

/**
 * Ids of the idle tunings and pretrainings. A stage that no other line names as its parent is not idle:
 * somebody asked for it by itself.
 *
 * @param isDone whether a run, by its place among the lines, has its record
 */
export function idleStages(
  lines: readonly Line[],
  isDone: (index: number) => boolean,
): ReadonlySet<string> {
  const children = new Map<string, { allDone: boolean }>();
  const idle = new Set<string>();
  // Parents stand before their children, so the children are known when the parent is reached.
  for (let index = lines.length - 1; index >= 0; index--) {
    const { kind, id, parent } = lines[index]!;
    const own = children.get(id);
    if (kind !== 'run' && own?.allDone) idle.add(id);
    if (parent === undefined) continue;
    const done = kind === 'run' ? isDone(index) : idle.has(id);
    children.set(parent, { allDone: (children.get(parent)?.allDone ?? true) && done });
  }
  return idle;
}

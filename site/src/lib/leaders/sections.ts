/**
 * The sections of a leaderboard: finished, unfinished, did not train. Only what finished is ranked;
 * of the others a reader sees what they lack.
 */
import type { BoardTask, Cell } from '../../../../leaderboards/board/schema.ts';
import { isRanked } from '../../../../leaderboards/board/standing.ts';

/** What a row has of a task. */
export interface Taken {
  task: BoardTask;
  cell: Cell;
}

export const sectionNames = ['finished', 'unfinished', 'did not train'] as const;
export type SectionName = (typeof sectionNames)[number];

/** Whether training came to nothing; by the rules of benchmark 1.0 a failure is ranked at chance. */
export function isLost({ standing, state }: Pick<Cell, 'standing' | 'state'>): boolean {
  return standing === 'did not train' || standing === 'failed' || state === 'failed';
}

const isFinished = (cell: Cell) => isRanked(cell) && !isLost(cell);

/**
 * Unfinished as long as more runs or steps could still change it, else what training came to. A row
 * that lacks a task is unfinished.
 *
 * @param taken the tasks by which the leaderboard is ordered, at least one
 */
export function sectionOf(taken: readonly Taken[]): SectionName {
  const rest = taken.filter(({ cell }) => !isFinished(cell));
  if (rest.length === 0) return 'finished';
  return rest.every(({ cell }) => isLost(cell)) ? 'did not train' : 'unfinished';
}

/** `not run: Text, ListOps; unfinished: Recall`; empty for a finished row. */
export function lackWords(taken: readonly Taken[]): string {
  const rest = taken.filter(({ cell }) => !isFinished(cell));
  const byLack = Map.groupBy(rest, ({ cell }) =>
    cell.state === 'failed' ? 'failed' : (cell.standing ?? 'not run'),
  );
  return [...byLack]
    .map(([lack, members]) => `${lack}: ${members.map(({ task }) => task.title).join(', ')}`)
    .join('; ');
}

export const sectionWords: Record<SectionName, string> = {
  finished: 'Ranked: every run finished, tuned, on at least three seeds.',
  unfinished: 'Not ranked: runs are missing, few, untuned, or were still rising at the end.',
  'did not train': 'Not ranked: runs never left chance, or failed.',
};

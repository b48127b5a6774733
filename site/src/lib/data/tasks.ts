/** The tasks that have a page: those of this package, and whatever else the board has. */
import { tasks as definitions } from '../../../../generators/index.ts';
import type { BoardTask } from '../../../../leaderboards/board/schema.ts';
import { shownTier } from './data.ts';
import { entriesOf } from '../tables/view.ts';

export interface ListedTask {
  name: string;
  title: string;
  kind: 'standard' | 'controlled';
  /** As the shown tier has it; null without results. */
  board: BoardTask | null;
  /** Finished results, over models and regimes. */
  results: number;
}

/** In the order of the registry, then by the board's. */
export function taskList(): ListedTask[] {
  const onBoard = new Map(shownTier?.tasks.map((task) => [task.name, task]));
  const own = definitions.map(({ name, title, kind }) => ({ name, title, kind }));
  const names = new Set(own.map(({ name }) => name));
  const others = [...onBoard.values()].filter(({ name }) => !names.has(name));
  return [...own, ...others].map(({ name, title, kind }) => {
    const board = onBoard.get(name) ?? null;
    const done =
      board && entriesOf(shownTier!, board).filter(({ cell }) => cell.state === 'done').length;
    return { name, title, kind, board, results: done ?? 0 };
  });
}

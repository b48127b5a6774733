/** Ranks of the board, where it has them: best and worst place that a comparison leaves open. */
import type { Cell, Row } from '../../../leaderboards/board.ts';

type Rank = [best: number, worst: number];

export function rankOn(cell: Cell & { rank?: Rank | null }): Rank | null {
  return cell.rank ?? null;
}

export function rankOver(
  row: Row & { ranks?: Record<'standard' | 'controlled', Rank | null> },
  kind: 'standard' | 'controlled',
): Rank | null {
  return row.ranks?.[kind] ?? null;
}

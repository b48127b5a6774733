/**
 * The leaderboard under one regime, over all tasks or on one: a row for each model, its columns, and
 * the sections in which rows stand.
 */
import type { Regime } from '../../../../core/vocabulary.ts';
import type { BoardTask, Row, TierBoard } from '../../../../leaderboards/board/schema.ts';
import { columnsOf, type LeaderColumn, type RowOf, type Sources } from './columns.ts';
import type { LeaderCell } from './cells.ts';
import { rankText } from '../words/format.ts';
import { isLost, lackWords, sectionNames, sectionOf, type SectionName } from './sections.ts';

export interface LeaderRow {
  row: Row;
  /** `1–3`; null where it is not ranked. */
  place: string | null;
  /** Whether its places lie apart from those of all rows above it. */
  startsGroup: boolean;
  /** What it lacks, in words; empty for a finished row. */
  lacks: string;
  cells: LeaderCell[];
}

export interface LeaderSection {
  name: SectionName;
  rows: LeaderRow[];
}

export interface Leaders {
  regime: Regime;
  task: BoardTask | null;
  columns: LeaderColumn[];
  /** In their order; empty ones too. */
  sections: LeaderSection[];
}

/** The tasks by which rows are ordered: the one shown, else the controlled ones, else all. */
export function orderingTasks(tier: TierBoard, task: BoardTask | null): BoardTask[] {
  if (task) return [task];
  const controlled = tier.tasks.filter(({ kind }) => kind === 'controlled');
  return controlled.length > 0 ? controlled : tier.tasks;
}

export function leadersOf(
  tier: TierBoard,
  regime: Regime,
  task: BoardTask | null,
  sources: Sources,
): Leaders {
  const ordering = orderingTasks(tier, task);
  const at = (row: Row) => (of: BoardTask) => ({
    task: of,
    cell: row.cells[tier.tasks.indexOf(of)]!,
  });
  const rows = tier.rows.filter(
    (row) => row.regime === regime && ordering.some((of) => at(row)(of).cell.state !== 'missing'),
  );
  const filled = columnsOf(tier, task, rows, sources);
  const made = rows.map((row) => {
    const all = ordering.map(at(row));
    const spt = tier.rows.find((one) => one.modelKey === row.modelKey && one.regime === 'spt');
    const of: RowOf = {
      row,
      spt,
      taken: (tasks, from = row) =>
        tasks.map(at(from)).filter(({ cell }) => cell.state === 'done' && !isLost(cell)),
    };
    const rank = task ? all[0]!.cell.rank : row.ranks[ordering[0]!.kind];
    const cells = filled.map(({ cell }) => rounded(cell(of)));
    return { row, section: sectionOf(all), lacks: lackWords(all), rank, cells };
  });
  const sections = sectionNames.map((name): LeaderSection => {
    const members = made
      .filter(({ section }) => section === name)
      .sort((a, b) => descending(a.cells[0]!.sort, b.cells[0]!.sort));
    let worst = 0;
    return {
      name,
      rows: members.map(({ row, lacks, rank, cells }) => {
        const startsGroup = rank !== null && worst > 0 && rank[0] > worst;
        worst = Math.max(worst, rank?.[1] ?? 0);
        const place = name === 'finished' && rank ? rankText(rank) : null;
        return { row, place, startsGroup, lacks, cells };
      }),
    };
  });
  return { regime, task, columns: filled.map(({ column }) => column), sections };
}

const descending = (a: number | null, b: number | null) => (b ?? -Infinity) - (a ?? -Infinity) || 0;

/** What is sorted by needs no more digits than can be told apart. */
function rounded(cell: LeaderCell): LeaderCell {
  return cell.sort === null ? cell : { ...cell, sort: Number(cell.sort.toPrecision(8)) };
}

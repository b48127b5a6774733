/** One leaderboard for each tier and version of the benchmark: its address, its table, its extra data. */
import type { BoardTask, Row, TierBoard } from '../../../../leaderboards/board/schema.ts';
import { board, recordsOf, shownTier } from './data.ts';
import { floorOf } from './audits.ts';
import { curvePoint, measureName } from '../words/measures.ts';
import { cellHtml } from '../tables/cell.ts';
import { provenanceOf, summaryTable, taskColumnCount, type Provenance } from '../tables/summary.ts';
import type { Table } from '../tables/table.ts';

const provenances = new Map<Row, Provenance>();

export function provenanceOfRow(row: Row): Provenance {
  const known = provenances.get(row) ?? provenanceOf(recordsOf(row));
  provenances.set(row, known);
  return known;
}

/** Name of a board in addresses: `lite-0.1`. */
export function boardName({ tier, benchmark }: TierBoard): string {
  return `${tier}-${benchmark.replace(/[^0-9a-z.]+/gi, '-')}`;
}

export function boardPath(tier: TierBoard): `/${string}` {
  return tier === shownTier ? '/leaderboard/' : `/leaderboard/${boardName(tier)}/`;
}

export const boards: readonly TierBoard[] = board.tiers;

export function boardTable(tier: TierBoard, only?: BoardTask): Table {
  return summaryTable(tier, provenanceOfRow, (task) => floorOf(tier, task), only);
}

/** The cells that depend on the task, as HTML with what they sort by, for every row by its key. */
export type TaskCells = Record<string, [html: string, sort: number | null, state: string][]>;

export function taskCells(tier: TierBoard, task: BoardTask): TaskCells {
  const count = taskColumnCount(tier, (task) => floorOf(tier, task));
  return Object.fromEntries(
    boardTable(tier, task).rows.map(({ row, cells }) => [
      row.key,
      cells.slice(0, count).map((cell) => [cellHtml(cell), cell.sort, cell.state]),
    ]),
  );
}

/** Curves for comparing rows side by side. */
export interface Curves {
  tasks: { title: string; measure: string; distances: number[] }[];
  /** For every row, by task: the measure and its interval at each distance; null without a result. */
  rows: Record<string, (ShortPoint[] | null)[]>;
}
export type ShortPoint = [value: number, low: number | null, high: number | null];

export function curvesOf(tier: TierBoard): Curves {
  const controlled = tier.tasks.flatMap((task, i) => (task.kind === 'controlled' ? [i] : []));
  const short = (share: number) => Number(share.toFixed(4));
  return {
    tasks: controlled.map((i) => {
      const task = tier.tasks[i]!;
      return { title: task.title, measure: measureName(task), distances: task.distances };
    }),
    rows: Object.fromEntries(
      tier.rows.map(({ key, cells }) => [
        key,
        controlled.map((i) => {
          const { state, distances } = cells[i]!;
          if (state !== 'done') return null;
          return distances.map((point): ShortPoint => {
            const { value, interval } = curvePoint(tier.tasks[i]!, point);
            return [short(value), interval && short(interval[0]), interval && short(interval[1])];
          });
        }),
      ]),
    ),
  };
}

/** One leaderboard for each tier and version of the benchmark: its views, their addresses, its extra data. */
import type { Regime } from '../../../../core/vocabulary.ts';
import {
  regimeOrder,
  type BoardTask,
  type Row,
  type TierBoard,
} from '../../../../leaderboards/board/schema.ts';
import { mixers } from '../../../../models/registry.ts';
import type { Sources } from '../leaders/columns.ts';
import { provenanceOf, type Provenance } from '../tables/provenance.ts';
import { chanceCorrected } from '../../../../leaderboards/statistics/metrics.ts';
import { measureName } from '../words/measures.ts';
import { floorLevels } from './audits.ts';
import { board, recordsOf, shownTier } from './data.ts';

export const boards: readonly TierBoard[] = board.tiers;

/** Name of a board in addresses: `lite-0.1`. */
export function boardName({ tier, benchmark }: TierBoard): string {
  return `${tier}-${benchmark.replace(/[^0-9a-z.]+/gi, '-')}`;
}

export function boardPath(tier: TierBoard): `/${string}` {
  return tier === shownTier ? '/leaderboard/' : `/leaderboard/${boardName(tier)}/`;
}

/** What a leaderboard may show: a regime, or what self-pretraining adds. */
export type ViewName = Regime | 'gain';

/** The views that a board has runs for, the one it opens with first. */
export function viewNames({ rows }: TierBoard): ViewName[] {
  const regimes = regimeOrder.filter((regime) => rows.some((row) => row.regime === regime));
  const hasGain = rows.some(({ cells }) => cells.some(({ gain }) => gain));
  return [...regimes, ...(hasGain ? (['gain'] as const) : [])];
}

/** Address of a view; the first one of all tasks is the board's own. */
export function viewPath(tier: TierBoard, view: ViewName, task: BoardTask | null): `/${string}` {
  if (view === viewNames(tier)[0] && !task) return boardPath(tier);
  return `${boardPath(tier)}${view}/${task ? `${task.name}/` : ''}` as `/${string}`;
}

/** The last part of the address of a row's page, unique for its model: `spt`, `lite-1.0-scratch-2`. */
export function rowSlug(tier: TierBoard, row: Row): string {
  const ofModel = tier.rows.filter(({ model }) => model === row.model);
  const variants = [...new Set(ofModel.map(({ modelKey }) => modelKey))].sort();
  const variant = variants.indexOf(row.modelKey) + 1;
  return [
    ...(tier === shownTier ? [] : [boardName(tier)]),
    row.regime,
    ...(variant > 1 ? [variant] : []),
  ].join('-');
}

/** Address of what stands behind the numbers of a row: seeds, intervals, floors, commands, records. */
export function rowPath(tier: TierBoard, row: Row): `/${string}` {
  return `/models/${row.model}/${rowSlug(tier, row)}/`;
}

const provenances = new Map<Row, Provenance>();

function provenanceOfRow(row: Row): Provenance {
  const known = provenances.get(row) ?? provenanceOf(recordsOf(row));
  provenances.set(row, known);
  return known;
}

export function sourcesOf(tier: TierBoard): Sources {
  return {
    floor: (task) => floorLevels(tier, task),
    provenance: provenanceOfRow,
    cost: ({ model }) => mixers.find(({ name }) => name === model)?.cost ?? null,
  };
}

/** Curves for comparing rows side by side. */
export interface Curves {
  tasks: { title: string; measure: string; distances: number[] }[];
  /** For every row, by task: the measure of each seed at each distance; null without a result. */
  rows: Record<string, (number[][] | null)[]>;
}

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
          const { state, seeds } = cells[i]!;
          if (state !== 'done') return null;
          const { chance } = tier.tasks[i]!;
          return seeds.map(({ distances }) =>
            distances.map((share) => short(chanceCorrected(share, chance))),
          );
        }),
      ]),
    ),
  };
}

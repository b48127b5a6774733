/** What of the board a page shows: which tier, which task leads, which cells belong together. */
import type { Regime } from '../../../../core/vocabulary.ts';
import type {
  Board,
  BoardTask,
  Cell,
  Row,
  TierBoard,
} from '../../../../leaderboards/board/schema.ts';
import { isRanked } from '../../../../leaderboards/board/standing.ts';
import type { Curve, Limit } from '../charts/distanceChart.ts';
import { chanceCorrected } from '../../../../leaderboards/statistics/metrics.ts';
import { listed } from '../words/format.ts';
import { mean } from '../../../../core/math.ts';
import { curvePoint, type CurvePoint } from '../words/measures.ts';
import { regimeOrder } from '../../../../leaderboards/board/schema.ts';
import { regimeDash } from '../charts/palette.ts';

/** One model on one task under one regime. */
export interface Entry {
  task: BoardTask;
  row: Row;
  cell: Cell;
}

/** One model on one task under every regime it was run with, in the order of regimes. */
export interface ModelEntries {
  label: string;
  family: string;
  entries: Entry[];
}

/** The tier asked for, else the first that there is: smoke only where there is nothing else. */
export function chooseTier(board: Board, wanted?: string): TierBoard | null {
  if (!wanted) return board.tiers[0] ?? null;
  const found = board.tiers.find(({ tier }) => tier === wanted);
  if (found) return found;
  const known = listed([...new Set(board.tiers.map(({ tier }) => tier))]) || 'none';
  throw new Error(`REACH_TIER is ${wanted}, which has no records; tiers with records: ${known}`);
}

/** The entries of a task, best row first. */
export function entriesOf(tier: TierBoard, task: BoardTask): Entry[] {
  const index = tier.tasks.indexOf(task);
  return tier.rows.map((row) => ({ task, row, cell: row.cells[index]! }));
}

/**
 * The ranked entries, of which findings speak; all of them if none is ranked, as on the tier smoke. The
 * others are in tables, with what they lack.
 */
export function rankedOrAll(entries: readonly Entry[]): readonly Entry[] {
  const ranked = entries.filter(({ cell }) => isRanked(cell));
  return ranked.length > 0 ? ranked : entries;
}

/** The controlled task with the most results, and of those the one most learned; null without one. */
export function leadTask(tier: TierBoard): BoardTask | null {
  const count = (task: BoardTask, counts: (cell: Cell) => boolean) =>
    entriesOf(tier, task).filter(({ cell }) => counts(cell)).length;
  const done = (task: BoardTask) => count(task, ({ state }) => state === 'done');
  const learned = (task: BoardTask) => count(task, ({ learned }) => learned === true);
  const controlled = tier.tasks.filter(({ kind }) => kind === 'controlled');
  return controlled.toSorted((a, b) => done(b) - done(a) || learned(b) - learned(a))[0] ?? null;
}

/** The regime that a board opens with. @param tier with rows */
export const viewRegime = ({ rows }: TierBoard): Regime =>
  regimeOrder.find((regime) => rows.some((row) => row.regime === regime))!;

/** From scratch where that was run, else the first regime that was. */
export function leadRegime(entries: readonly Entry[]): Regime | null {
  const done = entries.filter(({ cell }) => cell.state === 'done');
  return regimeOrder.find((regime) => done.some(({ row }) => row.regime === regime)) ?? null;
}

/**
 * At most `limit` entries, so that lines stay legible: the best of each family and the best that a
 * certificate binds, then the best.
 */
export function representatives(entries: readonly Entry[], limit = 8): Entry[] {
  const families = new Set<string>();
  const first = entries.filter(({ row }) => !families.has(row.family) && families.add(row.family));
  const bound = entries.filter(({ cell }) => cell.certifiedLimit !== null).slice(0, 1);
  const kept = new Set([...new Set([...bound, ...first, ...entries])].slice(0, limit));
  return entries.filter((entry) => kept.has(entry));
}

export function byModel(entries: readonly Entry[]): ModelEntries[] {
  const models = new Map<string, ModelEntries>();
  for (const entry of entries) {
    const { label, family } = entry.row;
    const model = models.get(label) ?? { label, family, entries: [] };
    model.entries.push(entry);
    models.set(label, model);
  }
  const rank = ({ row }: Entry) => regimeOrder.indexOf(row.regime);
  for (const { entries } of models.values()) entries.sort((a, b) => rank(a) - rank(b));
  return [...models.values()];
}

/** Lines of several models under one regime. */
export function modelCurves(entries: readonly Entry[]): Curve[] {
  return entries.map(({ task, row, cell }, i) => ({
    label: row.label + partOf(cell),
    family: row.family,
    points: curvePoints(task, cell),
    seeds: seedsOf(task, cell),
    hollow: entries.slice(0, i).filter((other) => other.row.family === row.family).length % 2 === 1,
  }));
}

/** Lines of one model under its regimes. */
export function regimeCurves(entries: readonly Entry[]): Curve[] {
  return entries.map(({ task, row, cell }) => ({
    label: row.regime + partOf(cell),
    family: row.family,
    dash: regimeDash[row.regime],
    points: curvePoints(task, cell),
    seeds: seedsOf(task, cell),
    hollow: false,
  }));
}

/** Whether only a part of the seeds, but at least half, solved the smallest distance. */
const isPart = ({ solved }: Cell) =>
  solved !== null && solved.near !== null && solved.seeds < solved.of;

const partOf = (cell: Cell) =>
  isPart(cell) ? ` (${cell.solved!.seeds} of ${cell.solved!.of})` : '';

/**
 * The points of a cell's thick line: the mean over seeds, but over those alone that solved the
 * smallest distance where only a part did, because no run lies between the two.
 */
export function curvePoints(task: BoardTask, cell: Cell): CurvePoint[] {
  if (!isPart(cell)) return cell.distances.map((point) => curvePoint(task, point));
  const solved = cell.seeds.filter(({ reach }) => reach !== null);
  return task.distances.map((distance, d) => {
    const accuracy = mean(solved.map(({ distances }) => distances[d]!));
    return curvePoint(task, { distance, accuracy, interval: null });
  });
}

const seedsOf = ({ chance }: BoardTask, cell: Cell) =>
  cell.seeds.map(({ distances }) => distances.map((share) => chanceCorrected(share, chance)));

/** Who is bound by which certified limit, smallest limit first. */
export function boundBy(entries: readonly Entry[]): [limit: number, bound: Entry[]][] {
  const byLimit = new Map<number, Entry[]>();
  for (const entry of entries) {
    const { certifiedLimit: limit } = entry.cell;
    if (limit !== null) byLimit.set(limit, [...(byLimit.get(limit) ?? []), entry]);
  }
  return [...byLimit].sort(([a], [b]) => a - b);
}

/** The certified limits that lie on the grid, as a chart draws them. */
export function limitsOf(
  entries: readonly Entry[],
  text: (labels: string[], limit: number) => string,
): Limit[] {
  return boundBy(entries)
    .filter(([limit, [first]]) => {
      const { distances } = first!.cell;
      return limit >= distances[0]!.distance && limit <= distances.at(-1)!.distance;
    })
    .map(([limit, bound]) => ({
      distance: limit,
      label: text([...new Set(bound.map(({ row }) => row.label))], limit),
      family: bound[0]!.row.family,
    }));
}

/**
 * Cells of the leaderboard that sum tasks up for one model and regime. A mean over tasks counts each
 * the same; its interval treats tasks as independent, each with its own interval.
 */
import type { BoardTask, Cell, Estimate, Row } from '../../../../leaderboards/board/schema.ts';
import { chanceCorrected, type Interval } from '../../../../leaderboards/statistics/metrics.ts';
import { fixed, percent, points } from '../words/format.ts';
import { barOf, nothing, number, type TableCell } from './table.ts';

/** A task of the board and what a row has of it. */
export interface Taken {
  task: BoardTask;
  cell: Cell;
}

/** Chance-corrected, as rows are ordered and ranked: tasks differ in their chance. */
export function meanAboveChance(row: Row, kind: BoardTask['kind']): TableCell {
  const { corrected, reason } = row[kind];
  return corrected
    ? number(corrected.mean, percent(corrected.mean), corrected.interval)
    : nothing('missing', reason!);
}

/** Of the one task that is shown. */
export function ownAboveChance([only]: readonly Taken[]): TableCell {
  if (!only) return nothing('missing', 'a task of the other kind is shown');
  const { state, reason, corrected, interval } = only.cell;
  if (state !== 'done') return nothing(state, reason!);
  const [low, high] = (interval ?? []).map((end) => chanceCorrected(end, only.task.chance));
  return number(corrected!, percent(corrected!), interval && [low!, high!]);
}

const learned = (all: readonly Taken[]) => all.filter(({ cell }) => cell.learned === true);
const run = (all: readonly Taken[]) => all.filter(({ cell }) => cell.state !== 'missing');

function noneLearned(all: readonly Taken[]): TableCell {
  return run(all).length === 0
    ? nothing('missing', 'no run')
    : nothing('missing', 'not defined: the smallest distance was not learned');
}

export function dropCell(all: readonly Taken[]): TableCell {
  const drops = learned(all).map(
    ({ cell: { solved } }) => solved!.near!.value - solved!.far!.value,
  );
  if (drops.length === 0) return noneLearned(all);
  const mean = drops.reduce((sum, drop) => sum + drop, 0) / drops.length;
  return { text: percent(mean), sort: mean, state: 'done' };
}

export function learnedCell(all: readonly Taken[]): TableCell {
  const [count, total] = [learned(all).length, run(all).length];
  if (total === 0) return nothing('missing', 'no run');
  return { text: `${count}/${total}`, sort: count / total + total / 1e6, state: 'done' };
}

export function reachCell(all: readonly Taken[]): TableCell {
  const known = learned(all).map(({ task, cell }) => ({
    near: task.distances[0]!,
    far: task.distances.at(-1)!,
    reach: cell.reach,
  }));
  if (known.length === 0) return noneLearned(all);
  const mean = (value: (entry: (typeof known)[number]) => number) =>
    Math.exp(known.reduce((sum, entry) => sum + Math.log(value(entry)), 0) / known.length);
  const open = known.some(({ reach }) => reach === 'beyond');
  const tokens = mean(({ reach, far }) => (reach === 'beyond' ? far : reach!));
  return {
    text: `${open ? '≥\u202f' : ''}${Math.round(tokens)}`,
    sort: tokens + (open ? 0.5 : 0),
    state: 'done',
    bar: barOf(
      tokens,
      mean(({ near }) => near),
      mean(({ far }) => far),
    ),
  };
}

export function localityCell(all: readonly Taken[]): TableCell {
  const known = learned(all).flatMap(({ cell }) =>
    cell.localitySensitivity === null
      ? []
      : [{ mean: cell.localitySensitivity, interval: cell.localityInterval }],
  );
  if (known.length === 0) return noneLearned(all);
  const { mean, interval } = combined(known);
  const half = interval ? { spread: `±${((interval[1] - interval[0]) / 2).toFixed(2)}` } : {};
  return { text: fixed(mean), sort: mean, state: 'done', ...half };
}

export function gainCell(
  row: Row,
  all: readonly Taken[],
  where: 'near' | 'far' | 'overall',
): TableCell {
  if (row.regime !== 'spt') return nothing('missing', 'only for SPT');
  const gains = all.flatMap(({ cell }) => {
    const gain: Estimate | null | undefined = cell.gain?.[where];
    return gain ? [gain] : [];
  });
  if (gains.length === 0) return nothing('missing', 'no scratch-matched run to compare with');
  const { mean, interval } = combined(gains);
  return number(mean, points(mean), interval);
}

/** Mean of independent estimates; without an interval where one of them has none. */
export function combined(estimates: readonly { mean: number; interval: Interval | null }[]): {
  mean: number;
  interval: Interval | null;
} {
  const count = estimates.length;
  const mean = estimates.reduce((sum, estimate) => sum + estimate.mean, 0) / count;
  const halves = estimates.flatMap(({ interval }) =>
    interval ? [(interval[1] - interval[0]) / 2] : [],
  );
  if (halves.length < count) return { mean, interval: null };
  const half = Math.sqrt(halves.reduce((sum, each) => sum + each ** 2, 0)) / count;
  return { mean, interval: [mean - half, mean + half] };
}

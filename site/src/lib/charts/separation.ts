/**
 * How far models of bounded reach fall behind the best: on the standard tasks, and at the farthest
 * certified distance of the controlled ones. All in chance-corrected accuracy.
 */
import type { Regime } from '../../../../core/vocabulary.ts';
import type { BoardTask, TierBoard } from '../../../../leaderboards/board/schema.ts';
import { chanceCorrected, type Interval } from '../../../../leaderboards/statistics/metrics.ts';
import { listed, points } from '../words/format.ts';
import { entriesOf, rankedOrAll, type Entry } from '../tables/view.ts';

export interface Separation {
  task: BoardTask;
  /** Where it is measured, in tokens; null on a standard task, which has no distance. */
  distance: number | null;
  /** Best first. */
  models: readonly Separated[];
  /** By how much the best model is ahead of the best of bounded reach. */
  gap: number;
}

export interface Separated {
  label: string;
  family: string;
  /** Whether its read-out, at the query, depends on fewer tokens than the sequence has. */
  bounded: boolean;
  /** Chance-corrected. */
  level: number;
  interval: Interval | null;
}

/** The tasks on which models of both kinds have finished under this regime, standard ones first. */
export function separations(tier: TierBoard, regime: Regime): Separation[] {
  return tier.tasks
    .flatMap((task) => {
      const done = entriesOf(tier, task).filter(
        ({ row, cell }) => row.regime === regime && cell.state === 'done',
      );
      const models = rankedOrAll(done)
        .map((entry) => separated(task, entry))
        .sort((a, b) => b.level - a.level);
      const [best] = models;
      const bestBounded = models.find(({ bounded }) => bounded);
      if (!best || !bestBounded || models.every(({ bounded }) => bounded)) return [];
      const distance = task.distances.at(-1) ?? null;
      return [{ task, distance, models, gap: best.level - bestBounded.level }];
    })
    .sort((a, b) => Number(a.distance !== null) - Number(b.distance !== null));
}

function separated(task: BoardTask, { row, cell }: Entry): Separated {
  const farthest = cell.distances.at(-1);
  const { accuracy, interval } = farthest ?? { accuracy: cell.accuracy!, interval: cell.interval };
  const corrected = (share: number) => chanceCorrected(share, task.chance);
  const bounded = farthest
    ? cell.certifiedLimit !== null && cell.certifiedLimit < farthest.distance
    : // A standard task certifies nothing: what a controlled one says of the model counts.
      row.cells.some(({ certifiedLimit }) => certifiedLimit !== null);
  return {
    label: row.label,
    family: row.family,
    bounded,
    level: corrected(accuracy),
    interval: interval && [corrected(interval[0]), corrected(interval[1])],
  };
}

/** Who keeps up where, in one sentence; empty where there is no such task. */
export function separationFinding(all: readonly Separation[]): string {
  const standard = all.filter(({ distance }) => distance === null);
  const certified = all.filter(({ distance }) => distance !== null);
  const tasks = (some: readonly Separation[]) => listed(some.map(({ task }) => task.title));
  const clauses: string[] = [];
  if (standard.length > 0) {
    const gaps = standard.map(({ gap }) => gap);
    const most = points(Math.max(...gaps)).replace('+', '');
    clauses.push(
      Math.max(...gaps) <= 0
        ? `a model of bounded reach is the best on ${tasks(standard)}`
        : `a model of bounded reach comes within ${most} points of the best on ${tasks(standard)}`,
    );
  }
  if (certified.length > 0) {
    const levels = certified.map(({ models }) => models[0]!.level);
    const held = certified.flatMap(({ models }) => models.filter(({ bounded }) => bounded));
    const above = held.filter(({ level }) => Math.abs(level) > 1e-9).length;
    const who =
      above === 0 ? 'every such model is exactly at chance' : `${above} of them are not at chance`;
    const [low, high] = [Math.min(...levels), Math.max(...levels)].map((v) =>
      points(v).replace('+', ''),
    );
    const best = low === high ? `${low} points` : `${low} to ${high} points`;
    const where =
      certified.length === 1 ? certified[0]!.task.title : `${certified.length} controlled tasks`;
    clauses.push(
      `at the farthest certified distance of ${where} ${who}, and the best model is ${best} above it`,
    );
  }
  const words = clauses.join('; ');
  return words && `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

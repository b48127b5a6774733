/** Of the audits, what belongs to a task and a tier, and what the strongest shortcut scores there. */
import { tasks } from '../../../../generators/index.ts';
import type { BoardTask, TierBoard } from '../../../../leaderboards/board/schema.ts';
import type { Audit } from '../../../../leaderboards/records/audit.ts';
import { chanceCorrected } from '../../../../leaderboards/statistics/metrics.ts';
import type { Curve } from '../charts/distanceChart.ts';

/** Audits of one tier of a task: of its own data, and of data made with other options. */
export interface TierAudits {
  tier: string;
  audit: Audit;
  variants: Audit[];
}

/** Of a task, by tier; a tier whose own data was not audited is left out. */
export function auditsIn(all: readonly Audit[], task: string): TierAudits[] {
  const ofTask = all.filter((audit) => audit.task === task);
  return ofTask
    .filter((audit) => changesOf(audit) === '')
    .sort((a, b) => (a.tier < b.tier ? -1 : a.tier > b.tier ? 1 : 0))
    .map((audit) => ({
      ...{ tier: audit.tier, audit },
      variants: ofTask.filter((each) => each.tier === audit.tier && changesOf(each) !== ''),
    }));
}

/** In what an audited data set differs from its tier's, as `scan=permuted`; empty where in nothing. */
export function changesOf({ task, tier, data }: Pick<Audit, 'task' | 'tier' | 'data'>): string {
  const own: Record<string, unknown> = tasks.find(({ name }) => name === task)?.tiers[tier] ?? {};
  const changed = Object.entries(data.options).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(own[key]),
  );
  const seed = data.seed === 0 ? [] : [['seed', data.seed]];
  return [...changed, ...seed].map(([key, value]) => `${String(key)}=${String(value)}`).join(', ');
}

/**
 * Accuracy of the best shortcut on the data of a board's task; null without an audit of that tier and
 * version.
 */
export function floorIn(
  all: readonly Audit[],
  { tier }: Pick<TierBoard, 'tier'>,
  task: BoardTask,
): number | null {
  const own = auditsIn(all, task.name).find((each) => each.tier === tier)?.audit;
  if (own?.data.generatorVersion !== task.generatorVersion) return null;
  return own.floor?.accuracy ?? null;
}

/** What the strongest shortcut scores, corrected for chance as the measure of a task is. */
export interface Floor {
  /** In words: what it sees and how it predicts. */
  title: string;
  /** Over the whole test split. */
  use: number;
  /** At the farthest distance; null for standard tasks. */
  far: number | null;
  /** At each distance of the task; none for standard tasks. */
  distances: { distance: number; value: number }[];
}

/** The strongest attacker of the audit of a board's task; null where its data were not audited. */
export function floorLevelsIn(
  all: readonly Audit[],
  tier: Pick<TierBoard, 'tier'>,
  task: BoardTask,
): Floor | null {
  const accuracy = floorIn(all, tier, task);
  const audit = auditsIn(all, task.name).find((each) => each.tier === tier.tier)?.audit;
  const best = audit?.predictors.find(({ name }) => name === audit.floor?.name);
  if (accuracy === null || !best) return null;
  const distances = best.distances.map(({ distance, correct, count, use }) => ({
    distance,
    value: use ?? chanceCorrected(correct / count, task.chance),
  }));
  return {
    title: best.title,
    use: chanceCorrected(accuracy, task.chance),
    far: distances.at(-1)?.value ?? null,
    distances,
  };
}

/** The strongest shortcut as a line of a chart against distance; none without distances. */
export function floorCurves({ chance }: Pick<BoardTask, 'chance'>, floor: Floor | null): Curve[] {
  if (!floor || floor.distances.length === 0) return [];
  return [
    {
      ...{ label: 'strongest shortcut', family: 'shortcut', dash: '2 3', seeds: [], hollow: true },
      points: floor.distances.map(({ distance, value }) => ({
        ...{ distance, value, interval: null },
        accuracy: chance + value * (1 - chance),
      })),
    },
  ];
}

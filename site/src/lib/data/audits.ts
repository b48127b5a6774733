/** Audits of data sets: what cheap predictors score before any model is trained. */
import { tasks } from '../../../../generators/index.ts';
import { auditSchema, type Audit } from '../../../../leaderboards/records/audit.ts';
import type { BoardTask, TierBoard } from '../../../../leaderboards/board/schema.ts';
import { chanceCorrected } from '../../../../leaderboards/statistics/metrics.ts';
import { percent } from '../words/format.ts';

const files = import.meta.glob<unknown>('../../../../leaderboards/audits/*.json', {
  eager: true,
  import: 'default',
});
export const audits: readonly Audit[] = Object.values(files).map((file) => auditSchema.parse(file));

/** Audits of one tier of a task: of its own data, and of data made with other options. */
export interface TierAudits {
  tier: string;
  audit: Audit;
  variants: Audit[];
}

/** Of a task, by tier; a tier whose own data was not audited is left out. */
export function auditsOf(task: string, all: readonly Audit[] = audits): TierAudits[] {
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
export function floorOf({ tier }: Pick<TierBoard, 'tier'>, task: BoardTask): number | null {
  const own = auditsOf(task.name).find((each) => each.tier === tier)?.audit;
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
export function floorLevels(tier: Pick<TierBoard, 'tier'>, task: BoardTask): Floor | null {
  const accuracy = floorOf(tier, task);
  const audit = auditsOf(task.name).find((each) => each.tier === tier.tier)?.audit;
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

export interface LadderRow {
  title: string;
  accuracy: number;
  interval: [number, number];
  /** By distance, for controlled tasks. */
  distances: { text: string; covered: boolean; passes: boolean }[];
}

/** Predictors, worst first. */
export function ladderOf({ predictors }: Audit): LadderRow[] {
  return predictors
    .toSorted((a, b) => a.test.accuracy - b.test.accuracy)
    .map(({ title, test, distances }) => ({
      title,
      accuracy: test.accuracy,
      interval: test.interval,
      distances: distances.map(({ correct, count, covered, passes }) => ({
        text: percent(correct / count),
        covered,
        passes,
      })),
    }));
}

const units = { example: 'examples', document: 'documents' } as const;

/** In words: how many examples of one split occur in another. */
export function overlapWords({ overlaps }: Audit): string[] {
  return overlaps.map(
    ({ of, in: other, unit, count, exact, near }) =>
      `Of ${count} ${of} ${units[unit]}, ${exact} are in ${other}, and ${near} are there or nearly.`,
  );
}

export interface ProfileRow {
  reach: number;
  /** Of the tier's own data, then of each variant; null where that has no network of this reach. */
  accuracies: (number | null)[];
  /** Share of the largest reach's, on the tier's own data. */
  kept: number | undefined;
}

/** The locality profile of a tier's data beside that of its variants, by reach. */
export function profileOf({ audit, variants }: TierAudits): ProfileRow[] {
  const accuracyAt = (reach: number) => (each: Audit) =>
    each.profile.find((entry) => entry.reach === reach)?.accuracy ?? null;
  return audit.profile.map(({ reach, kept }) => ({
    ...{ reach, kept },
    accuracies: [audit, ...variants].map(accuracyAt(reach)),
  }));
}

/** Audits of data sets: what cheap predictors score before any model is trained. */
import { auditSchema, type Audit } from '../../../../leaderboards/records/audit.ts';
import type { BoardTask, TierBoard } from '../../../../leaderboards/board/schema.ts';
import { auditsIn, floorLevelsIn, type Floor, type TierAudits } from '../leaders/floor.ts';
import { percent } from '../words/format.ts';

const files = import.meta.glob<unknown>('../../../../leaderboards/audits/*.json', {
  eager: true,
  import: 'default',
});
export const audits: readonly Audit[] = Object.values(files).map((file) => auditSchema.parse(file));

/** Of a task, by tier; a tier whose own data was not audited is left out. */
export const auditsOf = (task: string): TierAudits[] => auditsIn(audits, task);

/** The strongest attacker of the audit of a board's task; null where its data were not audited. */
export const floorLevels = (tier: Pick<TierBoard, 'tier'>, task: BoardTask): Floor | null =>
  floorLevelsIn(audits, tier, task);

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

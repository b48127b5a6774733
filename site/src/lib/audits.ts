/** Audits of data sets: what cheap predictors score before any model is trained. */
import { auditSchema, type Audit } from '../../../leaderboards/auditSchema.ts';
import type { BoardTask, TierBoard } from '../../../leaderboards/board.ts';
import { percent } from './format.ts';

const files = import.meta.glob<unknown>('../../../leaderboards/audits/*.json', {
  eager: true,
  import: 'default',
});
const audits = Object.values(files).map((file) => auditSchema.parse(file));

/** Of a task, by tier. */
export function auditsOf(task: string): Audit[] {
  return audits
    .filter((audit) => audit.task === task)
    .sort((a, b) => (a.tier < b.tier ? -1 : a.tier > b.tier ? 1 : 0));
}

/**
 * Accuracy of the best shortcut on the data of a board's task; null without an audit of that tier and
 * version.
 */
export function floorOf({ tier }: Pick<TierBoard, 'tier'>, task: BoardTask): number | null {
  const audit = audits.find(
    (each) =>
      each.task === task.name &&
      each.tier === tier &&
      each.data.generatorVersion === task.generatorVersion,
  );
  return audit?.floor?.accuracy ?? null;
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

/**
 * Whether self-pretraining (SPT) extends reach or only sharpens what is near, as a whole board tells
 * it: over all pairs of a model and a controlled task that ran with several seeds under `spt` and
 * `scratch-matched`, who gains and who loses at the smallest and at the largest distance.
 */
import { median } from '../../core/math.ts';
import type { Difference, Estimate, TierBoard } from './schema.ts';

export interface SptPair {
  /** The model's. */
  label: string;
  /** The task's title. */
  task: string;
  /** What SPT adds at the smallest and the largest distance; both with an interval. */
  near: Difference;
  far: Difference;
}

/** The ranked pairs of a board, but for models that provably see nothing at the largest distance. */
export function sptPairs({ rows, tasks }: TierBoard): SptPair[] {
  return rows.flatMap(({ label, cells }) =>
    cells.flatMap(({ gain, certifiedLimit }, i): SptPair[] => {
      const { title, distances } = tasks[i]!;
      const blind = certifiedLimit !== null && certifiedLimit < (distances.at(-1) ?? 0);
      if (!gain?.ranked || !gain.near?.interval || !gain.far?.interval || blind) return [];
      return [{ label, task: title, near: gain.near, far: gain.far }];
    }),
  );
}

export type Verdict = 'up' | 'down' | 'none' | 'unknown';

/** What an estimated gain allows to be said: of a difference only where its interval excludes zero. */
export function verdict({ interval }: Estimate): Verdict {
  if (!interval) return 'unknown';
  if (interval[0] > 0) return 'up';
  return interval[1] < 0 ? 'down' : 'none';
}

/** The answer in one sentence, and what belongs to it; null where no pair ran with several seeds. */
export function sptReachWords(
  pairs: readonly SptPair[],
): { answer: string; detail: string } | null {
  if (pairs.length === 0) return null;
  const at = (where: 'near' | 'far', wanted: Verdict) =>
    pairs.filter((pair) => verdict(pair[where]) === wanted);
  const of = pairs.length === 1 ? 'one pair' : `${pairs.length} pairs`;
  return {
    answer:
      `At the largest distance self-pretraining adds accuracy in ${at('far', 'up').length} and ` +
      `costs it in ${at('far', 'down').length} of ${of} of a model and a task with certified distance.`,
    detail:
      `Pairs with several seeds, at equal total budget. Far away it adds in ${named(at('far', 'up'))} ` +
      `and costs in ${named(at('far', 'down'))}; at the smallest distance it adds in ` +
      `${named(at('near', 'up'))} and costs in ${named(at('near', 'down'))}. The other intervals ` +
      `hold zero. At the largest distance half of the pairs could have seen an effect of ` +
      `${(100 * median(pairs.map(({ far }) => far.couldSee!))).toFixed(0)} points, and ${narrow(pairs)} of ${of} one of 20.`,
  };
}

/** Number of pairs that could have seen an effect of 20 points at the largest distance. */
const narrow = (pairs: readonly SptPair[]) =>
  pairs.filter(({ far: { couldSee } }) => couldSee! < 0.2).length;

/** `2 (S4 on Recall, S4D on Recall)`; bare where there are none or too many to name. */
function named(pairs: readonly SptPair[]): string {
  if (pairs.length === 0 || pairs.length > 4) return String(pairs.length);
  return `${pairs.length} (${pairs.map(({ label, task }) => `${label} on ${task}`).join(', ')})`;
}

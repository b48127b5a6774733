/**
 * Whether self-pretraining (SPT) extends reach or only sharpens what is near, as a whole board tells
 * it: over all pairs of a model and a controlled task that ran with several seeds under `spt` and
 * `scratch-matched`, who gains and who loses at the smallest and at the largest distance.
 */
import type { Estimate, TierBoard } from './board.ts';

export interface SptPair {
  /** The model's. */
  label: string;
  /** The task's title. */
  task: string;
  /** What SPT adds at the smallest and the largest distance; both with an interval. */
  near: Estimate;
  far: Estimate;
}

/** The pairs of a board, but for models that provably see nothing at the largest distance. */
export function sptPairs({ rows, tasks }: TierBoard): SptPair[] {
  return rows.flatMap(({ label, cells }) =>
    cells.flatMap(({ gain, certifiedLimit }, i): SptPair[] => {
      const { title, distances } = tasks[i]!;
      const blind = certifiedLimit !== null && certifiedLimit < (distances.at(-1) ?? 0);
      if (!gain?.near?.interval || !gain.far?.interval || blind) return [];
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

/**
 * The answer in words.
 *
 * @returns null where no pair ran with several seeds
 */
export function sptReachWords(pairs: readonly SptPair[]): string | null {
  if (pairs.length === 0) return null;
  const where = (at: 'near' | 'far') => {
    const of = (wanted: Verdict) => pairs.filter((pair) => verdict(pair[at]) === wanted);
    return `adds accuracy in ${counted(of('up'))} and costs it in ${counted(of('down'))}`;
  };
  const count = pairs.length;
  const pair = count === 1 ? 'one pair' : `${count} pairs`;
  return (
    `In ${pair} of a model and a task with certified distance, several seeds each, at equal total ` +
    `budget: at the largest distance self-pretraining ${where('far')}; at the smallest it ` +
    `${where('near')}. The other intervals hold zero; by chance alone, one in twenty would not.`
  );
}

/** `2 (S4 on Recall, S4D on Recall)`; bare where there are none or too many to name. */
function counted(pairs: readonly SptPair[]): string {
  if (pairs.length === 0 || pairs.length > 4) return String(pairs.length);
  return `${pairs.length} (${pairs.map(({ label, task }) => `${label} on ${task}`).join(', ')})`;
}

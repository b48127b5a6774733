/** What is answered to a claim: the verdict, the effect that it rests on, and the runs it needs. */
import { intervalOf, type Estimated, type Over } from '../../statistics/contrast.ts';
import type { Interval } from '../../statistics/groups.ts';

export type Ground = 'standard' | 'certified';

/**
 * The words of a verdict, everywhere alike. A claim is judged only by ranked cells (finished, tuned, at
 * least three seeds) under the regime that its paper is about; without them it is not tested here, and
 * nothing here refutes a paper: `does not hold here` is of these tasks at this scale.
 */
export const claimVerdicts = [
  'holds here',
  'does not hold here',
  'open',
  'not tested here',
] as const;
export type ClaimVerdict = (typeof claimVerdicts)[number];

export interface Need {
  model: string;
  regime: string;
  /** Tasks with a ranked cell, and how many seeds of each. */
  present: { task: string; seeds: number }[];
  /** Tasks without one, with what they lack if they were run: `text (unfinished)`. */
  missing: string[];
}

export interface Answer {
  ground: Ground;
  verdict: ClaimVerdict;
  /** Why, in one sentence. */
  reason: string;
  /** Chance-corrected; null without runs. */
  effect: {
    value: number;
    interval: Interval;
    over: Over;
    seeds: number;
    /** Half of the interval: the smallest distance from the threshold that would have decided. */
    couldSee: number;
  } | null;
  /** Where the claim's effect must lie above it, or, where none may be better, below. */
  threshold: number;
  /** Tasks that every side has, and so the effect is of. */
  tasks: string[];
  needs: Need[];
}

export type Where = 'above' | 'below' | 'across';

/** On which side of the threshold the interval lies. */
export function side(estimated: Estimated, threshold: number): Where {
  const [low, high] = intervalOf(estimated);
  if (low > threshold) return 'above';
  return high < threshold ? 'below' : 'across';
}

/**
 * The runs that a claim still needs, in words; models that lack the same are named together, and
 * only counted where they are many. Empty where nothing is missing.
 */
export function missingRuns(needs: readonly Need[]): string[] {
  const lacking = needs.filter(
    ({ missing, present }) => missing.length > 0 || present.length === 0,
  );
  const ofModel = groupedBy(lacking, ({ model, missing }) => [model, ...missing]).map((same) => ({
    ...same[0]!,
    regimes: [...new Set(same.map(({ regime }) => regime))].join(' and '),
  }));
  return groupedBy(ofModel, ({ regimes, missing }) => [regimes, ...missing]).map((same) => {
    const { regimes, missing } = same[0]!;
    const models = same.map(({ model }) => model);
    const who = models.length > 3 ? `${models.length} models` : models.join(', ');
    return `${who}, ${regimes}${missing.length > 0 ? `, on ${missing.join(', ')}` : ''}`;
  });
}

/** Items that agree in all parts of their key, in order of their first. */
function groupedBy<T>(items: readonly T[], key: (item: T) => string[]): T[][] {
  return [...Map.groupBy(items, (item) => JSON.stringify(key(item))).values()];
}

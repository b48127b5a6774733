/** Headlines of at most 15 words; what belongs to them stands below in smaller print. */
import type { Agreement, TierBoard } from '../../../../leaderboards/board/schema.ts';
import { isRanked } from '../../../../leaderboards/board/standing.ts';
import { chanceCorrected } from '../../../../leaderboards/statistics/metrics.ts';
import type { Regime } from '../../../../core/vocabulary.ts';
import type { Sources } from '../leaders/columns.ts';
import { counted } from './format.ts';

/** Whether standard tasks put models in the order of certified distances. */
export function slopeHeadline(agreement: Agreement | undefined): string {
  if (!agreement) return 'Too few models to compare standard tasks with certified distances.';
  const [low, high] = agreement.interval;
  if (low > 0) return 'Standard tasks order models as certified distances do.';
  if (high < 0) return 'Standard tasks order models against their order at certified distances.';
  return 'Standard tasks do not tell the order of models at certified distances.';
}

/**
 * How many ranked results on standard tasks exceed the strongest shortcut with their whole interval;
 * null where no such task was audited or run.
 */
export function floorHeadline(
  tier: TierBoard,
  regime: Regime,
  floor: Sources['floor'],
): string | null {
  const results = tier.tasks.flatMap((task, i) => {
    const level = task.kind === 'standard' ? floor(task) : null;
    if (!level) return [];
    return tier.rows
      .filter((row) => row.regime === regime)
      .map(({ cells }) => cells[i]!)
      .filter((cell) => cell.state === 'done' && isRanked(cell))
      .map(({ accuracy, interval }) => {
        const low = interval?.[0] ?? accuracy!;
        return chanceCorrected(low, task.chance) > level.use;
      });
  });
  if (results.length === 0) return null;
  const above = results.filter((isAbove) => isAbove).length;
  const of = counted(results.length, 'result');
  if (above === 0) return `On standard tasks none of ${of} exceeds the strongest shortcut.`;
  return `On standard tasks ${above} of ${of} ${above === 1 ? 'exceeds' : 'exceed'} the strongest shortcut.`;
}

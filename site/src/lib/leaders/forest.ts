/**
 * What self-pretraining (SPT) adds to each model at equal total budget, near and far, and which effect
 * could have been seen: the rows of a forest plot, and what they say in words.
 */
import { median } from '../../../../core/math.ts';
import type { BoardTask, Row, TierBoard } from '../../../../leaderboards/board/schema.ts';
import type { Interval } from '../../../../leaderboards/statistics/metrics.ts';
import { counted, percent } from '../words/format.ts';
import { couldSee, gainOver } from './cells.ts';
import type { Taken } from './sections.ts';

export interface ForestEffect {
  mean: number;
  interval: Interval | null;
}

export interface ForestRow {
  row: Row;
  /** At the smallest distance; null for standard tasks. */
  near: ForestEffect | null;
  /** At the farthest distance; on standard tasks, over the whole test split. */
  far: ForestEffect;
  /** How many tasks it is the mean over. */
  tasks: number;
}

export interface Forest {
  kind: BoardTask['kind'];
  /** Largest gain far first. */
  rows: ForestRow[];
}

/**
 * @param task null for the mean over the controlled tasks on which both cells are ranked; models that a
 *   certificate holds at chance at the farthest distance are left out there
 */
export function forestOf(tier: TierBoard, task: BoardTask | null): Forest {
  const kind = task?.kind ?? 'controlled';
  const tasks = tier.tasks.filter((one) => (task ? one === task : one.kind === kind));
  const rows = tier.rows
    .filter(({ regime }) => regime === 'spt')
    .flatMap((row): ForestRow[] => {
      const taken = tasks
        .map((one): Taken => ({ task: one, cell: row.cells[tier.tasks.indexOf(one)]! }))
        .filter((one) => !isBlindFar(one));
      const far = gainOver(taken, kind === 'controlled' ? 'far' : 'overall');
      if (!far) return [];
      return [{ row, near: gainOver(taken, 'near'), far, tasks: far.tasks }];
    });
  return { kind, rows: rows.sort((a, b) => b.far.mean - a.far.mean) };
}

function isBlindFar({ task, cell: { certifiedLimit } }: Taken): boolean {
  return certifiedLimit !== null && certifiedLimit < (task.distances.at(-1) ?? 0);
}

/** Effects that are called large enough to look for, in points. */
const worthSeeing = 0.2;

/** A headline of at most 15 words, and which effects could have been seen; null without a row. */
export function forestWords({ kind, rows }: Forest): { headline: string; power: string } | null {
  const known = rows.flatMap(({ far: { interval } }) => (interval ? [interval] : []));
  if (known.length === 0) return null;
  const helped = known.filter(([low]) => low > 0).length;
  const hurt = known.filter(([, high]) => high < 0).length;
  const where = kind === 'controlled' ? 'Far away' : 'On standard tasks';
  const widths = known.map(couldSee);
  const seen = widths.filter((width) => width <= worthSeeing).length;
  const rest = known.length - helped - hurt;
  const visible = `An effect of ${percent(worthSeeing).replace(/\.0$/, '')} points could have been seen in ${seen} of ${counted(known.length, 'model')}`;
  return {
    headline: `${where}, self-pretraining helps ${helped} and hurts ${hurt} of ${counted(known.length, 'model')}.`,
    power: `${visible}, and in half of them one of ${percent(median(widths))}; ${rest === 1 ? 'the one interval' : `the ${rest} intervals`} in grey ${rest === 1 ? 'holds' : 'hold'} zero.`,
  };
}

/**
 * A model beside all others under its regime: differences of chance-corrected accuracy, which is use
 * where a task has questions, with 95 % intervals. Models share their test examples, so these are
 * compared group by group; their seeds are independent.
 */
import type { Assembled } from '../../../../leaderboards/board/build.ts';
import type { BoardTask, Row } from '../../../../leaderboards/board/schema.ts';
import { isRanked } from '../../../../leaderboards/board/standing.ts';
import { combine, intervalOf, measure } from '../../../../leaderboards/statistics/contrast.ts';
import type { Interval } from '../../../../leaderboards/statistics/metrics.ts';

export interface TaskDifference {
  /** The row's less the other's. */
  mean: number;
  /** Null where one of them has one seed. */
  interval: Interval | null;
  /** Whether both cells are ranked. */
  ranked: boolean;
}

export interface Against {
  other: Row;
  /** In the order of the board's tasks; null where one of them did not run. */
  overall: (TaskDifference | null)[];
  /** The same at the farthest distance; null for standard tasks too. */
  far: (TaskDifference | null)[];
}

/** @param row of this board */
export function differencesOf({ board, samples }: Assembled, row: Row): Against[] {
  const own = board.rows.find(({ key }) => key === row.key)!;
  const others = board.rows.filter((other) => other.regime === own.regime && other !== own);
  const between = (other: Row, task: BoardTask, isFar: boolean): TaskDifference | null => {
    const index = board.tasks.indexOf(task);
    const cells = [own.cells[index]!, other.cells[index]!] as const;
    const [a, b] = [samples.get(cells[0]), samples.get(cells[1])];
    if (!a || !b || (isFar && task.distances.length === 0)) return null;
    const last = task.distances.map((_, d) => (d === task.distances.length - 1 ? 1 : 0));
    const measured = isFar
      ? ([measure(a.sample, last), measure(b.sample, last)] as const)
      : ([a.measured, b.measured] as const);
    const estimated = combine([
      { measured: measured[0], factor: 1 / (1 - task.chance), examples: task.name },
      { measured: measured[1], factor: -1 / (1 - task.chance), examples: task.name },
    ]);
    return {
      mean: estimated.value,
      interval: estimated.over === 'groups' ? null : intervalOf(estimated),
      ranked: cells.every(isRanked),
    };
  };
  return others.map((other) => ({
    other,
    overall: board.tasks.map((task) => between(other, task, false)),
    far: board.tasks.map((task) => between(other, task, true)),
  }));
}

/** On how many tasks the row is ahead, behind, or not told apart; ranked differences only. */
export function verdictWords(differences: readonly (TaskDifference | null)[]): string {
  const known = differences.flatMap((one) => (one?.ranked && one.interval ? [one.interval] : []));
  if (known.length === 0) return 'not known';
  const ahead = known.filter(([low]) => low > 0).length;
  const behind = known.filter(([, high]) => high < 0).length;
  const tied = known.length - ahead - behind;
  return [
    ...(ahead > 0 ? [`ahead on ${ahead}`] : []),
    ...(behind > 0 ? [`behind on ${behind}`] : []),
    ...(tied > 0 ? [`tied on ${tied}`] : []),
  ].join(', ');
}

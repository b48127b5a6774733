/**
 * The measure of a controlled task's curves: use, or accuracy above chance for tasks of benchmark 1.0,
 * whose question need not be read. Both are 0 for chance and 1 for perfect answers.
 */
import { hasQuestions } from '../../../../leaderboards/board/cell.ts';
import type { BoardTask } from '../../../../leaderboards/board/schema.ts';
import { chanceCorrected, type Interval } from '../../../../leaderboards/statistics/metrics.ts';

export function measureName(task: Pick<BoardTask, 'table'>): 'use' | 'accuracy above chance' {
  return hasQuestions(task) ? 'use' : 'accuracy above chance';
}

/** The measure at the start of a title. */
export function measureTitle(task: Pick<BoardTask, 'table'>): string {
  return hasQuestions(task) ? 'Use' : 'Accuracy above chance';
}

/** A point of a curve in the task's measure. */
export interface CurvePoint {
  distance: number;
  value: number;
  /** Of the value. */
  interval: Interval | null;
  accuracy: number;
}

export function curvePoint(
  { chance }: Pick<BoardTask, 'chance'>,
  {
    distance,
    accuracy,
    interval,
  }: { distance: number; accuracy: number; interval: Interval | null },
): CurvePoint {
  return {
    distance,
    value: chanceCorrected(accuracy, chance),
    interval: interval && [
      chanceCorrected(interval[0], chance),
      chanceCorrected(interval[1], chance),
    ],
    accuracy,
  };
}

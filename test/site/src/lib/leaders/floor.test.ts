import { describe, expect, it } from 'vitest';
import type { BoardTask } from '../../../../../leaderboards/board/schema.ts';
import type { Audit } from '../../../../../leaderboards/records/audit.ts';
import { floorCurves, floorLevelsIn } from '../../../../../site/src/lib/leaders/floor.ts';
import { findTask } from '../../../../../generators/registry.ts';

const audit = {
  ...{ task: 'recall', tier: 'lite', floor: { name: 'bag-2', accuracy: 0.55 } },
  data: { options: findTask('recall').tiers.lite, seed: 0, generatorVersion: 2 },
  predictors: [
    { name: 'first-4', title: 'First 4', distances: [] },
    {
      ...{ name: 'bag-2', title: 'Bag of 2-grams' },
      distances: [
        { distance: 4, correct: 80, count: 100 },
        { distance: 64, correct: 40, count: 100, use: 0.125 },
      ],
    },
  ],
} as unknown as Audit;
const task = { name: 'recall', generatorVersion: 2, chance: 0.1 } as BoardTask;

describe('the strongest shortcut', () => {
  it('is corrected for chance, by distance, with its own use where it was measured', () => {
    const floor = floorLevelsIn([audit], { tier: 'lite' }, task)!;
    expect(floor.title).toBe('Bag of 2-grams');
    expect(floor.use).toBeCloseTo(0.5, 12);
    expect(floor.far).toBe(0.125);
    expect(floor.distances[0]!.value).toBeCloseTo(7 / 9, 12);
    const [curve] = floorCurves(task, floor);
    expect(curve!.points[0]).toMatchObject({ distance: 4, interval: null });
    expect(curve!.points[0]!.accuracy).toBeCloseTo(0.8, 12);
  });
  it('is not that of another tier or of other data', () => {
    expect(floorLevelsIn([audit], { tier: 'lra' }, task)).toBeNull();
    expect(floorLevelsIn([audit], { tier: 'lite' }, { ...task, generatorVersion: 1 })).toBeNull();
    expect(floorCurves(task, null)).toEqual([]);
  });
});

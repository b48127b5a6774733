/** Attackers that do not read the question are right exactly one time in k, at every distance. */
import { describe, expect, it } from 'vitest';
import { attackersFor } from '../../../evaluate/audit/attackers.ts';
import { groupsOf } from '../../../evaluate/training/predict.ts';
import { tasks } from '../../../generators/registry.ts';
import { useOfGroups } from '../../../leaderboards/statistics/use.ts';
import { examplesOf, predictionsOf, type Parts } from './support.ts';

const controlled = tasks.filter(({ kind }) => kind === 'controlled').map(({ name }) => name);
const parts = new Map<string, Parts>();
const partsOf = async (name: string) => {
  const found = parts.get(name) ?? (await examplesOf(name, { train: 12, val: 2, test: 4 }));
  parts.set(name, found);
  return found;
};

describe.each(controlled)('%s', (name) => {
  it('gives whoever does not read the question exactly one in k, and use 0', async () => {
    const { shape, ...splits } = await partsOf(name);
    const blind = attackersFor(shape).filter(({ family }) => family === 'blind');
    expect(blind).toHaveLength(name === 'pathfinder-distance' ? 7 : 6);
    for (const predictor of blind) {
      const groups = groupsOf(
        await predictionsOf(predictor, { shape, ...splits }),
        splits.test.split,
        shape,
      );
      shape.distances.forEach((distance, stratum) => {
        expect(predictor.covered(distance), predictor.name).toBe(true);
        expect(useOfGroups(groups, stratum)!.value, predictor.name).toBe(0);
      });
      groups.correct.forEach((right, g) => expect(right * shape.classes).toBe(groups.sizes[g]));
    }
  });
});

it('reads the question in two more strengths, which no certificate covers', async () => {
  const { shape } = await partsOf('recall');
  const others = attackersFor(shape).filter(({ family }) => family === 'attack');
  expect(others.map(({ name }) => name)).toEqual(
    ['places', 'windows', 'nearest', 'farthest', 'commonest', 'earlier'].flatMap((name) => [
      `sum-${name}`,
      `asked-${name}`,
    ]),
  );
  expect(others.some(({ covered }) => covered(shape.distances[0]!))).toBe(false);
});

it('has none for tasks without a question', async () => {
  const { shape } = await examplesOf('listops', { train: 10, val: 5, test: 5 });
  expect(attackersFor(shape)).toEqual([]);
});

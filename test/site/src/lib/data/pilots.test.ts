import { expect, it } from 'vitest';
import { tasks } from '../../../../../generators/registry.ts';
import { accuraciesOf, pilots } from '../../../../../site/src/lib/data/pilots.ts';

it('are of tasks that there are, some of them on the data of the benchmark', () => {
  const names = tasks.map(({ name }) => name);
  for (const { task } of pilots) expect(names).toContain(task);
  expect(pilots.some(({ data }) => data === 'benchmark 1.0')).toBe(true);
});

it('have an accuracy for each distance, or one', () => {
  const [pilot] = pilots as [(typeof pilots)[number]];
  expect(accuraciesOf({ ...pilot, accuracy: 0.314, distances: [] })).toBe('31.4');
  const distances = [
    { distance: 4, accuracy: 0.9 },
    { distance: 8, accuracy: 0.125 },
  ];
  expect(accuraciesOf({ ...pilot, distances })).toBe('90.0 · 12.5');
});

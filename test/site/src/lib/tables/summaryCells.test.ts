import { expect, it } from 'vitest';
import { combined } from '../../../../../site/src/lib/tables/summaryCells.ts';

it('adds variances, and has no interval where one is unknown', () => {
  const one = { mean: 1, interval: [0.7, 1.3] as [number, number] };
  const two = { mean: 3, interval: [2.6, 3.4] as [number, number] };
  const { mean, interval } = combined([one, two]);
  expect(mean).toBe(2);
  expect(interval![1] - mean).toBeCloseTo(0.25, 12);
  expect(combined([one, { mean: 3, interval: null }]).interval).toBeNull();
});

import { expect, test } from 'vitest';
import { median, quantile } from '../../../evaluate/bench/statistics.ts';

test('quantiles lie between the values, linearly', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  expect(quantile([5], 0.9)).toBe(5);
  expect(quantile([3, 1, 2], 0)).toBe(1);
  expect(quantile([3, 1, 2], 1)).toBe(3);
});

import { expect, test } from 'vitest';
import { argmax, mean, median, prod, quantile } from '../../core/math.ts';

test('quantiles lie between the values, linearly', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  expect(quantile([5], 0.9)).toBe(5);
  expect(quantile([3, 1, 2], 0)).toBe(1);
  expect(quantile([3, 1, 2], 1)).toBe(3);
});

test('nothing has no median, and the product 1', () => {
  expect(median([])).toBeNaN();
  expect(mean([])).toBeNaN();
  expect(prod([])).toBe(1);
});

test('means and products', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(prod([2, 3, 4])).toBe(24);
});

test('argmax is the first among equals, counted from the start of the part', () => {
  expect(argmax([0, 7, 7])).toBe(1);
  expect(argmax([9, 1, 2, 5], 1)).toBe(2);
  expect(argmax([9, 1, 2, 5], 1, 2)).toBe(1);
});

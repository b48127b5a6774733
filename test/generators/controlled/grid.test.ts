import { expect, it } from 'vitest';
import { doublingGrid, isGrid } from '../../../generators/controlled/grid.ts';

it('a grid doubles from a power of two up to the largest distance', () => {
  expect(doublingGrid(4, 62)).toEqual([4, 8, 16, 32, 62]);
  expect(doublingGrid(5, 96)).toEqual([8, 16, 32, 64, 96]);
  expect(doublingGrid(5, 95)).toEqual([8, 16, 32, 95]);
  expect(doublingGrid(9, 12)).toEqual([12]);
});

it('distances ascend within their bounds', () => {
  expect(isGrid([], 4, 9)).toBe(true);
  expect(isGrid([4, 5, 9], 4, 9)).toBe(true);
  for (const wrong of [[3], [10], [5, 5], [6, 5]]) expect(isGrid(wrong, 4, 9)).toBe(false);
  expect(isGrid([4, 6], 4, 9, 3)).toBe(false);
  expect(isGrid([4, 7], 4, 9, 3)).toBe(true);
});

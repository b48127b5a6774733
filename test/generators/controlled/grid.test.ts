import { expect, it } from 'vitest';
import { isGrid } from '../../../generators/controlled/grid.ts';

it('distances ascend within their bounds', () => {
  expect(isGrid([], 4, 9)).toBe(true);
  expect(isGrid([4, 5, 9], 4, 9)).toBe(true);
  for (const wrong of [[3], [10], [5, 5], [6, 5]]) expect(isGrid(wrong, 4, 9)).toBe(false);
  expect(isGrid([4, 6], 4, 9, 3)).toBe(false);
  expect(isGrid([4, 7], 4, 9, 3)).toBe(true);
});

import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { sparse } from '../../../models/mixers/sparse.ts';
import { attention } from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const cases = [
  { length: 1, stride: 0, positions: 'none' },
  { length: 9, stride: 0, positions: 'none' },
  { length: 11, stride: 4, positions: 'rotary' },
  { length: 8, stride: 2, positions: 'none' },
  { length: 5, stride: 9, positions: 'none' },
] as const;

it.each(cases)('agrees with loops over positions: %o', ({ length, stride, positions }) => {
  const mixer = sparse.create({ length, width, layers: 2 }, { stride, positions, heads: 2 });
  const apart = stride || Math.ceil(Math.sqrt(length));
  const sees = (i: number, j: number, head: number) =>
    head === 0 ? Math.abs(i - j) <= apart : (i - j) % apart === 0;
  for (const isPadded of [false, true]) {
    checkParity(
      mixer,
      length,
      (x, p, real) => attention(x, p, { heads: 2, positions, sees }, real, []),
      isPadded,
    );
  }
});

it('sees from one end to the other along the stride', () => {
  const options = { stride: 0, heads: 2, positions: 'none' as const };
  const mixer = sparse.create({ length: 37, width, layers: 2 }, { ...options, stride: 6 });
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 37)).toBe(36);
});

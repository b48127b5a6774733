import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { longformer } from '../../../models/mixers/longformer.ts';
import { attention } from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const cases = [
  { length: 1, window: 1, global: 1, positions: 'none' },
  { length: 2, window: 3, global: 2, positions: 'none' },
  { length: 9, window: 2, global: 1, positions: 'rotary' },
  { length: 8, window: 1, global: 2, positions: 'none' },
  { length: 7, window: 9, global: 2, positions: 'none' },
] as const;

it.each(cases)('agrees with loops over positions: %o', ({ length, window, global, positions }) => {
  const options = { window, global, positions, heads: 2 };
  const mixer = longformer.create({ length, width, layers: 2 }, options);
  const isGlobal = (i: number) => i < global || i >= length - global;
  const sees = (i: number, j: number) => Math.abs(i - j) <= window || isGlobal(j);
  for (const isPadded of [false, true]) {
    checkParity(
      mixer,
      length,
      (x, p, real) => {
        const local = attention(x, p, { heads: 2, positions, sees }, real, []);
        const ofGlobal = { ...p, qkv: p.globalQkv!, qkvBias: p.globalQkvBias! };
        const full = attention(x, ofGlobal, { heads: 2, positions }, real, []);
        return x.map((_, i) => (isGlobal(i) ? full : local)[i]!);
      },
      isPadded,
    );
  }
});

it('sees everything from a global token, and its window and the global tokens from another', () => {
  const mixer = longformer.create(
    { length: 33, width, layers: 2 },
    { window: 2, global: 1, heads: 2, positions: 'none' },
  );
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

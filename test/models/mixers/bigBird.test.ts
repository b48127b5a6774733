import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { bigBird, randomBlocks } from '../../../models/mixers/bigBird.ts';
import { attention } from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const cases = [
  { length: 1, block: 4, random: 3, positions: 'none' },
  { length: 3, block: 2, random: 3, positions: 'none' },
  { length: 13, block: 2, random: 2, positions: 'rotary' },
  { length: 16, block: 2, random: 1, positions: 'none' },
  { length: 9, block: 2, random: 0, positions: 'none' },
] as const;

it.each(cases)('agrees with loops over positions: %o', ({ length, block, random, positions }) => {
  const options = { block, random, positions, heads: 2 };
  const mixer = bigBird.create({ length, width, layers: 2 }, options);
  const size = Math.min(block, length);
  const lists = randomBlocks(Math.ceil(length / size), random);
  const isGlobal = (b: number) => b === 0 || b === lists.length - 1;
  const sees = (i: number, j: number) => {
    const [a, b] = [Math.floor(i / size), Math.floor(j / size)];
    return isGlobal(a) || isGlobal(b) || Math.abs(a - b) <= 1 || lists[a]!.includes(b);
  };
  for (const isPadded of [false, true]) {
    checkParity(
      mixer,
      length,
      (x, p, real) => attention(x, p, { heads: 2, positions, sees }, real, []),
      isPadded,
    );
  }
});

it('sees everything from the last block', () => {
  const mixer = bigBird.create(
    { length: 33, width, layers: 2 },
    { block: 2, random: 1, heads: 2, positions: 'none' },
  );
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

it('draws blocks that are not seen anyway, each once, and the same every time', () => {
  const lists = randomBlocks(20, 3);
  lists.forEach((list, block) => {
    const drawn = list.filter((other) => other >= 0);
    expect(drawn).toHaveLength(block === 0 || block === 19 ? 0 : 3);
    expect(new Set(drawn).size).toBe(drawn.length);
    for (const other of drawn) {
      expect(Math.abs(other - block)).toBeGreaterThan(1);
      expect(other).toBeGreaterThan(0);
      expect(other).toBeLessThan(19);
    }
  });
  expect(randomBlocks(20, 3)).toEqual(lists);
  // All blocks of a short sequence are seen anyway.
  expect(
    randomBlocks(4, 3)
      .flat()
      .filter((other) => other >= 0),
  ).toEqual([]);
  expect(randomBlocks(5, 3)[1]).toEqual([3]);
});

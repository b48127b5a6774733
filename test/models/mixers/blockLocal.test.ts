import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { blockLocal } from '../../../models/mixers/blockLocal.ts';
import { alibiSlopes } from '../../../models/attention/positions.ts';
import { attention } from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const cases = [
  { length: 1, block: 4, neighbours: 0, positions: 'none' },
  { length: 7, block: 3, neighbours: 0, positions: 'rotary' },
  { length: 6, block: 2, neighbours: 0, positions: 'alibi' },
  { length: 1, block: 1, neighbours: 1, positions: 'none' },
  { length: 7, block: 2, neighbours: 1, positions: 'alibi' },
  { length: 6, block: 3, neighbours: 1, positions: 'none' },
  { length: 5, block: 9, neighbours: 1, positions: 'rotary' },
] as const;

it.each(cases)('agrees with loops over positions: %o', ({ length, block, ...rest }) => {
  const options = { ...rest, block, heads: 2 };
  const mixer = blockLocal.create({ length, width, layers: 2 }, options);
  const blockOf = (i: number) => Math.floor(i / block);
  const sees = (i: number, j: number) => Math.abs(blockOf(i) - blockOf(j)) <= rest.neighbours;
  for (const isPadded of [false, true]) {
    checkParity(
      mixer,
      length,
      (x, p, real) => attention(x, p, { ...options, sees }, real, alibiSlopes(2)),
      isPadded,
    );
  }
});

it.each([
  { length: 24, block: 4, neighbours: 0, reach: 3 },
  { length: 23, block: 5, neighbours: 1, reach: 9 },
  { length: 6, block: 1, neighbours: 0, reach: 0 },
])('sees as far as a block allows: %o', ({ length, block, neighbours, reach }) => {
  const options = { block, neighbours, heads: 2, positions: 'none' as const };
  const mixer = blockLocal.create({ length, width, layers: 2 }, options);
  expect(mixer.reach).toBe(reach);
  expect(measureReach(mixer, length)).toBe(reach);
});

describe.each([0, 1])('with %i neighbours', (neighbours) => {
  it('attends to contiguous blocks, not to a stride', () => {
    const [length, block] = [12, 3];
    const mixer = blockLocal.create(
      { length, width, layers: 1 },
      { block, neighbours, heads: 1, positions: 'none' },
    );
    // Values pass through and all scores are 0: the output is the mean over what is seen.
    const identity = tf.eye(width);
    const p = {
      qkv: tf.concat([tf.zeros([width, 2 * width]), identity], 1),
      qkvBias: tf.zeros([3 * width]),
      output: identity,
      outputBias: tf.zeros([width]),
    };
    const x = tf.tile(tf.reshape(tf.range(0, length), [1, length, 1]), [1, 1, width]);
    const y = mixer.apply(x, p, {}).dataSync();
    for (let i = 0; i < length; i++) {
      const first = (Math.floor(i / block) - neighbours) * block;
      const seen = Array.from({ length: (1 + 2 * neighbours) * block }, (_, d) => first + d).filter(
        (j) => j >= 0 && j < length,
      );
      expect(y[i * width]).toBeCloseTo(seen.reduce((a, b) => a + b) / seen.length, 5);
    }
  });
});

it('refuses heads that do not divide the width', () => {
  expect(() =>
    blockLocal.create(
      { length: 4, width: 6, layers: 1 },
      { block: 2, neighbours: 0, heads: 4, positions: 'none' },
    ),
  ).toThrow(/heads: 4 .* expected one of 1, 2, 3, 6/);
});

import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../../models/mixers/local.ts';
import { alibiSlopes } from '../../../models/attention/positions.ts';
import { attention } from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const sizes = [
  { length: 1, window: 1 },
  { length: 7, window: 1 },
  { length: 7, window: 3 },
  { length: 9, window: 4 },
  { length: 6, window: 3 },
  { length: 5, window: 9 },
];

describe.each(['rotary', 'alibi', 'none'] as const)('with %s positions', (positions) => {
  it.each(sizes)('agrees with loops over positions: %o', ({ length, window }) => {
    const options = { window, heads: 2, positions };
    const mixer = local.create({ length, width, layers: 2 }, options);
    for (const isPadded of [false, true]) {
      checkParity(
        mixer,
        length,
        (x, p, real) => attention(x, p, options, real, alibiSlopes(2)),
        isPadded,
      );
    }
  });

  it.each([
    { length: 24, window: 4 },
    { length: 23, window: 5 },
    { length: 9, window: 1 },
  ])('sees exactly its window, from every position: %o', ({ length, window }) => {
    const mixer = local.create({ length, width, layers: 2 }, { window, heads: 2, positions });
    expect(mixer.reach).toBe(window);
    expect(measureReach(mixer, length)).toBe(window);
  });
});

it('attends to contiguous neighbours, not to a stride', () => {
  const length = 12;
  const mixer = local.create(
    { length, width, layers: 1 },
    { window: 2, heads: 1, positions: 'none' },
  );
  // Values pass through and all scores are 0: the output is the mean over the window.
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
    const window = [-2, -1, 0, 1, 2].map((d) => i + d).filter((j) => j >= 0 && j < length);
    expect(y[i * width]).toBeCloseTo(window.reduce((a, b) => a + b) / window.length, 5);
  }
});

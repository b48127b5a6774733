/** What a mixer says of itself is measured: true claims pass, each false one is refused with figures. */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../evaluate/engine/engine.ts';
import { openEngine } from '../../../evaluate/engine/open.ts';
import { checkClaims, type Claims } from '../../../evaluate/submissions/mixerClaims.ts';
import type { Mixer } from '../../../models/mixer.ts';
import { parseOptions } from '../../../models/options.ts';
import { mixers } from '../../../models/registry.ts';

const [length, width, layers] = [256, 16, 2];

let engine: Engine;
beforeAll(async () => (engine = await openEngine('onnx-cpu')));
afterAll(() => engine.dispose());

/** y_t = x_t + x_{t − shift} */
function shifted(x: Tensor, shift: number): Tensor {
  const [b, l, d] = x.shape as [number, number, number];
  const before = tf.slice(x, [0, 0, 0], [b, l - shift, d]);
  return tf.add(x, tf.concat([tf.zeros([b, shift, d]), before], 1));
}

const claimsOf = (apply: Mixer['apply'], changes: Partial<Mixer> = {}, causal = true): Claims => ({
  mixer: { parameters: {}, reach: 3, stateSize: 3 * width, apply, ...changes },
  causal,
  length,
  width,
  layers,
});
const check = (claims: Claims) => checkClaims(claims, engine);

describe('true claims', () => {
  it.each(mixers.map((definition) => [definition.name, definition] as const))(
    'of %s pass',
    async (_, definition) => {
      const mixer = definition.create({ length, width, layers }, parseOptions(definition, {}));
      const least = await check({ mixer, causal: definition.causal, length, width, layers });
      expect(least).toBeGreaterThan(0);
    },
  );

  it('of a shift pass, and of one that says more than it sees', async () => {
    await check(claimsOf((x) => shifted(x, 3)));
    await check(claimsOf((x) => shifted(x, 2)));
    await check(claimsOf((x) => shifted(x, 3), { reachOf: (blocks) => 3 * blocks }));
  });
});

describe('a false claim', () => {
  it('of the reach is refused', async () => {
    await expect(check(claimsOf((x) => shifted(x, 4)))).rejects.toThrow(
      /^mixer\.reach is 3, but what stands beyond changes the output at position 255 from \S+ to \S+, expected no change: state how many tokens away it can see$/,
    );
    // One far token alone is enough, and so are blocks that reach further together.
    const first = (x: Tensor) => tf.add(x, tf.mul(1e-3, tf.slice(x, [0, 0, 0], [-1, 1, -1])));
    await expect(check(claimsOf(first))).rejects.toThrow('mixer.reach is 3');
    await expect(check(claimsOf((x) => shifted(x, 3), { reachOf: () => 3 }))).rejects.toThrow(
      'mixer.reachOf(2) is 3',
    );
    await expect(check(claimsOf((x) => x, { reach: -1 }))).rejects.toThrow(
      'mixer.reach is -1, expected a whole number of tokens, or Infinity',
    );
  });

  it('of the state is refused', async () => {
    expect(await check(claimsOf((x) => shifted(x, 2), { stateSize: 2 * width }))).toBe(2 * width);
    await expect(
      check(claimsOf((x) => shifted(x, 2), { stateSize: 2 * width - 1 })),
    ).rejects.toThrow(
      /^mixer\.stateSize is 31, but small changes .* in 32 directions, expected at most as many/,
    );
    // Nothing is carried by what computes each position alone, and no curve is taken for a direction.
    const alone = (x: Tensor) => tf.exp(x);
    expect(await check(claimsOf(alone, { reach: 0, stateSize: 0 }))).toBe(0);
    const mean = (x: Tensor) => {
      const one = tf.slice(x, [0, 0, 0], [-1, -1, 1]);
      return tf.mul(x, tf.exp(tf.mul(3, tf.mean(one, 1, true))));
    };
    expect(await check(claimsOf(mean, { reach: Infinity, stateSize: 1 }, false))).toBe(1);
    await expect(check(claimsOf(alone, { reach: 0, stateSize: 0.5 }))).rejects.toThrow(
      'mixer.stateSize is 0.5, expected a whole number from 0 on',
    );
  });

  it('of being causal is refused', async () => {
    const ahead = (x: Tensor) => tf.reverse(shifted(tf.reverse(x, 1), 2), 1);
    await expect(check(claimsOf(ahead))).rejects.toThrow(
      /^mixer\.causal is true, but .* set causal to false$/,
    );
    await check(claimsOf(ahead, {}, false));
  });

  it('of a mixer that computes over the batch is refused', async () => {
    const overBatch = (x: Tensor) => tf.sub(x, tf.mean(x, 0, true));
    await expect(check(claimsOf(overBatch, { reach: Infinity }))).rejects.toThrow(
      /^mixer\.apply gives a sequence \S+, and \S+ at another place of the batch .* nothing over the batch$/,
    );
    const place = (x: Tensor) => tf.add(x, tf.tensor3d([0, 1], [2, 1, 1]));
    await expect(check(claimsOf(place))).rejects.toThrow('at another place of the batch');
  });

  it('about the last position is refused', async () => {
    const other: Mixer['apply'] = (x, _, { lastOnly }) => (lastOnly ? tf.mul(x, 2) : x);
    await expect(check(claimsOf(other))).rejects.toThrow('there with lastOnly, expected the same');
  });
});

import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { gmlp } from '../../../models/mixers/gmlp.ts';
import { affine, gelu, layerNorm, type Flat, type Sequence } from '../reference.ts';
import { bothWays, convolution, masked } from '../references/convolutions.ts';
import { checkParity, measureReach, parameterOf, width } from './check.ts';
import { startOf } from './start.ts';

beforeAll(() => tf.setBackend('cpu'));

function naive(x: Sequence, p: Flat, real: boolean[], half: number, isFull: boolean): Sequence {
  const length = x.length;
  const hidden = affine(x, p.up!, p.upBias!).map((row) => row.map(gelu));
  const v = masked(
    hidden.map((row) => layerNorm(row.slice(half), p['norm.gain']!, p['norm.bias']!)),
    real,
  );
  const mixed = isFull
    ? v.map((row, i) =>
        row.map((_, c) =>
          v.reduce((sum, other, j) => sum + p.spatial![i * length + j]! * other[c]!, 0),
        ),
      )
    : convolution(v, bothWays(p.spatial!, half, length));
  const gated = mixed.map((row, i) =>
    row.map((value, c) => hidden[i]![c]! * (value + p.spatialBias![isFull ? i : c]!)),
  );
  return affine(gated, p.down!, p.downBias!);
}

describe.each([
  { spatial: 'toeplitz', expand: 1 },
  { spatial: 'toeplitz', expand: 2 },
  { spatial: 'full', expand: 1 },
] as const)('%o', (options) => {
  it.each([1, 2, 7])('agrees with loops over positions at length %i', (length) => {
    const mixer = gmlp.create({ length, width, layers: 2 }, options);
    const half = options.expand * width;
    for (const isPadded of [false, true]) {
      checkParity(
        mixer,
        length,
        (x, p, real) => naive(x, p, real, half, options.spatial === 'full'),
        isPadded,
      );
    }
  });
});

it.each(['toeplitz', 'full'] as const)('sees everything, %s', (spatial) => {
  const mixer = gmlp.create({ length: 33, width, layers: 2 }, { spatial, expand: 1 });
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

it('is the paper’s matrix unless told otherwise, near zero, and a long kernel learns slowly', () => {
  const options = gmlp.options.parse({});
  const mixer = gmlp.create({ length: 50, width, layers: 2 }, options);
  expect(parameterOf(mixer, 'spatial').shape).toEqual([50, 50]);
  const row = startOf(mixer, 'spatial', 50).reduce((sum, weight) => sum + Math.abs(weight), 0);
  expect(row).toBeLessThan(0.001);
  expect(row).toBeGreaterThan(0);
  const free = gmlp.create({ length: 50, width, layers: 2 }, { ...options, spatial: 'toeplitz' });
  expect(parameterOf(free, 'spatial')).toMatchObject({ learningRate: 0.1, decay: false });
});

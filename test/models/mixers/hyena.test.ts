import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { hyena } from '../../../models/mixers/hyena.ts';
import { named } from '../../../models/parameters.ts';
import { affine, type Flat, type Sequence } from '../reference.ts';
import { convolution } from '../references/convolutions.ts';
import { expectCausal } from './causality.ts';
import { checkParity, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const options = { filterWidth: 3, bands: 2, frequency: 2 };

/** Weights of distance t in every channel, from the formula. */
function filter(p: Flat, t: number, length: number): number[] {
  const time = t / Math.max(1, length - 1);
  const phases = Array.from({ length: options.bands }, (_, n) => (2 * Math.PI * n * t) / length);
  let row = [time, ...phases.map(Math.cos), ...phases.map(Math.sin)];
  for (const layer of ['filter0', 'filter1', 'filter2']) {
    const [z] = affine([row], p[layer]!, p[`${layer}Bias`]!);
    row = z!.map((value, c) => Math.sin(p.frequency![c]! * value));
  }
  const [h] = affine([row], p.filter!, new Float64Array(width));
  return h!.map((value, c) => {
    // The window falls to 1 % after a share of the sequence, from 1.5 in the first channel to 0.3.
    const rate = 1 / 1.5 + ((1 / 0.3 - 1 / 1.5) * c) / (width - 1);
    return value * 0.01 ** (rate * time);
  });
}

function naive(x: Sequence, p: Flat): Sequence {
  const projected = affine(x, p.input!, p.inputBias!);
  const near = projected.map((row, i) =>
    row.map((_, c) =>
      [0, 1, 2].reduce(
        (sum, t) => sum + p.short![t * 3 * width + c]! * (projected[i - 2 + t]?.[c] ?? 0),
        p.shortBias![c]!,
      ),
    ),
  );
  const part = (which: number) => near.map((row) => row.slice(which * width, (which + 1) * width));
  const [q, k, v] = [part(0), part(1), part(2)];
  const u = k.map((row, i) => row.map((value, c) => value * v[i]![c]!));
  const h = x.map((_, t) => filter(p, t, x.length));
  const long = convolution(u, (distance, c) => (distance < 0 ? 0 : h[distance]![c]!));
  const gated = q.map((row, i) =>
    row.map((value, c) => value * (long[i]![c]! + p.d![c]! * u[i]![c]!)),
  );
  return affine(gated, p.output!, p.outputBias!);
}

it.each([1, 2, 9])('agrees with loops over positions at length %i', (length) => {
  const mixer = hyena.create({ length, width, layers: 2 }, options);
  for (const isPadded of [false, true]) checkParity(mixer, length, naive, isPadded);
});

it('sees everything before a token and nothing after it', () => {
  const mixer = hyena.create({ length: 33, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expectCausal(mixer, 33);
});

it('makes a kernel of any length from the same parameters', () => {
  const counts = [1, 100].map((length) =>
    named(hyena.create({ length, width, layers: 2 }, options).parameters)
      .flatMap(({ shape }) => shape)
      .join(),
  );
  expect(counts[0]).toBe(counts[1]);
});

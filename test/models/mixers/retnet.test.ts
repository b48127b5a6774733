import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { retnet } from '../../../models/mixers/retnet.ts';
import type { Flat, Sequence } from '../reference.ts';
import { groupNorm, linear, silu, zeros } from '../references/linear.ts';
import { expectCausal } from './causality.ts';
import { checkParity, measureReach, width } from './check.ts';
import { deviation, startOf } from './start.ts';

beforeAll(() => tf.setBackend('cpu'));

/** Channels c and c + dk/2 as one complex number, times e^(i t θ). */
function turned(vector: number[], t: number): number[] {
  const half = vector.length / 2;
  return vector.map((_, c) => {
    const phase = t * 10_000 ** (-(c % half) / half);
    const [re, im] = [vector[c % half]!, vector[(c % half) + half]!];
    return c < half
      ? re * Math.cos(phase) - im * Math.sin(phase)
      : re * Math.sin(phase) + im * Math.cos(phase);
  });
}

/** The paper's recurrent form: S = γ S + kᵀ v, o = q S. */
function naive(x: Sequence, p: Flat, heads: number): Sequence {
  const channels = width / heads;
  const qk = linear(x, p.qk!);
  const values = linear(x, p.v!);
  const gates = linear(x, p.gate!).map((row) => row.map(silu));
  const outputs = x.map(() => zeros(2 * width));
  for (let h = 0; h < heads; h++) {
    const decay = 1 - 2 ** (-5 - h);
    const state = Array.from({ length: channels }, () => zeros(2 * channels));
    qk.forEach((row, t) => {
      const q = turned(row.slice(h * channels, (h + 1) * channels), t);
      const k = turned(row.slice(width + h * channels, width + (h + 1) * channels), t);
      const v = values[t]!.slice(2 * h * channels, 2 * (h + 1) * channels);
      for (let e = 0; e < 2 * channels; e++) {
        for (let c = 0; c < channels; c++) {
          state[c]![e] = decay * state[c]![e]! + k[c]! * v[e]!;
          outputs[t]![2 * h * channels + e]! += (q[c]! * state[c]![e]!) / Math.sqrt(channels);
        }
      }
    });
  }
  const normalised = outputs.map((row) => groupNorm(row, heads));
  return linear(
    normalised.map((row, t) => row.map((value, c) => value * gates[t]![c]!)),
    p.output!,
  );
}

it.each([
  { length: 1, heads: 2, chunk: 4 },
  { length: 7, heads: 2, chunk: 64 },
  { length: 9, heads: 2, chunk: 4 },
  { length: 8, heads: 1, chunk: 2 },
])('agrees with the recurrence, step by step: %o', ({ length, heads, chunk }) => {
  const mixer = retnet.create({ length, width, layers: 2 }, { heads, chunk });
  for (const isPadded of [false, true]) {
    checkParity(mixer, length, (x, p) => naive(x, p, heads), isPadded);
  }
});

it('sees everything before a token and nothing after it', () => {
  const mixer = retnet.create({ length: 17, width, layers: 2 }, { heads: 2, chunk: 4 });
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 17)).toBe(16);
  expectCausal(mixer, 17);
});

it('refuses heads that do not divide the width or have an odd number of channels', () => {
  const create = (heads: number) =>
    retnet.create({ length: 4, width: 6, layers: 1 }, { heads, chunk: 4 });
  expect(() => create(4)).toThrow(/heads: 4 .* width 6/);
  expect(() => create(2)).toThrow(/even.* 3/);
});

it('has more heads in a wider model, and starts as torchscale: Xavier times 2^−2.5', () => {
  const create = (width: number) =>
    retnet.create({ length: 4, width, layers: 2 }, { heads: 0, chunk: 4 });
  // State: 2 · width² / heads.
  for (const [width, heads] of [
    [8, 1],
    [32, 4],
    [64, 8],
    [128, 16],
    [256, 16],
    [36, 3],
  ] as const) {
    expect(create(width).stateSize, String(width)).toBe((2 * width * width) / heads);
  }
  const mixer = create(64);
  expect(deviation(startOf(mixer, 'qk'))).toBeCloseTo(2 ** -2.5 / 8, 3);
  expect(deviation(startOf(mixer, 'v'))).toBeCloseTo((2 ** -2.5 * Math.sqrt(2 / 3)) / 8, 3);
  expect(deviation(startOf(mixer, 'output'))).toBeCloseTo(Math.sqrt(2 / 3) / 16, 2);
});

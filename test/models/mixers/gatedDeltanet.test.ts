import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { gatedDeltanet } from '../../../models/mixers/gatedDeltanet.ts';
import type { Flat, Sequence } from '../reference.ts';
import {
  dot,
  linear,
  rootMeanSquareNorm,
  shortConvolution,
  silu,
  softplus,
  unitLength,
  zeros,
} from '../references/linear.ts';
import { sigmoid } from '../reference.ts';
import { expectCausal } from './causality.ts';
import { checkParity, measureReach, width } from './check.ts';
import { deviation, quantile, startOf } from './start.ts';

beforeAll(() => tf.setBackend('cpu'));

/** S = α S, then S = S + β k (v − Sᵀ k)ᵀ, o = Sᵀ q, token by token. */
function naive(x: Sequence, p: Flat, heads: number): Sequence {
  const size = Math.round((0.75 * width) / heads);
  const keys = heads * size;
  const projected = linear(x, p.qkv!);
  const mixed = shortConvolution(projected, p.kernel!, zeros(4 * keys)).map((row) => row.map(silu));
  const rates = linear(x, p.rates!);
  const gates = linear(x, p.gate!);
  const outputs = x.map((): number[] => []);
  for (let h = 0; h < heads; h++) {
    const state = Array.from({ length: size }, () => zeros(2 * size));
    mixed.forEach((row, t) => {
      const unit = (start: number) =>
        unitLength(row.slice(start + h * size, start + (h + 1) * size));
      const q = unit(0).map((value) => value / Math.sqrt(size));
      const k = unit(keys);
      const v = row.slice(2 * (keys + h * size), 2 * (keys + (h + 1) * size));
      const step = softplus(rates[t]![h]! + p.stepBias![h]!);
      const decay = Math.exp(-Math.exp(p.logA![h]!) * step);
      const strength = sigmoid(rates[t]![heads + h]!);
      const column = (e: number) => state.map((s) => s[e]!);
      for (const s of state) s.forEach((value, e) => (s[e] = decay * value));
      const missing = v.map((value, e) => value - dot(column(e), k));
      state.forEach((s, c) => missing.forEach((value, e) => (s[e]! += strength * k[c]! * value)));
      const o = v.map((_, e) => dot(column(e), q));
      outputs[t]!.push(...rootMeanSquareNorm(o, 1).map((value, e) => value * p.gain![e]!));
    });
  }
  return linear(
    outputs.map((row, t) => row.map((value, e) => value * silu(gates[t]![e]!))),
    p.output!,
  );
}

it.each([
  { length: 1, heads: 1, chunk: 4 },
  { length: 6, heads: 2, chunk: 64 },
  { length: 9, heads: 2, chunk: 4 },
  { length: 7, heads: 1, chunk: 3 },
])('agrees with the recurrence, step by step: %o', ({ length, heads, chunk }) => {
  const mixer = gatedDeltanet.create({ length, width, layers: 2 }, { heads, chunk });
  for (const isPadded of [false, true]) {
    checkParity(mixer, length, (x, p) => naive(x, p, heads), isPadded);
  }
});

it('sees everything before a token and nothing after it', () => {
  const mixer = gatedDeltanet.create({ length: 17, width, layers: 2 }, { heads: 1, chunk: 4 });
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 17)).toBe(16);
  expectCausal(mixer, 17);
});

it('refuses heads that do not divide the width', () => {
  const shape = { length: 4, width: 6, layers: 1 };
  expect(() => gatedDeltanet.create(shape, { heads: 4, chunk: 4 })).toThrow(/heads: 4 .* width 6/);
});

it('starts with memories like those the authors draw, and rates that the tokens move little', () => {
  const heads = 64;
  const mixer = gatedDeltanet.create({ length: 4, width: 128, layers: 2 }, { heads, chunk: 4 });
  const logRates = startOf(mixer, 'logA', heads);
  const memory = startOf(mixer, 'stepBias', heads).map(
    (bias, h) => 1 / (softplus(bias) * Math.exp(logRates[h]!)),
  );
  // The drawn ones have the median 16.
  expect(quantile(memory, 0.5) / 16).toBeCloseTo(1, 0);
  expect(quantile(memory, 1)).toBeLessThan(180);
  // A projection of 128 channels of variance 1: deviation 1/√3.
  expect(deviation(startOf(mixer, 'rates')) * Math.sqrt(128)).toBeCloseTo(0.58, 1);
});

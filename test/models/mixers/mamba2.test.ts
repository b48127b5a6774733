import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { mamba2 } from '../../../models/mixers/mamba2.ts';
import type { Flat, Sequence } from '../reference.ts';
import {
  dot,
  linear,
  rootMeanSquareNorm,
  shortConvolution,
  silu,
  softplus,
  zeros,
} from '../references/linear.ts';
import { expectCausal } from './causality.ts';
import { checkParity, measureReach, width } from './check.ts';
import { deviation, quantile, startOf } from './start.ts';

beforeAll(() => tf.setBackend('cpu'));

const inner = 2 * width;

/** S = e^(−e^logA Δ) S + Δ B xᵀ, y = Sᵀ C + D x, token by token. */
function naive(x: Sequence, p: Flat, state: number, heads: number): Sequence {
  const rows = linear(x, p.input!);
  const convolved = inner + 2 * state;
  const mixed = shortConvolution(
    rows.map((row) => row.slice(inner, inner + convolved)),
    p.kernel!,
    p.kernelBias!,
  ).map((row) => row.map(silu));
  const size = inner / heads;
  const states = Array.from({ length: inner }, () => zeros(state));
  const gated = rows.map((row, t) => {
    const b = mixed[t]!.slice(inner, inner + state);
    const c = mixed[t]!.slice(inner + state);
    return states.map((s, e) => {
      const h = Math.floor(e / size);
      const step = softplus(row[inner + convolved + h]! + p.stepBias![h]!);
      const decay = Math.exp(-Math.exp(p.logA![h]!) * step);
      const value = mixed[t]![e]!;
      for (let n = 0; n < state; n++) s[n] = decay * s[n]! + step * b[n]! * value;
      return (dot(s, c) + p.d![h]! * value) * silu(row[e]!);
    });
  });
  const normalised = gated.map((row) => rootMeanSquareNorm(row, 1).map((y, e) => y * p.gain![e]!));
  return linear(normalised, p.output!);
}

it.each([
  { length: 1, state: 2, heads: 2, chunk: 4 },
  { length: 5, state: 1, heads: 2, chunk: 64 },
  { length: 9, state: 2, heads: 2, chunk: 4 },
  { length: 6, state: 2, heads: 4, chunk: 2 },
])('agrees with the recurrence, step by step: %o', ({ length, state, heads, chunk }) => {
  const mixer = mamba2.create({ length, width, layers: 2 }, { state, heads, chunk });
  for (const isPadded of [false, true]) {
    checkParity(mixer, length, (x, p) => naive(x, p, state, heads), isPadded);
  }
});

it('sees everything before a token and nothing after it', () => {
  const options = { state: 2, heads: 2, chunk: 4 };
  const mixer = mamba2.create({ length: 17, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 17)).toBe(16);
  expectCausal(mixer, 17);
});

it('refuses heads that do not divide twice the width', () => {
  const shape = { length: 4, width: 6, layers: 1 };
  expect(() => mamba2.create(shape, { state: 2, heads: 5, chunk: 4 })).toThrow(/heads: 5 .* 12/);
});

it('starts with the quartiles of memory that the authors draw: 4, 14 and 44 tokens', () => {
  const heads = 64;
  const mixer = mamba2.create({ length: 4, width: 64, layers: 2 }, { state: 2, heads, chunk: 4 });
  const logRates = startOf(mixer, 'logA', heads);
  const memory = startOf(mixer, 'stepBias', heads).map(
    (bias, h) => 1 / (softplus(bias) * Math.exp(logRates[h]!)),
  );
  expect(quantile(memory, 0.25)).toBeCloseTo(4.5, 0);
  expect(quantile(memory, 0.5)).toBeCloseTo(14, 0);
  expect(quantile(memory, 0.75) / 44).toBeCloseTo(1, 1);
  expect(quantile(memory, 1)).toBeLessThan(150);
  expect(deviation(startOf(mixer, 'input'))).toBeCloseTo(1 / Math.sqrt(3 * 64), 2);
});

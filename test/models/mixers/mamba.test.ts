import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { mamba } from '../../../models/mixers/mamba.ts';
import type { Flat, Sequence } from '../reference.ts';
import { linear, shortConvolution, silu, softplus, zeros } from '../references/linear.ts';
import { expectCausal } from './causality.ts';
import { checkParity, measureReach, width } from './check.ts';
import { deviation, quantile, startOf } from './start.ts';

beforeAll(() => tf.setBackend('cpu'));

/** h = e^(A Δ) h + Δ u B, y = C · h + D u, token by token. */
function naive(x: Sequence, p: Flat, state: number, expand: number): Sequence {
  const inner = expand * width;
  const rows = linear(x, p.input!);
  const u = shortConvolution(
    rows.map((row) => row.slice(0, inner)),
    p.kernel!,
    p.kernelBias!,
  ).map((row) => row.map(silu));
  const selected = linear(u, p.select!);
  const rank = p.step!.length / inner;
  const steps = linear(
    selected.map((row) => row.slice(0, rank)),
    p.step!,
  );
  const h = Array.from({ length: inner }, () => zeros(state));
  const gated = u.map((row, t) =>
    row.map((value, e) => {
      const step = softplus(steps[t]![e]! + p.stepBias![e]!);
      let y = p.d![e]! * value;
      for (let n = 0; n < state; n++) {
        const decay = Math.exp(-Math.exp(p.logA![n * inner + e]!) * step);
        h[e]![n] = decay * h[e]![n]! + step * value * selected[t]![rank + n]!;
        y += selected[t]![rank + state + n]! * h[e]![n]!;
      }
      return y * silu(rows[t]![inner + e]!);
    }),
  );
  return linear(gated, p.output!);
}

it.each([
  { length: 1, state: 2, expand: 2, chunk: 4 },
  { length: 5, state: 1, expand: 1, chunk: 64 },
  { length: 9, state: 2, expand: 1, chunk: 2 },
  { length: 6, state: 2, expand: 2, chunk: 4 },
])('agrees with the recurrence, step by step: %o', ({ length, state, expand, chunk }) => {
  const mixer = mamba.create({ length, width, layers: 2 }, { state, expand, chunk });
  for (const isPadded of [false, true]) {
    checkParity(mixer, length, (x, p) => naive(x, p, state, expand), isPadded);
  }
});

it('sees everything before a token and nothing after it', () => {
  const options = { state: 2, expand: 1, chunk: 4 };
  const mixer = mamba.create({ length: 17, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 17)).toBe(16);
  expectCausal(mixer, 17);
});

it('starts as mamba_ssm: rates 1 to N, steps from 0.001 to 0.1, matrices as PyTorch’s Linear', () => {
  const mixer = mamba.create(
    { length: 4, width: 64, layers: 2 },
    { state: 16, expand: 2, chunk: 4 },
  );
  const rates = startOf(mixer, 'logA', 16 * 128).map(Math.exp);
  expect(quantile(rates, 0)).toBeCloseTo(1, 5);
  expect(quantile(rates, 1)).toBeCloseTo(16, 4);
  const steps = startOf(mixer, 'stepBias').map(softplus);
  expect(quantile(steps, 0)).toBeGreaterThan(0.00099);
  expect(quantile(steps, 0.5)).toBeCloseTo(0.01, 2);
  expect(quantile(steps, 1)).toBeLessThan(0.101);
  // Variance 1/(3 · inputs); the output's less by the 2 · layers additions to the residual stream.
  expect(deviation(startOf(mixer, 'input'))).toBeCloseTo(1 / Math.sqrt(3 * 64), 2);
  expect(deviation(startOf(mixer, 'select'))).toBeCloseTo(1 / Math.sqrt(3 * 128), 2);
  expect(deviation(startOf(mixer, 'output'))).toBeCloseTo(1 / Math.sqrt(3 * 128 * 4), 2);
  for (const name of ['kernel', 'kernelBias']) {
    expect(deviation(startOf(mixer, name)), name).toBeCloseTo(1 / Math.sqrt(12), 1);
    expect(quantile(startOf(mixer, name).map(Math.abs), 1), name).toBeLessThanOrEqual(0.5);
  }
});

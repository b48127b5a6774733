import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { mamba } from '../../../models/mixers/mamba.ts';
import type { Flat, Sequence } from '../reference.ts';
import { linear, shortConvolution, silu, softplus, zeros } from '../references/linear.ts';
import { expectCausal } from './causality.ts';
import { checkParity, measureReach, width } from './check.ts';

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

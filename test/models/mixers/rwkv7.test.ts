import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { rwkv7 } from '../../../models/mixers/rwkv7.ts';
import { sigmoid, type Flat, type Sequence } from '../reference.ts';
import { dot, groupNorm, linear, unitLength, zeros } from '../references/linear.ts';
import { expectCausal } from './causality.ts';
import { checkParity, measureReach, parameterOf, width } from './check.ts';
import { deviation, quantile, startOf } from './start.ts';

beforeAll(() => tf.setBackend('cpu'));

/** The paper's recurrence, token by token, with the state as values × keys. */
function naive(x: Sequence, p: Flat, heads: number): Sequence {
  const size = width / heads;
  const from = (use: string) => {
    const mixed = x.map((row, t) =>
      row.map((value, c) => {
        const share = p[`${use}Shift`]![c]!;
        return value * (1 - share) + (t > 0 ? x[t - 1]![c]! : 0) * share;
      }),
    );
    return linear(mixed, p[use]!);
  };
  const map = (rows: Sequence, f: (value: number, c: number) => number) =>
    rows.map((row) => row.map(f));
  const [r, k, v] = [from('r'), from('k'), from('v')];
  const d = linear(map(from('decay'), Math.tanh), p.decayOut!);
  const w = map(d, (value, c) => Math.exp(-Math.exp(-0.5) * sigmoid(value + p.decayBias![c]!)));
  const a = map(linear(from('rate'), p.rateOut!), (value, c) => sigmoid(value + p.rateBias![c]!));
  const g = linear(map(from('gate'), sigmoid), p.gateOut!);
  const outputs = x.map((): number[] => []);
  for (let h = 0; h < heads; h++) {
    const state = Array.from({ length: size }, () => zeros(size));
    const part = (row: ArrayLike<number>) => Array.from(row).slice(h * size, (h + 1) * size);
    x.forEach((_, t) => {
      const [rt, kt, vt, wt, at] = [r, k, v, w, a].map((rows) => part(rows[t]!)) as [
        number[],
        number[],
        number[],
        number[],
        number[],
      ];
      const scaled = kt.map((value, c) => value * part(p.removal!)[c]!);
      const kappa = unitLength(scaled);
      const key = kt.map((value, c) => value * (1 + (at[c]! - 1) * part(p.replacement!)[c]!));
      const o = state.map((row, e) => {
        const removed = dot(row, kappa);
        row.forEach((value, c) => {
          row[c] = value * wt[c]! - removed * at[c]! * kappa[c]! + vt[e]! * key[c]!;
        });
        return dot(row, rt);
      });
      const match = rt.reduce((sum, value, c) => sum + value * part(p.bonus!)[c]! * key[c]!, 0);
      groupNorm(o, 1, 64e-5).forEach((value, e) => {
        const at = h * size + e;
        outputs[t]!.push((value * p.gain![at]! + p.bias![at]! + match * vt[e]!) * g[t]![at]!);
      });
    });
  }
  return linear(outputs, p.output!);
}

it.each([
  { length: 1, rank: 2, chunk: 4 },
  { length: 5, rank: 1, chunk: 64 },
  { length: 9, rank: 1, chunk: 4 },
  { length: 7, rank: 2, chunk: 3 },
])('agrees with the recurrence, step by step: %o', ({ length, rank, chunk }) => {
  const mixer = rwkv7.create({ length, width, layers: 2 }, { heads: 1, rank, chunk });
  for (const isPadded of [false, true]) {
    checkParity(mixer, length, (x, p) => naive(x, p, 1), isPadded);
  }
});

it('sees everything before a token and nothing after it', () => {
  const mixer = rwkv7.create({ length: 17, width, layers: 2 }, { heads: 2, rank: 2, chunk: 4 });
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 17)).toBe(16);
  expectCausal(mixer, 17);
});

it('refuses heads that do not divide the width', () => {
  const shape = { length: 4, width: 6, layers: 1 };
  expect(() => rwkv7.create(shape, { heads: 4, rank: 2, chunk: 4 })).toThrow(/heads: 4 .* width 6/);
});

it('starts as the authors’ training code: memories of 1.7 to 4,900 tokens, small matrices, a silent output', () => {
  const mixer = rwkv7.create({ length: 4, width: 64, layers: 2 }, { heads: 1, rank: 16, chunk: 4 });
  const memory = startOf(mixer, 'decayBias', 64).map((bias) => Math.exp(0.5) / sigmoid(bias));
  expect(quantile(memory, 0)).toBeCloseTo(1.7, 1);
  expect(quantile(memory, 1) / 4900).toBeCloseTo(1, 1);
  expect(deviation(startOf(mixer, 'r'))).toBeCloseTo(0.036, 3);
  expect(deviation(startOf(mixer, 'k'))).toBeCloseTo(0.0036, 4);
  expect(deviation(startOf(mixer, 'v'))).toBeCloseTo(0.036, 3);
  for (const name of ['decay', 'rate', 'gate', 'output']) {
    expect(deviation(startOf(mixer, name)), name).toBe(0);
  }
  expect(deviation(startOf(mixer, 'gateOut'))).toBeCloseTo(0.1 / 8, 3);
  expect(parameterOf(mixer, 'decayBias')).toMatchObject({ learningRate: 2, decay: false });
});

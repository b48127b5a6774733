import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mega } from '../../../models/mixers/mega.ts';
import { tensorsOf } from '../../../models/parameters.ts';
import { deviation, drawn, quantile, startOf } from './start.ts';
import { randomInput, relativeError, stream } from '../parity.ts';
import { affine, erf, sigmoid, type Sequence } from '../reference.ts';
import { checkParity, measureReach, parameterOf, type Naive, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const options = {
  dimensions: 2,
  keys: 3,
  expansion: 1,
  attention: 'softmax',
  chunk: 0,
} as const;

const silu = (x: number) => x * sigmoid(x);

/** The block of the paper: moving averages step by step, attention key by key. */
const naive =
  (attention: string, chunk: number): Naive =>
  (x: Sequence, p, real) => {
    const [length, inner] = [x.length, p.valuesBias!.length];
    const dimensions = p.alpha!.length / (2 * width);
    const shared = p.sharedBias!.length;
    const size = chunk === 0 ? length : Math.min(chunk, length);
    const u = x.map((row, i) => row.map((value) => (real[i] ? value : 0)));
    const average = u.map((row) => row.map((value, c) => value * p.omega![c]!));
    for (const direction of [0, 1]) {
      for (let c = 0; c < width; c++) {
        for (let n = 0; n < dimensions; n++) {
          const at = (direction * width + c) * dimensions + n;
          const alpha = sigmoid(p.alpha![at]!);
          const keep = 1 - alpha * sigmoid(p.delta![at]!);
          let h = 0;
          for (let step = 0; step < length; step++) {
            const t = direction === 0 ? step : length - 1 - step;
            h = keep * h + alpha * p.beta![at]! * u[t]![c]!;
            average[t]![c]! += (p.eta![at]! * h) / Math.sqrt(dimensions);
          }
        }
      }
    }
    const averaged = average.map((row) => row.map(silu));
    const common = affine(averaged, p.shared!, p.sharedBias!).map((row) => row.map(silu));
    const [q, k] = [0, 1].map((which) =>
      common.map((row) =>
        row.map((value, c) => value * p.kappa![which * shared + c]! + p.mu![which * shared + c]!),
      ),
    ) as [Sequence, Sequence];
    const v = affine(u, p.values!, p.valuesBias!).map((row) => row.map(silu));
    const gates = affine(averaged, p.gates!, p.gatesBias!);
    const gated = x.map((_, i) => {
      const start = Math.floor(i / size) * size;
      const seen = real
        .map((isReal, j) => (isReal && j >= start && j < start + size ? j : -1))
        .filter((j) => j >= 0);
      const scores = seen.map((j) => {
        const dot = q[i]!.reduce((sum, value, c) => sum + value * k[j]![c]!, 0);
        const scale = attention === 'softmax' ? Math.sqrt(shared) : seen.length;
        return dot / scale + p.relative![j - i + size - 1]!;
      });
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      const weights = scores.map((score) =>
        attention === 'softmax'
          ? Math.exp(score) / total
          : (1 + erf((score - Math.sqrt(1 / 2)) / (Math.sqrt(1 / (4 * Math.PI)) * Math.SQRT2))) / 2,
      );
      return Array.from({ length: inner }, (_, c) => {
        const o = seen.reduce((sum, j, n) => sum + weights[n]! * v[j]![c]!, 0);
        return silu(gates[i]![c]!) * o;
      });
    });
    const mixed = affine(gated, p.output!, new Array<number>(width).fill(0));
    return x.map((row, i) =>
      row.map((value, c) => {
        const phi = sigmoid(gates[i]![inner + c]!);
        return phi * (silu(gates[i]![inner + width + c]! + mixed[i]![c]!) - value);
      }),
    );
  };

describe.each(['softmax', 'laplace'] as const)('with %s attention', (attention) => {
  it.each([
    { length: 1, chunk: 0 },
    { length: 5, chunk: 0 },
    { length: 7, chunk: 3 },
  ])('agrees with the paper, token by token: %o', ({ length, chunk }) => {
    const mixer = mega.create({ length, width, layers: 2 }, { ...options, attention, chunk });
    for (const isPadded of length > 1 ? [false, true] : [false]) {
      checkParity(mixer, length, naive(attention, chunk), isPadded);
    }
  });
});

it('sees everything, in chunks too', () => {
  for (const chunk of [0, 4]) {
    const mixer = mega.create({ length: 17, width, layers: 2 }, { ...options, chunk });
    expect(mixer.reach).toBe(Infinity);
    expect(measureReach(mixer, 17)).toBe(16);
  }
});

it('counts the biases of distances with the parameters only where the length has no part in them', () => {
  const relative = (chunk: number) =>
    parameterOf(mega.create({ length: 100, width, layers: 2 }, { ...options, chunk }), 'relative');
  expect(relative(0)).toMatchObject({ shape: [199], perPosition: true });
  expect(relative(8)).toMatchObject({ shape: [15], perPosition: false });
});

it('keeps or replaces the residual stream before its norm: φ Ĥ + (1 − φ) R', () => {
  const length = 6;
  const mixer = mega.create({ length, width, layers: 2 }, options);
  const p = tensorsOf(mixer.parameters, drawn(mixer));
  const tensor = (name: string) => {
    const { shape, values } = randomInput([1, length, width], stream(name));
    return tf.tensor(Float32Array.from(values), shape);
  };
  const [x, stream1, stream2] = ['x', 'one', 'two'].map(tensor) as [Tensor, Tensor, Tensor];
  const next = (r: Tensor) => tf.add(r, mixer.apply(x, p, { stream: r }));
  // What two streams differ by is kept by the same 1 − φ, of values between 0 and 1.
  const kept = tf.div(tf.sub(next(stream1), next(stream2)), tf.sub(stream1, stream2)).dataSync();
  expect(Math.min(...kept)).toBeGreaterThan(0);
  expect(Math.max(...kept)).toBeLessThan(1);
  const last = mixer.apply(x, p, { stream: stream1, lastOnly: true }).dataSync();
  const all = mixer.apply(x, p, { stream: stream1 }).dataSync();
  expect(relativeError(last, all.slice(-width))).toBeLessThan(1e-5);
});

it('starts as MEGA’s code: averages of 2 to 7 tokens, matrices of 0.02', () => {
  const mixer = mega.create({ length: 8, width: 50, layers: 2 }, { ...options, dimensions: 16 });
  const delta = startOf(mixer, 'delta');
  // A step keeps 1 − σ(N(0, 0.2²)) · σ(N(0, 0.2²)), 3/4 in the middle.
  const memory = startOf(mixer, 'alpha').map(
    (alpha, i) => -1 / Math.log(1 - sigmoid(alpha) * sigmoid(delta[i]!)),
  );
  expect(quantile(memory, 0.5)).toBeCloseTo(3.5, 0);
  expect(quantile(memory, 0.01)).toBeGreaterThan(2);
  expect(quantile(memory, 0.99)).toBeLessThan(7);
  for (const name of ['shared', 'values', 'gates', 'output', 'kappa', 'relative']) {
    expect(deviation(startOf(mixer, name)), name).toBeCloseTo(0.02, 3);
  }
});

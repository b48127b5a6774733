import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { hawk } from '../../../models/mixers/hawk.ts';
import { named } from '../../../models/parameters.ts';
import { sizeOf, stream } from '../parity.ts';
import { affine, gelu, sigmoid, type Flat, type Sequence } from '../reference.ts';
import { expectCausal } from './causality.ts';
import { checkParity, measureReach, parameterOf, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

/** The block of the paper, token by token. */
function naive(x: Sequence, p: Flat, blocks: number): Sequence {
  const inner = p.rate!.length;
  const side = inner / blocks;
  const branches = affine(x, p.input!, p.inputBias!);
  const u = x.map((_, t) =>
    Array.from({ length: inner }, (_, c) => {
      let sum = p.convolutionBias![c]!;
      for (let back = 0; back < Math.min(4, t + 1); back++) {
        sum += p.convolution![(3 - back) * inner + c]! * branches[t - back]![inner + c]!;
      }
      return sum;
    }),
  );
  let h = new Array<number>(inner).fill(0);
  const merged = u.map((row, t) => {
    h = h.map((before, c) => {
      const [block, at] = [Math.floor(c / side), c % side];
      const gate = (column: number) => {
        let sum = p.gatesBias![block * 2 * side + column]!;
        for (let k = 0; k < side; k++) {
          sum += row[block * side + k]! * p.gates![(block * side + k) * 2 * side + column]!;
        }
        return sigmoid(sum);
      };
      const a = sigmoid(p.rate![c]!) ** (8 * gate(at));
      return a * before + Math.sqrt(1 - a * a) * gate(side + at) * row[c]!;
    });
    return h.map((value, c) => value * gelu(branches[t]![c]!));
  });
  return affine(merged, p.output!, p.outputBias!);
}

it.each([
  [1, 1],
  [3, 2],
  [10, 2],
  [19, 1],
])('agrees with the recurrence, step by step, at length %i with %i blocks', (length, blocks) => {
  const mixer = hawk.create({ length, width, layers: 2 }, { expansion: 1.5, blocks });
  for (const isPadded of [false, true]) {
    checkParity(mixer, length, (x, p) => naive(x, p, blocks), isPadded);
  }
});

it('keeps its gradient finite where a gate is shut to the last bit', () => {
  const length = 3;
  const mixer = hawk.create({ length, width, layers: 1 }, { expansion: 1, blocks: 1 });
  const all = named(mixer.parameters);
  const tensors = all.map(({ name, shape, initialise }) => {
    if (name === 'gatesBias') return tf.fill(shape, -300);
    return tf.tensor(initialise(sizeOf(shape), stream(name)), shape);
  });
  const x = tf.ones([1, length, width]);
  const gradients = tf.grads((...given) => {
    const p = Object.fromEntries(given.map((tensor, i) => [all[i]!.name, tensor]));
    return tf.sum(mixer.apply(x, p, {})).asScalar();
  })(tensors);
  for (const gradient of gradients) {
    expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
  }
});

it('starts with the memory of the released code: 2.5, 5 and 45 tokens at the gates’ start', () => {
  const mixer = hawk.create({ length: 4, width: 60, layers: 1 }, { expansion: 4 / 3, blocks: 4 });
  const rate = parameterOf(mixer, 'rate');
  expect(rate.shape).toEqual([80]);
  // Gates start near 1/2, so a token is kept by a^(8/2).
  const kept = [...rate.initialise(4000, stream('rates'))].map((x) => sigmoid(x) ** 4);
  const memory = kept.map((share) => -1 / Math.log(share)).sort((a, b) => a - b);
  expect(memory[200]).toBeCloseTo(2.5, 0);
  expect(memory[2000]).toBeCloseTo(5, 0);
  expect(memory[3800]! / 45).toBeCloseTo(1, 0);
  const taps = [...parameterOf(mixer, 'convolution').initialise(4000, stream('taps'))];
  expect(Math.sqrt(taps.reduce((sum, tap) => sum + tap * tap, 0) / 4000)).toBeCloseTo(0.05, 2);
});

it('sees all of the past and nothing of the future', () => {
  const mixer = hawk.create({ length: 33, width, layers: 2 }, { expansion: 1, blocks: 2 });
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
  expectCausal(mixer, 33);
});

import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mingru } from '../../../models/mixers/mingru.ts';
import { stream } from '../parity.ts';
import { affine, sigmoid } from '../reference.ts';
import { expectCausal } from './causality.ts';
import { checkParity, measureReach, parameterOf, type Naive, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

/** The paper's recurrence, token by token. */
const naive =
  (isPositive: boolean): Naive =>
  (x, p) => {
    const inner = p.gateBias!.length;
    let h = new Array<number>(inner).fill(0);
    const states = affine(x, p.input!, [
      ...Array.from(p.gateBias!),
      ...Array.from(p.candidateBias!),
    ]).map((row) => {
      h = h.map((before, c) => {
        const [z, content] = [sigmoid(row[c]!), row[inner + c]!];
        const candidate = !isPositive ? content : content >= 0 ? content + 0.5 : sigmoid(content);
        return (1 - z) * before + z * candidate;
      });
      return h;
    });
    return affine(states, p.output!, p.outputBias!);
  };

describe.each(['positive', 'linear'] as const)('with a %s candidate', (candidate) => {
  it.each([1, 2, 7, 19])('agrees with the recurrence, step by step, at length %i', (length) => {
    const options = { expansion: 2, candidate, memory: 'length' } as const;
    const mixer = mingru.create({ length, width, layers: 2 }, options);
    for (const isPadded of [false, true]) {
      checkParity(mixer, length, naive(candidate === 'positive'), isPadded);
    }
  });
});

const start = (memory: 'length' | 'token', length: number) => {
  const options = { expansion: 2, candidate: 'linear', memory } as const;
  const mixer = mingru.create({ length, width: 200, layers: 2 }, options);
  const { initialise } = parameterOf(mixer, 'gateBias');
  return [...initialise(400, stream('gates'))].map((bias) => 1 / sigmoid(bias));
};

it('starts with states that last up to the whole length, or one token', () => {
  const lasting = start('length', 1000); // 1/z = 1 + u
  expect(Math.min(...lasting)).toBeGreaterThanOrEqual(2 - 1e-6);
  expect(Math.max(...lasting)).toBeLessThanOrEqual(1000 + 1e-3);
  expect(lasting.filter((steps) => steps < 500).length / 400).toBeCloseTo(0.5, 1);
  expect(start('length', 1)[0]).toBe(2);
  expect(new Set(start('token', 1000))).toEqual(new Set([2]));
});

it('sees all of the past and nothing of the future', () => {
  const options = { expansion: 2, candidate: 'linear', memory: 'length' } as const;
  const mixer = mingru.create({ length: 33, width, layers: 2 }, options);
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
  expectCausal(mixer, 33);
});

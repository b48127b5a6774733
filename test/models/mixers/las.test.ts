import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { las } from '../../../models/mixers/las.ts';
import { named } from '../../../models/parameters.ts';
import { affine, type Flat, type Sequence } from '../reference.ts';
import { expectCausal } from './causality.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

const heads = 2;
const common = { bound: 0.5, heads, positions: 'none' as const, alphas: [0, 0.3] };

interface NaiveOptions {
  decay: string;
  alphas: number[];
  smoothing: number;
  chunk: number;
}

/** The formula row by row: softmax of the decayed scores, average of the row, mask, values. */
function naive(x: Sequence, p: Flat, { decay, alphas, smoothing, chunk }: NaiveOptions): Sequence {
  const channels = width / heads;
  const side = (smoothing - 1) / 2;
  const qkv = affine(x, p.qkv!, p.qkvBias!);
  const joined = x.map(() => new Array<number>(width).fill(0));
  const value = (i: number, part: number, h: number, c: number) =>
    qkv[i]![part * width + h * channels + c]!;
  for (let h = 0; h < heads; h++) {
    for (let i = 0; i < x.length; i++) {
      const first = chunk === 0 ? 0 : Math.floor(i / chunk) * chunk;
      const row = Array.from({ length: i - first + 1 }, (_, at) => {
        let product = 0;
        for (let c = 0; c < channels; c++)
          product += value(i, 0, h, c) * value(first + at, 1, h, c);
        const score = product / Math.sqrt(channels);
        const distance = alphas[h]! * (i - first - at);
        return Math.exp(decay === 'additive' ? score - distance : score * Math.exp(-distance));
      });
      const total = row.reduce((a, b) => a + b);
      row.forEach((_, at) => {
        let weight = 0;
        for (let t = -side; t <= side; t++) weight += (row[at + t] ?? 0) / total / smoothing;
        for (let c = 0; c < channels; c++) {
          joined[i]![h * channels + c]! += weight * value(first + at, 2, h, c);
        }
      });
    }
  }
  return affine(joined, p.output!, p.outputBias!);
}

describe.each(['multiplicative', 'additive'] as const)('with %s decay', (decay) => {
  it.each([
    { length: 1, smoothing: 3, chunk: 0 },
    { length: 7, smoothing: 1, chunk: 0 },
    { length: 8, smoothing: 3, chunk: 0 },
    { length: 7, smoothing: 5, chunk: 0 },
    { length: 7, smoothing: 3, chunk: 3 },
    { length: 6, smoothing: 5, chunk: 2 },
  ])('agrees with the formula, row by row: %o', (sizes) => {
    const options = { ...common, ...sizes, decay };
    const mixer = las.create({ length: sizes.length, width, layers: 2 }, options);
    for (const isPadded of [false, true]) {
      checkParity(mixer, sizes.length, (x, p) => naive(x, p, options), isPadded);
    }
  });

  it.each([1, 3, 5])('never sees the future when it averages %i weights', (smoothing) => {
    const options = { ...common, decay, smoothing, chunk: 0 };
    expectCausal(las.create({ length: 9, width, layers: 2 }, options), 9);
  });
});

it('sees everything before it, or its chunk', () => {
  const options = { ...common, decay: 'multiplicative' as const, smoothing: 3 };
  const whole = las.create({ length: 33, width, layers: 2 }, { ...options, chunk: 0 });
  expect(whole.reach).toBe(Infinity);
  expect(measureReach(whole, 33)).toBe(32);
  const chunked = las.create({ length: 23, width, layers: 2 }, { ...options, chunk: 5 });
  expect(chunked.reach).toBe(4);
  expect(measureReach(chunked, 23)).toBe(4);
});

it('takes rates of its own making, the first of them 0, where none are given', () => {
  const options = { ...common, decay: 'multiplicative' as const, smoothing: 1, chunk: 0 };
  const y = (alphas: number[], bound: number) => {
    const shape = { length: 6, width, layers: 1 };
    const mixer = las.create(shape, { ...options, heads: 4, alphas, bound });
    const p = Object.fromEntries(
      named(mixer.parameters).map(({ name, shape }) => [
        name,
        tf.sin(tf.range(1, 1 + tf.util.sizeFromShape(shape))).reshape(shape),
      ]),
    );
    const x = tf.reshape(tf.sin(tf.range(0, 24)), [1, 6, width]);
    return mixer.apply(x, p, {}).dataSync();
  };
  const [ours, given] = [y([], 0.4), y([0, 0.004, 0.04, 0.4], 1)];
  ours.forEach((value, i) => expect(value).toBeCloseTo(given[i]!, 5));
});

it('refuses rates that are not one a head, and an even number of averaged weights', () => {
  const shape = { length: 4, width, layers: 1 };
  const options = { ...common, decay: 'additive' as const, smoothing: 3, chunk: 0 };
  expect(() => las.create(shape, { ...options, alphas: [0, 0.1, 0.2] })).toThrow(
    /alphas: there are 3 rates for 2 heads/,
  );
  expect(() => las.create(shape, { ...options, smoothing: 2 })).toThrow(
    /smoothing: 2 is even; expected one of 1, 3, 5/,
  );
});

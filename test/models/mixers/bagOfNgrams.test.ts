import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { createModel } from '../../../models/backbone/backbone.ts';
import { bagOfNgrams } from '../../../models/mixers/bagOfNgrams.ts';
import { randomParameters, stream } from '../parity.ts';
import { affine, gelu, layerNorm, type Flat, type Sequence } from '../reference.ts';
import { checkParity, measureReach, width } from './check.ts';

beforeAll(() => tf.setBackend('cpu'));

function naive(x: Sequence, p: Flat, real: boolean[], window: number): Sequence {
  const f = x.map((_, i) => {
    const near = Array.from({ length: window }, (_, t) => x[i - (window - 1) + t] ?? zeros).flat();
    return affine([near], p.window!, p.windowBias!)[0]!.map(gelu);
  });
  const tokens = f.filter((_, i) => real[i]);
  const mean = zeros.map((_, c) => tokens.reduce((sum, row) => sum + row[c]!, 0) / tokens.length);
  const [bag] = affine([layerNorm(mean, p['norm.gain']!, p['norm.bias']!)], p.bag!, p.outputBias!);
  return affine(f, p.own!, zeros).map((row) => row.map((value, c) => value + bag![c]!));
}

const zeros = new Array<number>(width).fill(0);

it.each([
  { length: 1, window: 3 },
  { length: 2, window: 1 },
  { length: 9, window: 3 },
])('agrees with loops over positions: %o', ({ length, window }) => {
  const mixer = bagOfNgrams.create({ length, width, layers: 2 }, { window });
  for (const isPadded of [false, true]) {
    checkParity(mixer, length, (x, p, real) => naive(x, p, real, window), isPadded);
  }
});

it('sees everything', () => {
  const mixer = bagOfNgrams.create({ length: 33, width, layers: 2 }, { window: 3 });
  expect(mixer.reach).toBe(Infinity);
  expect(measureReach(mixer, 33)).toBe(32);
});

/** Logits of a whole model, two blocks of windows of 3: it sees windows of 5. */
function logits(sequences: string[], readout: 'pool' | 'query'): number[][] {
  const shape = {
    length: sequences[0]!.length,
    vocabulary: 27,
    classes: 3,
    readout,
    padded: false,
  };
  const size = { layers: 2, width: 8, parameters: 2500 };
  const model = createModel(bagOfNgrams, { window: 3 }, shape, size);
  const p: Record<string, Tensor> = {};
  const parameters = [...model.parameters, ...model.classifierParameters];
  for (const [name, { shape, values }] of Object.entries(
    randomParameters(parameters, stream('bag')),
  )) {
    p[name] = tf.tensor(Float32Array.from(values), shape);
  }
  const tokens = sequences.map((text) => [...text].map((letter) => letter.charCodeAt(0) - 96));
  return tf.tidy(
    () => model.classify(tf.tensor2d(tokens, undefined, 'int32'), p).arraySync() as number[][],
  );
}

const difference = ([a, b]: number[][]): number =>
  Math.max(...a!.map((value, c) => Math.abs(value - b![c]!)));

it.each(['pool', 'query'] as const)(
  'sees a sequence through its 5-grams only, in a model of two blocks of 3: %s',
  (readout) => {
    // Between equal contexts of 4 letters, two pieces change places: no 5-gram is new or lost.
    const same = ['startwxyzonewxyztwotwowxyztheend', 'startwxyztwotwowxyzonewxyztheend'];
    expect(ngrams(same[0]!, 5)).toEqual(ngrams(same[1]!, 5));
    expect(difference(logits(same, readout))).toBeLessThan(1e-5);
    // With contexts of 3 letters, all 4-grams are the same and some 5-grams are not.
    const other = ['startxyzonexyztwotwoxyztheend', 'startxyztwotwoxyzonexyztheend'];
    expect(ngrams(other[0]!, 4)).toEqual(ngrams(other[1]!, 4));
    expect(ngrams(other[0]!, 5)).not.toEqual(ngrams(other[1]!, 5));
    expect(difference(logits(other, readout))).toBeGreaterThan(1e-4);
  },
);

const ngrams = (text: string, n: number): string[] =>
  Array.from({ length: text.length - n + 1 }, (_, i) => text.slice(i, i + n)).sort();

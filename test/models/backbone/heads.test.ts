import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { createModel } from '../../../models/backbone/backbone.ts';
import { classifierParameters, classify } from '../../../models/backbone/heads.ts';
import { tensorsOf } from '../../../models/parameters.ts';
import { parseOptions } from '../../../models/options.ts';
import { findMixer } from '../../../models/registry.ts';
import { asBatch, expectParity, randomInput, randomParameters, stream } from '../parity.ts';
import { affine, gelu } from '../reference.ts';

beforeAll(() => tf.setBackend('cpu'));

const width = 3;

it('judges a pair by x1, x2, their product and their difference', () => {
  const random = stream('pair');
  const parameters = classifierParameters(2, 2, width);
  const read = randomInput([4, width], random);
  expectParity(
    { read, ...randomParameters(parameters, random) },
    ({ read, ...p }) => classify(read!, tensorsOf(parameters, p)),
    ({ read, ...p }) =>
      asBatch(read!, [2, 2, width]).flatMap(([x1, x2]) => {
        const both = x1!.map((a, c) => [a, x2![c]!] as const);
        const features = [
          ...x1!,
          ...x2!,
          ...both.map(([a, b]) => a * b),
          ...both.map(([a, b]) => a - b),
        ];
        const [hidden] = affine([features], p['pair.weight']!, p['pair.bias']!);
        return affine([hidden!.map(gelu)], p.weight!, p.bias!).flat();
      }),
    [1, 0.7, 1.3, 0.6],
  );
});

it('encodes each document on its own: the other one does not reach it before the head', () => {
  const length = 5;
  const shape = {
    length,
    documents: 2,
    vocabulary: 9,
    classes: 2,
    readout: 'pool',
    padded: true,
  } as const;
  const mixer = findMixer('transformer');
  const options = parseOptions(mixer, { heads: 2 });
  const model = createModel(mixer, options, shape, { layers: 1, width: 4, parameters: 600 });
  const random = stream('documents');
  const p: Record<string, Tensor> = {};
  for (const parameter of [
    ...model.parameters,
    ...model.classifierParameters,
    ...model.tokenHeadParameters,
  ]) {
    const { name, shape } = parameter;
    p[name] = tf.tensor(Float32Array.from(randomInput(shape, random).values), shape);
  }
  const tokens = (rows: number[][]) => tf.tensor2d(rows, undefined, 'int32');
  const [a, b, c] = [
    [1, 2, 3, 4, 5],
    [6, 7, 8, 0, 0],
    [3, 1, 2, 2, 0],
  ];
  expect(model.classify(tokens([[...a, ...b]]), p).shape).toEqual([1, 2]);
  const logits = (first: number[], second: number[]) =>
    model.predictTokens(tokens([[...first, ...second]]), p).arraySync() as number[][][];
  expect(logits(a, b)[0]).toEqual(logits(a, c)[0]);
  expect(logits(a, b)[1]).toEqual(logits(c, b)[1]);
  expect(logits(a, b)[1]).not.toEqual(logits(a, c)[1]);
});

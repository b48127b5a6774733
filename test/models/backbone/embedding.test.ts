import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { embed, embeddingParameters } from '../../../models/backbone/embedding.ts';
import { named, tensorsOf } from '../../../models/parameters.ts';
import { countParameters } from '../../../models/backbone/size.ts';
import { expectParity, randomParameters, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

const width = 3;

it('looks tokens up in a table with a row for every id and the mask token', () => {
  const shape = { vocabulary: 5, input: 'tokens' } as const;
  const parameters = embeddingParameters(shape, width);
  const rows = [
    [0, 5, 2],
    [4, 4, 1],
  ];
  const random = stream('tokens');
  expectParity(
    randomParameters(parameters, random),
    (p) => embed(tf.tensor2d(rows, undefined, 'int32'), shape.vocabulary, tensorsOf(parameters, p)),
    ({ embedding }) =>
      rows.flat().flatMap((id) => [0, 1, 2].map((c) => embedding![id * width + c]!)),
    Array.from({ length: 18 }, () => random() + 0.5),
  );
});

it('maps grey levels linearly, from black at -1 to white at 1, and hides masked ones', () => {
  const shape = { vocabulary: 257, input: 'levels' } as const;
  const parameters = embeddingParameters(shape, width);
  expect(countParameters(named(parameters))).toBe(3 * width);
  const mask = shape.vocabulary;
  const rows = [[1, 256, 129, mask, 77]];
  const random = stream('levels');
  expectParity(
    randomParameters(parameters, random),
    (p) => embed(tf.tensor2d(rows, undefined, 'int32'), shape.vocabulary, tensorsOf(parameters, p)),
    ({ level, levelBias }) =>
      rows.flat().flatMap((id) => {
        const [value, hidden] = id === mask ? [0, 1] : [(2 * (id - 1)) / 255 - 1, 0];
        return [0, 1, 2].map(
          (c) => value * level![c]! + hidden * level![width + c]! + levelBias![c]!,
        );
      }),
    Array.from({ length: 15 }, () => random() + 0.5),
  );
});

import tf from '@tensorflow/tfjs';
import { beforeAll, it } from 'vitest';
import { layerNorm } from '../../../models/ops/norm.ts';
import { asBatch, expectParity, randomInput, stream } from '../parity.ts';
import * as reference from '../reference.ts';

beforeAll(() => tf.setBackend('cpu'));

it.each([1, 4, 7])('normalises %i channels, with the gradients of its formula', (width) => {
  const random = stream(`norm/${width}`);
  const shape = [2, 3, width];
  expectParity(
    {
      x: randomInput(shape, random, 3),
      gain: randomInput([width], random),
      bias: randomInput([width], random),
    },
    ({ x, gain, bias }) => layerNorm(x!, { gain: gain!, bias: bias! }),
    ({ x, gain, bias }) =>
      asBatch(x!, shape)
        .flat()
        .flatMap((row) => reference.layerNorm(row, gain!, bias!)),
    Array.from({ length: 6 * width }, () => random() + 0.5),
  );
});

import tf from '@tensorflow/tfjs';
import { beforeAll, it } from 'vitest';
import { dense, denseColumns } from '../../../models/ops/dense.ts';
import { asBatch, expectParity, randomInput, stream } from '../parity.ts';
import { affine } from '../reference.ts';

beforeAll(() => tf.setBackend('cpu'));

const random = stream('dense');
const shape = [2, 5, 3];
const inputs = {
  x: randomInput(shape, random),
  weight: randomInput([3, 4], random),
  bias: randomInput([4], random),
};
const weights = Array.from({ length: 2 * 5 * 4 }, () => random() + 0.5);

it('maps the channels of every position', () => {
  expectParity(
    inputs,
    ({ x, weight, bias }) => dense(x!, weight!, bias),
    ({ x, weight, bias }) =>
      asBatch(x!, shape).flatMap((rows) => affine(rows, weight!, bias!).flat()),
    weights,
  );
});

it('gives the same with the positions innermost', () => {
  expectParity(
    inputs,
    ({ x, weight, bias }) => denseColumns(x!, weight!, bias!),
    ({ x, weight, bias }) =>
      asBatch(x!, shape).flatMap((rows) => {
        const y = affine(rows, weight!, bias!);
        return y[0]!.flatMap((_, channel) => y.map((row) => row[channel]!));
      }),
    weights,
  );
});

import tf from '@tensorflow/tfjs';
import { beforeAll, it } from 'vitest';
import { scaledGelu } from '../../../models/ops/activations.ts';
import { expectParity, randomInput, stream } from '../parity.ts';
import { gelu } from '../reference.ts';

beforeAll(() => tf.setBackend('cpu'));

it('is √2 · GELU(√2 · z), with its gradient', () => {
  const random = stream('gelu');
  expectParity(
    { z: randomInput([40], random, 4) },
    ({ z }) => scaledGelu(z!),
    ({ z }) => Array.from(z!, (value) => Math.SQRT2 * gelu(Math.SQRT2 * value)),
    Array.from({ length: 40 }, () => random() + 0.5),
  );
});

import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { extensionOf } from '../../../models/backbone/extension.ts';
import type { ModelShape } from '../../../models/backbone/shape.ts';
import { parseOptions } from '../../../models/options.ts';
import { named, tensorsOf } from '../../../models/parameters.ts';
import { findMixer, mixers } from '../../../models/registry.ts';
import { randomInput, randomParameters, relativeError, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

const shape: ModelShape = {
  ...{ length: 256, input: 'tokens', vocabulary: 30, classes: 4 },
  ...{ readout: 'query', padded: false },
};
const size = { layers: 2, width: 64, parameters: 108_000, shift: 'learned' } as const;
const asked = (name: string, given: Record<string, unknown> = {}) => {
  const mixer = findMixer(name);
  return extensionOf(mixer, parseOptions(mixer, given), shape, size, 1024);
};

describe.each(mixers.map((definition) => ({ name: definition.name, definition })))(
  '$name beyond its length',
  ({ name, definition }) => {
    it('cannot be tested exactly if a parameter counts positions', () => {
      const options = parseOptions(definition, {});
      const mixer = definition.create({ length: 256, width: 64, layers: 2 }, options);
      const counts =
        mixer.positions === 'learned' ||
        named(mixer.parameters).some(({ perPosition }) => perPosition);
      const found = asked(name);
      expect(found.extends).toBe(!counts);
      if (!found.extends) expect(found.reason).toMatch(/^Its parameter \S+ is .*never trained\.$/);
    });

    it('says so where the length itself changes what it does', () => {
      const atLength = (length: number) =>
        named(
          definition.create({ length, width: 64, layers: 2 }, parseOptions(definition, {}))
            .parameters,
        );
      const shapes = (length: number) => atLength(length).map((own) => own.shape.join());
      // Positions that the backbone adds are no part of the mixer.
      if (shapes(256).join(' ') !== shapes(1024).join(' ')) return;
      const width = 8;
      const given = 'heads' in definition.options.shape ? { heads: 2 } : {};
      const options = parseOptions(definition, given);
      const short = 128;
      const output = (length: number): Float32Array =>
        tf.tidy(() => {
          const mixer = definition.create({ length, width, layers: 2 }, options);
          const drawn = randomParameters(mixer.parameters, stream('extension'));
          const tensors: Record<string, Tensor> = {};
          for (const [path, { shape, values }] of Object.entries(drawn))
            tensors[path] = tf.tensor(Float32Array.from(values), shape);
          // The same tokens first; what follows is unseen by a causal mixer, and padding for others.
          const values = new Float32Array(length * width);
          values.set(Float32Array.from(randomInput([1, short, width], stream('input')).values));
          const mask = tf.tensor2d(
            Array.from({ length }, (_, at) => (at < short ? 1 : 0)),
            [1, length],
          );
          const x = tf.tensor3d(values, [1, length, width]);
          const input = definition.causal ? {} : { mask };
          const y = mixer.apply(x, tensorsOf(mixer.parameters, tensors), input);
          return y.dataSync().slice(0, short * width) as Float32Array;
        });
      const error = relativeError(output(2 * short), output(short));
      expect(error > 1e-4, `relative error ${error}`).toBe(
        definition.stretches?.(options) !== undefined,
      );
    });
  },
);

describe('a model', () => {
  it('can be tested with rotary, sinusoidal, ALiBi or no positions, not with learned ones', () => {
    for (const positions of ['rotary', 'sinusoidal', 'alibi', 'none'])
      expect(asked('transformer', { positions }).extends, positions).toBe(true);
    expect(asked('transformer', { positions: 'learned' })).toEqual({
      extends: false,
      reason: expect.stringContaining(
        'positions is [256, 64] at 256 tokens and [1024, 64] at 1024',
      ),
    });
  });
});

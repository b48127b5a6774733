/** What every mixer of the registry claims about what it can see, at lengths that are in use. */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Mixer } from '../../../models/mixer.ts';
import { mixers, parseOptions } from '../../../models/registry.ts';
import { randomInput, randomParameters, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

const width = 8;

/** Options that suit so few channels. */
const small: Record<string, unknown> = { heads: 2 };

function create(definition: (typeof mixers)[number], length: number): Mixer {
  const known = Object.entries(small).filter(([name]) => name in definition.options.shape);
  const options = parseOptions(definition, Object.fromEntries(known));
  return definition.create({ length, width, layers: 2 }, options) as Mixer;
}

/** The mixer as a function of its input, with one draw of parameters; the last position alone or all. */
function outputOf(mixer: Mixer, length: number, lastOnly: boolean) {
  const drawn = randomParameters(mixer.parameters, stream('properties'));
  const parameters: Record<string, Tensor> = {};
  for (const [name, { shape, values }] of Object.entries(drawn))
    parameters[name] = tf.tensor(Float32Array.from(values), shape);
  return (x: Float32Array) =>
    tf.tidy(() => {
      const y = mixer.apply(tf.tensor3d(x, [1, length, width]), parameters, { lastOnly });
      return y.dataSync().slice(-width * (lastOnly ? 1 : length));
    });
}

/** The input with all channels of one token changed. */
function changedAt(x: Float32Array, position: number): Float32Array {
  const other = x.slice();
  for (let c = 0; c < width; c++) other[position * width + c]! += c % 2 ? 3 : -2;
  return other;
}

const inputOf = (length: number) =>
  Float32Array.from(randomInput([1, length, width], stream('input')).values);

describe.each(mixers.map((definition) => ({ name: definition.name, definition })))(
  '$name',
  ({ definition }) => {
    it('reaches as far as it says from the last of 1,024 tokens, and not one further', () => {
      const length = 1024;
      const mixer = create(definition, length);
      const output = outputOf(mixer, length, true);
      const x = inputOf(length);
      const original = output(x);
      const last = length - 1;
      const farthest = Math.min(last, mixer.reach);
      expect(output(changedAt(x, last - farthest))).not.toEqual(original);
      if (farthest < last) {
        for (const distance of [farthest + 1, Math.min(last, 2 * farthest), last]) {
          expect(output(changedAt(x, last - distance))).toEqual(original);
        }
      }
    });

    it.runIf(definition.causal)('never sees the future', () => {
      const length = 70;
      const output = outputOf(create(definition, length), length, false);
      const x = inputOf(length);
      const original = output(x);
      for (const position of [1, 33, length - 1]) {
        const changed = output(changedAt(x, position));
        expect(changed.slice(0, position * width)).toEqual(original.slice(0, position * width));
        expect(changed.slice(position * width)).not.toEqual(original.slice(position * width));
      }
    });

    it.runIf(!definition.causal)('sees the future too', () => {
      const length = 70;
      const output = outputOf(create(definition, length), length, false);
      const x = inputOf(length);
      const first = (y: ArrayLike<number>) => Array.from(y).slice(0, width);
      expect(first(output(changedAt(x, 1)))).not.toEqual(first(output(x)));
    });
  },
);

/** What every mixer of the registry claims about what it can see, at lengths that are in use. */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { reachThrough, type Mixer } from '../../../models/mixer.ts';
import { named, tensorsOf } from '../../../models/parameters.ts';
import { parseOptions } from '../../../models/options.ts';
import { mixers } from '../../../models/registry.ts';
import { overwriting, remembering } from '../remembering.ts';
import { randomInput, randomParameters, relativeError, sizeOf, stream } from '../parity.ts';

beforeAll(() => tf.setBackend('cpu'));

const width = 8;

/** Options that suit so few channels. */
const small: Record<string, unknown> = { heads: 2 };

/** Layers that a mixer needs to see everything, where it is not one. */
const layersOf: Record<string, number> = { sparse: 2 };

function create(definition: (typeof mixers)[number], length: number): Mixer {
  const known = Object.entries(small).filter(([name]) => name in definition.options.shape);
  const options = parseOptions(definition, Object.fromEntries(known));
  return definition.create({ length, width, layers: 2 }, options);
}

interface Asked {
  length: number;
  /** The last position alone, asked for as the backbone does. */
  lastOnly: boolean;
  /** Layers, one after the other with residuals between them. */
  layers?: number;
  /** Parameters that are not drawn but constant. */
  constant?: Record<string, number> | undefined;
}

/** The mixer as a function of its input, with one draw of parameters. */
function outputOf(mixer: Mixer, { length, lastOnly, layers = 1, constant = {} }: Asked) {
  const drawn = randomParameters(mixer.parameters, stream('properties'));
  const parameters: Record<string, Tensor> = {};
  for (const [name, { shape, values }] of Object.entries(drawn)) {
    const set = constant[name];
    parameters[name] =
      set === undefined ? tf.tensor(Float32Array.from(values), shape) : tf.fill(shape, set);
  }
  const tensors = tensorsOf(mixer.parameters, parameters);
  return (input: Float32Array) =>
    tf.tidy(() => {
      let x: Tensor = tf.tensor3d(input, [1, length, width]);
      for (let n = 1; n < layers; n++) x = tf.add(x, mixer.apply(x, tensors, {}));
      const y = mixer.apply(x, tensors, { lastOnly });
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
  ({ name, definition }) => {
    it('reaches as far as it says from the last of 1,024 tokens, and not one further', () => {
      const length = 1024;
      const mixer = create(definition, length);
      const layers = layersOf[name] ?? 1;
      const output = outputOf(mixer, {
        ...{ length, lastOnly: true, layers },
        constant: remembering[name],
      });
      const x = inputOf(length);
      const last = length - 1;
      if (overwriting.includes(name)) x.fill(0, width, last * width);
      const original = output(x);
      const farthest = Math.min(last, reachThrough(mixer, layers));
      expect(output(changedAt(x, last - farthest))).not.toEqual(original);
      if (farthest < last) {
        for (const distance of [farthest + 1, Math.min(last, 2 * farthest), last]) {
          expect(output(changedAt(x, last - distance))).toEqual(original);
        }
      }
    });

    it('starts alike at every length: no memory is fitted to the task', () => {
      const starts = [128, 1024].map((length) =>
        named(create(definition, length).parameters)
          .filter(({ perPosition }) => !perPosition)
          .map(({ name, shape, initialise }) => ({
            name,
            shape,
            values: initialise(sizeOf(shape), stream(name)),
          })),
      );
      expect(starts[0]).toEqual(starts[1]);
    });

    it.runIf(definition.causal)('never sees the future', () => {
      const length = 70;
      const output = outputOf(create(definition, length), { length, lastOnly: false });
      const x = inputOf(length);
      const original = output(x);
      for (const position of [1, 33, length - 1]) {
        const changed = output(changedAt(x, position));
        const at = position * width;
        expect(changed.slice(0, at)).toEqual(original.slice(0, at));
        expect(relativeError(changed.slice(at), original.slice(at))).toBeGreaterThan(1e-3);
      }
    });

    it.runIf(!definition.causal)('sees the future too', () => {
      const length = 70;
      const output = outputOf(create(definition, length), { length, lastOnly: false });
      const x = inputOf(length);
      const first = (y: ArrayLike<number>) => Array.from(y).slice(0, width);
      expect(first(output(changedAt(x, 1)))).not.toEqual(first(output(x)));
    });
  },
);

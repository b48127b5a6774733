/** The step back by one token, with every mixer of the registry: what it may see, and how far. */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel, type Model } from '../../../models/backbone/backbone.ts';
import type { ModelShape } from '../../../models/backbone/shape.ts';
import { shiftTokens } from '../../../models/backbone/shift.ts';
import { countParameters, type Size } from '../../../models/backbone/size.ts';
import { parseOptions } from '../../../models/options.ts';
import { mixers } from '../../../models/registry.ts';
import { asBatch, expectParity, randomInput, randomParameters, stream } from '../parity.ts';
import { remembering } from '../remembering.ts';

beforeAll(() => tf.setBackend('cpu'));

const vocabulary = 9;
const length = 64;
const layers = 2;
const size: Size = { layers, width: 8, parameters: 6000 };

/** Options that suit so few channels, and a reach that is shorter than the sequence where it is bounded. */
const small: Record<string, unknown> = { heads: 2, window: 5, block: 8 };

function create(definition: (typeof mixers)[number], shift: Size['shift'], change = {}): Model {
  const known = Object.entries(small).filter(([name]) => name in definition.options.shape);
  const shape: ModelShape = {
    ...{ length, vocabulary, classes: 3, readout: 'query', padded: false },
    ...change,
  };
  return createModel(definition, parseOptions(definition, Object.fromEntries(known)), shape, {
    ...size,
    shift,
  });
}

function drawn(
  { parameters, classifierParameters, tokenHeadParameters }: Model,
  constant: Record<string, number> = {},
): Record<string, Tensor> {
  const all = [...parameters, ...classifierParameters, ...tokenHeadParameters];
  const values = randomParameters(all, stream('shift'));
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, values }]) => {
      const set = constant[name.replace(/^.*\.mixer\./, '')];
      const tensor =
        set === undefined ? tf.tensor(Float32Array.from(values), shape) : tf.fill(shape, set);
      return [name, tensor];
    }),
  );
}

const tokensOf = (count: number) => {
  const random = stream('tokens');
  return Array.from({ length: count }, () => 1 + Math.floor(random() * (vocabulary - 1)));
};
const changedAt = (tokens: number[], at: number) =>
  tokens.with(at, (tokens[at]! % (vocabulary - 1)) + 1);
const row = (tokens: number[]) => tf.tensor2d([tokens], undefined, 'int32');

it('adds the token before, through a matrix, and nothing to the first', () => {
  const width = 3;
  const random = stream('formula');
  const shape = [2, 4, width];
  expectParity(
    { x: randomInput(shape, random), shift: randomInput([width, width], random) },
    ({ x, shift }) => shiftTokens(x!, shift),
    ({ x, shift }) =>
      asBatch(x!, shape).flatMap((sequence) =>
        sequence.flatMap((token, i) =>
          token.map((value, c) =>
            (sequence[i - 1] ?? []).reduce((sum, y, k) => sum + y * shift![k * width + c]!, value),
          ),
        ),
      ),
    Array.from({ length: 2 * 4 * width }, () => random() + 0.5),
  );
});

it('is a matrix in the matched count, and absent by default', () => {
  const [without, by, none] = [undefined, 'learned' as const, 'none' as const].map((shift) =>
    create(mixers[0]!, shift),
  );
  expect(none!.parameters.map(({ name }) => name)).toEqual(
    without!.parameters.map(({ name }) => name),
  );
  const own = by!.parameters.filter(({ name }) => name === 'shift');
  expect(countParameters(own)).toBe(size.width ** 2);
  expect(by!.parameterCount + by!.positionParameterCount).toBe(
    countParameters([...by!.parameters, ...by!.classifierParameters]),
  );
});

it('gets nothing from padding: what stands for it changes no answer', () => {
  for (const definition of mixers) {
    const model = create(definition, 'learned', { readout: 'pool', padded: true });
    const p = drawn(model);
    const tokens = row([...tokensOf(length - 9), ...new Array<number>(9).fill(0)]);
    const answer = () => tf.tidy(() => [...model.classify(tokens, p).dataSync()]);
    const original = answer();
    const table = p.embedding!;
    p.embedding = tf.concat([tf.ones([1, size.width]), tf.slice(table, [1, 0])]);
    answer().forEach((value, c) => expect(value, definition.name).toBeCloseTo(original[c]!, 4));
  }
});

describe.each(mixers.map((definition) => ({ name: definition.name, definition })))(
  '$name',
  ({ definition }) => {
    const model = create(definition, 'learned');

    it('reaches one token further than without it, and not two', () => {
      const without = create(definition, 'none').reach;
      expect(model.reach).toBe(without + 1);
      const p = drawn(model, remembering[definition.name]);
      const tokens = tokensOf(length);
      const answer = (tokens: number[]) =>
        tf.tidy(() => [...model.classify(row(tokens), p).dataSync()]);
      const original = answer(tokens);
      const last = length - 1;
      const farthest = Math.min(model.reach, last);
      expect(answer(changedAt(tokens, last - farthest))).not.toEqual(original);
      for (const distance of [farthest + 1, farthest + 2, last]) {
        if (distance <= farthest || distance > last) continue;
        expect(answer(changedAt(tokens, last - distance)), `distance ${distance}`).toEqual(
          original,
        );
      }
    });

    it.runIf(definition.causal)('never sees the future', () => {
      const p = drawn(model);
      const tokens = tokensOf(length);
      const logits = (tokens: number[]) =>
        (tf.tidy(() => model.predictTokens(row(tokens), p).arraySync()) as number[][][])[0]!;
      const original = logits(tokens);
      for (const at of [1, 33, length - 1]) {
        const other = logits(changedAt(tokens, at));
        expect(other.slice(0, at)).toEqual(original.slice(0, at));
        expect(other.slice(at)).not.toEqual(original.slice(at));
      }
    });

    it('does not step from one document into the other', () => {
      const pair = create(definition, 'learned', { documents: 2 });
      const p = drawn(pair);
      const tokens = tokensOf(2 * length);
      const logits = (tokens: number[]) =>
        tf.tidy(() => pair.predictTokens(row(tokens), p).arraySync()) as number[][][];
      const original = logits(tokens);
      const other = logits(changedAt(tokens, length - 1));
      expect(other[0]).not.toEqual(original[0]);
      expect(other[1]).toEqual(original[1]);
    });
  },
);

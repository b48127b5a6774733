import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel, type Model } from '../../../models/backbone/backbone.ts';
import type { ModelShape } from '../../../models/backbone/shape.ts';
import { alibiSlopes, sinusoidalTable } from '../../../models/attention/positions.ts';
import { parseOptions } from '../../../models/options.ts';
import { findMixer } from '../../../models/registry.ts';
import type { Size } from '../../../models/backbone/size.ts';
import { expectParity, randomParameters, sizeOf, stream } from '../parity.ts';
import * as reference from '../reference.ts';

beforeAll(() => tf.setBackend('cpu'));

const width = 4;
const layers = 2;
const vocabulary = 5;
const size: Size = { layers, width, parameters: 500 };

function build(
  name: string,
  options: Record<string, unknown>,
  shape: ModelShape,
  at = size,
): Model {
  const mixer = findMixer(name);
  return createModel(mixer, parseOptions(mixer, options), shape, at);
}

/** The parameters of a flat record under a prefix. */
function within(p: reference.Flat, prefix: string): reference.Flat {
  const own = Object.keys(p).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(own.map((name) => [name.slice(prefix.length), p[name]!]));
}

type Mix = (x: reference.Sequence, p: reference.Flat, real: boolean[]) => reference.Sequence;

/** Final normalised channels of one sequence, by the formula at the top of the backbone. */
function encode(tokens: number[], p: reference.Flat, mix: Mix, positions?: ArrayLike<number>) {
  const real = tokens.map((token) => token !== 0);
  const norm = (x: reference.Sequence, name: string) =>
    x.map((row) => reference.layerNorm(row, p[`${name}.gain`]!, p[`${name}.bias`]!));
  const plus = (x: reference.Sequence, y: reference.Sequence) =>
    x.map((row, i) => row.map((value, c) => value + y[i]![c]!));
  const embedded = tokens.map((token) =>
    Array.from({ length: width }, (_, c) => p.embedding![token * width + c]!),
  );
  const zero = new Array<number>(width).fill(0);
  let x = embedded.map((row, i) => {
    const [before] = p.shift ? reference.affine([embedded[i - 1] ?? zero], p.shift, zero) : [zero];
    return row.map((value, c) => value + before![c]! + (positions?.[i * width + c] ?? 0));
  });
  for (let n = 0; n < layers; n++) {
    x = plus(x, mix(norm(x, `block${n}.norm1`), within(p, `block${n}.mixer.`), real));
    const ff = within(p, `block${n}.feedForward.`);
    const hidden = reference.affine(norm(x, `block${n}.norm2`), ff.up!, ff.upBias!);
    x = plus(
      x,
      reference.affine(
        hidden.map((row) => row.map(reference.gelu)),
        ff.down!,
        ff.downBias!,
      ),
    );
  }
  return norm(x, 'norm');
}

/** Mean of the rows that are no padding, or the last row. */
function readOut(x: reference.Sequence, tokens: number[], { readout, padded }: ModelShape) {
  if (readout === 'query') return x.at(-1)!;
  const kept = x.filter((_, i) => !padded || tokens[i] !== 0);
  return kept[0]!.map((_, c) => kept.reduce((sum, row) => sum + row[c]!, 0) / kept.length);
}

const attention =
  (positions: string, window?: number): Mix =>
  (x, p, real) =>
    reference.attention(
      x,
      p,
      { heads: 2, positions, ...(window !== undefined && { window }) },
      real,
      alibiSlopes(2),
    );

const cases: [string, Record<string, unknown>, Mix][] = [
  ['transformer', { heads: 2, positions: 'sinusoidal' }, attention('sinusoidal')],
  ['transformer', { heads: 2, positions: 'learned' }, attention('learned')],
  ['transformer', { heads: 2, positions: 'rotary' }, attention('rotary')],
  ['local', { window: 2, heads: 2, positions: 'alibi' }, attention('alibi', 2)],
  ['s4d', { state: 4 }, (x, p, real) => reference.s4d(x, p, 4, real)],
];

const everyCase = cases.flatMap(([name, options, mix]) =>
  (['none', 'learned'] as const).map((shift) => ({ name, options, shift, mix })),
);

describe.each(everyCase)('$name $options, shift $shift,', ({ name, options, shift, mix }) => {
  const check = (
    shape: ModelShape,
    rows: number[][],
    program: (model: Model, tokens: Tensor, p: Record<string, Tensor>) => Tensor,
    naive: (p: reference.Flat, encoded: reference.Sequence, tokens: number[]) => number[],
    head: 'classifierParameters' | 'tokenHeadParameters',
    count: number,
  ) => {
    const model = build(name, options, shape, { ...size, shift });
    const random = stream(`${name}/${shape.length}`);
    const inputs = randomParameters([...model.parameters, ...model[head]], random);
    const table =
      options.positions === 'sinusoidal'
        ? sinusoidalTable(shape.length, width).map((value) => 0.2 * value)
        : undefined;
    expectParity(
      inputs,
      (p) => program(model, tf.tensor2d(rows, undefined, 'int32'), p),
      (p) =>
        rows.flatMap((tokens) => naive(p, encode(tokens, p, mix, p.positions ?? table), tokens)),
      Array.from({ length: count }, () => random() + 0.5),
    );
  };

  it('classifies like loops over positions, by the mean over what is no padding', () => {
    const shape: ModelShape = { length: 5, vocabulary, classes: 3, readout: 'pool', padded: true };
    check(
      shape,
      [
        [1, 4, 2, 0, 0],
        [3, 1, 1, 2, 5],
      ],
      (model, tokens, p) => model.classify(tokens, p),
      (p, x, tokens) =>
        reference
          .affine([readOut(x, tokens, shape)], p['classifier.weight']!, p['classifier.bias']!)
          .flat(),
      'classifierParameters',
      6,
    );
  });

  it.each([1, 7])('classifies like loops over positions, by the last of %i', (length) => {
    const shape: ModelShape = { length, vocabulary, classes: 3, readout: 'query', padded: false };
    check(
      shape,
      [Array.from({ length }, (_, i) => 1 + (i % 4))],
      (model, tokens, p) => model.classify(tokens, p),
      (p, x, tokens) =>
        reference
          .affine([readOut(x, tokens, shape)], p['classifier.weight']!, p['classifier.bias']!)
          .flat(),
      'classifierParameters',
      3,
    );
  });

  it('answers at several positions like loops over positions', () => {
    const [length, positions] = [6, [1, 3, 5]];
    const shape: ModelShape = { length, vocabulary, classes: 3, readout: 'query', padded: false };
    const rows = [0, 1].map((b) => Array.from({ length }, (_, i) => 1 + ((i * (b + 2)) % 4)));
    check(
      shape,
      rows,
      (model, tokens, p) => model.classifyAt(tokens, p, positions),
      (p, x) => {
        const read = positions.map((at) => x[at]!);
        return reference.affine(read, p['classifier.weight']!, p['classifier.bias']!).flat();
      },
      'classifierParameters',
      2 * 3 * positions.length,
    );
  });

  it('predicts tokens like loops over positions', () => {
    const shape: ModelShape = { length: 3, vocabulary, classes: 3, readout: 'pool', padded: false };
    check(
      shape,
      [[1, 5, 2]],
      (model, tokens, p) => model.predictTokens(tokens, p),
      (p, x) => reference.affine(x, p['tokenHead.weight']!, p['tokenHead.bias']!).flat(),
      'tokenHeadParameters',
      3 * vocabulary,
    );
  });
});

describe('classifyAt', () => {
  const shape: ModelShape = { length: 7, vocabulary, classes: 3, readout: 'query', padded: false };
  const tokensOf = (count: number) =>
    tf.tensor2d(
      [0, 1].map((b) => Array.from({ length: count }, (_, i) => 1 + ((3 * i + b) % 4))),
      undefined,
      'int32',
    );

  it.each([
    ['one document', { ...shape }],
    ['two documents', { ...shape, documents: 2 }],
  ] as const)('gives at the last position what classify gives, for %s', (_, shape) => {
    const model = build('transformer', { heads: 2 }, shape, { ...size, shift: 'learned' });
    const p = initialValues(model);
    const tokens = tokensOf(shape.length * ('documents' in shape ? 2 : 1));
    const last = model.classify(tokens, p).arraySync() as number[][];
    const alone = model.classifyAt(tokens, p, [6]).arraySync() as number[][][];
    expect(alone.map(([only]) => only)).toEqual(last);
    const among = model.classifyAt(tokens, p, [0, 3, 6]);
    expect(among.shape).toEqual([2, 3, 3]);
    (among.arraySync() as number[][][]).forEach((answers, b) =>
      answers[2]!.forEach((value, c) => expect(value).toBeCloseTo(last[b]![c]!, 5)),
    );
  });

  it('reads the same position of both documents of a pair', () => {
    const pair: ModelShape = { ...shape, documents: 2 };
    const model = build('mingru', {}, pair, { ...size, parameters: 900, shift: 'learned' });
    const p = initialValues(model);
    const answers = (first: number[], second: number[]) => {
      const tokens = tf.tensor2d([[...first, ...second]], undefined, 'int32');
      return (model.classifyAt(tokens, p, [2, 5]).arraySync() as number[][][])[0]!;
    };
    const document = [1, 2, 3, 4, 1, 2, 3];
    const original = answers(document, document);
    // The mixer is causal: what stands between the two positions is seen by the second one alone.
    const others = [answers(document.with(4, 4), document), answers(document, document.with(4, 4))];
    for (const other of others) {
      expect(other[0]).toEqual(original[0]);
      expect(other[1]).not.toEqual(original[1]);
    }
  });

  it.each([
    [{ ...shape, readout: 'pool' }, [6], /read-out "query"/],
    [shape, [], /not ascending places in a sequence of 7 tokens/],
    [shape, [7], /Positions 7 are not/],
    [shape, [-1, 3], /Positions -1, 3 are not/],
    [shape, [3, 3], /Positions 3, 3 are not/],
    [shape, [1.5], /Positions 1\.5 are not/],
  ] as const)('refuses what it cannot read: %o, %o', (shape, positions, message) => {
    const model = build('transformer', { heads: 2 }, shape);
    expect(() => model.classifyAt(tokensOf(7), initialValues(model), positions)).toThrow(message);
  });
});

/** Parameters of the body and the classifier at their initial values. */
function initialValues(model: Model): Record<string, Tensor> {
  return Object.fromEntries(
    [...model.parameters, ...model.classifierParameters].map(({ name, shape, initialise }) => [
      name,
      tf.tensor(initialise(sizeOf(shape), stream(name)), shape),
    ]),
  );
}

/** Logits of a model with its initial values. */
function logitsOf(model: Model): (tokens: number[]) => number[] {
  const p = initialValues(model);
  return (tokens) =>
    tf.tidy(() => [...model.classify(tf.tensor2d([tokens], undefined, 'int32'), p).dataSync()]);
}

describe('reach', () => {
  const random = stream('reach');
  const sequence = (length: number) =>
    Array.from({ length }, () => 1 + Math.floor(random() * (vocabulary - 1)));
  const changed = (tokens: number[], at: number) =>
    tokens.with(at, (tokens[at]! % (vocabulary - 1)) + 1);

  describe.each([
    ['local', { window: 3, heads: 2, positions: 'rotary' }],
    ['local', { window: 5, heads: 1, positions: 'sinusoidal' }],
    ['local', { window: 4, heads: 2, positions: 'alibi' }],
  ] as const)('%s %o', (name, options) => {
    it.each([
      ['a whole number of blocks', 40],
      ['an odd length', 37],
    ])('is exact, in %s', (_, length) => {
      const shape: ModelShape = { length, vocabulary, classes: 3, readout: 'query', padded: false };
      const model = build(name, options, shape);
      expect(model.reach).toBe(layers * options.window);
      const logits = logitsOf(model);
      const tokens = sequence(length);
      const original = logits(tokens);
      for (let distance = 0; distance < length; distance++) {
        const other = logits(changed(tokens, length - 1 - distance));
        if (distance > model.reach) expect(other, `distance ${distance}`).toEqual(original);
        if (distance === model.reach) expect(other).not.toEqual(original);
      }
    });
  });

  it.each(['transformer', 's4d'])('of %s is the whole sequence of 1,024', (name) => {
    const shape: ModelShape = {
      length: 1024,
      vocabulary,
      classes: 3,
      readout: 'query',
      padded: false,
    };
    const small = { layers: 1, width: 2, parameters: 400 };
    const options = name === 's4d' ? { state: 8 } : { heads: 1, positions: 'none' };
    const model = build(name, options, shape, small);
    expect(model.reach).toBe(Infinity);
    const logits = logitsOf(model);
    const tokens = sequence(1024);
    expect(logits(changed(tokens, 0))).not.toEqual(logits(tokens));
  });

  it.each(['transformer', 'local', 's4d'])('of %s does not include padding', (name) => {
    const shape: ModelShape = { length: 9, vocabulary, classes: 3, readout: 'pool', padded: true };
    const longer = build(name, name === 's4d' ? { state: 4 } : { heads: 2 }, shape);
    const shorter = build(name, name === 's4d' ? { state: 4 } : { heads: 2 }, {
      ...shape,
      length: 6,
    });
    const logits = logitsOf(longer)([1, 2, 3, 4, 0, 0, 0, 0, 0]);
    logitsOf(shorter)([1, 2, 3, 4, 0, 0]).forEach((value, c) =>
      expect(value).toBeCloseTo(logits[c]!, 4),
    );
  });
});

describe('parameters', () => {
  const shape: ModelShape = { length: 6, vocabulary, classes: 3, readout: 'pool', padded: false };

  it('have unique names, and heads that are apart from the body', () => {
    const model = build('local', { heads: 2, positions: 'learned' }, shape);
    const groups = [model.parameters, model.classifierParameters, model.tokenHeadParameters];
    const names = groups.flat().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(model.parameters.map(({ name }) => name)).toContain('block1.mixer.qkv');
    expect(model.tokenHeadParameters.map(({ name }) => name)).toEqual([
      'tokenHead.weight',
      'tokenHead.bias',
    ]);
  });

  it('have a row for the mask token, which is no padding', () => {
    const model = build('transformer', { heads: 2 }, { ...shape, padded: true });
    expect(model.maskToken).toBe(vocabulary);
    expect(model.parameters[0]).toMatchObject({
      name: 'embedding',
      shape: [vocabulary + 1, width],
    });
    const logits = logitsOf(model);
    expect(logits([1, 2, vocabulary, 0, 0, 0])).not.toEqual(logits([1, 2, 0, 0, 0, 0]));
  });

  it('train slowly and without decay where they are rates of a state space', () => {
    const { parameters } = build('s4d', { state: 4 }, shape);
    const rates = parameters.filter(({ learningRate }) => learningRate !== undefined);
    expect(rates.map(({ name }) => name.replace(/.*\./, ''))).toEqual([
      'logDt',
      'logReal',
      'imag',
      'logDt',
      'logReal',
      'imag',
    ]);
    for (const rate of rates) expect(rate).toMatchObject({ learningRate: 0.1, decay: false });
  });
});

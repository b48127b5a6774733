/** Models whose answers know more than their example: by place, by neighbours, by chance, and mixed. */
import fc from 'fast-check';
import { floats, int, linear, longs, message, node, tensor, text, value } from './onnx.ts';
import type { Model, Part } from './onnx.ts';

export const shape = { length: 8, classes: 3 };

const number = (name: string, entry: number): Part =>
  message(5, text(1, name), int(3, entry), int(20, 2));
const numbers = (name: string, entry: number): Part =>
  message(5, text(1, name), int(8, entry), int(20, 7));

interface Parts {
  nodes: Part[];
  initializers: Part[][];
  /** The batch must be fixed to this. */
  batch?: number;
}

/** Turns logits `from` into logits `to`, [batch, classes] both. */
type Cheat = (from: string, to: string, batch: number) => Parts;

/** Adds what the row's place in the batch says. */
const byPlace: Cheat = (from, to, batch) => ({
  nodes: [node('Add', [from, `${to}_rows`], [to])],
  initializers: [
    tensor(
      `${to}_rows`,
      1,
      [batch, shape.classes],
      floats(
        Array.from({ length: batch * shape.classes }, (_, i) =>
          i % shape.classes === Math.floor(i / shape.classes) % shape.classes ? 100 : 0,
        ),
      ),
    ),
  ],
  batch,
});

/** Takes something off that the whole batch decides. */
const overBatch =
  (operator: string): Cheat =>
  (from, to) => ({
    nodes: [
      node(operator, [from], [`${to}_all`], numbers('axes', 0)),
      node('Sub', [from, `${to}_all`], [to]),
    ],
    initializers: [],
  });

const softmaxOverBatch: Cheat = (from, to) => ({
  nodes: [node('Softmax', [from], [to], number('axis', 0))],
  initializers: [],
});

/** Adds to each row those before it. */
const sumBefore: Cheat = (from, to) => ({
  nodes: [node('CumSum', [from, `${to}_axis`], [to])],
  initializers: [tensor(`${to}_axis`, 7, [], longs([0]))],
});

/** Gives each row the answer of the one before it in the batch. */
const shifted: Cheat = (from, to, batch) => ({
  nodes: [node('Gather', [from, `${to}_order`], [to], number('axis', 0))],
  initializers: [
    tensor(
      `${to}_order`,
      7,
      [batch],
      longs(Array.from({ length: batch }, (_, i) => (i + 1) % batch)),
    ),
  ],
  batch,
});

/** Dropout in training mode; the file may hide its mode. */
const byChance =
  (hidden: boolean): Cheat =>
  (from, to) => ({
    nodes: [
      ...(hidden ? [node('Cast', [`${to}_one`], [`${to}_mode`], number('to', 9))] : []),
      node('Dropout', [from, `${to}_half`, `${to}_mode`], [to]),
    ],
    initializers: [
      tensor(`${to}_half`, 1, [], floats([0.5])),
      hidden
        ? tensor(`${to}_one`, 1, [], floats([1]))
        : tensor(`${to}_mode`, 9, [], Uint8Array.of(1)),
    ],
  });

/** A seed does not make chance an answer. */
const drawn: Cheat = (from, to) => ({
  nodes: [
    node('RandomNormalLike', [from], [`${to}_noise`], message(5, text(1, 'seed'), int(20, 1))),
    node('Add', [from, `${to}_noise`], [to]),
  ],
  initializers: [],
});

const trainingNormalisation: Cheat = (from, to) => {
  const ones = floats(new Array<number>(shape.classes).fill(1));
  const names = ['scale', 'bias', 'mean', 'variance'].map((name) => `${to}_${name}`);
  return {
    nodes: [
      node(
        'BatchNormalization',
        [from, ...names],
        [to, `${to}_m`, `${to}_v`],
        number('training_mode', 1),
      ),
    ],
    initializers: names.map((name) => tensor(name, 1, [shape.classes], ones)),
  };
};

const cheats: Record<string, Cheat> = {
  place: byPlace,
  mean: overBatch('ReduceMean'),
  largest: overBatch('ReduceMax'),
  softmax: softmaxOverBatch,
  before: sumBefore,
  shifted,
  dropout: byChance(false),
  'hidden dropout': byChance(true),
  drawn,
  normalisation: trainingNormalisation,
};

/** Steps that change nothing about what an answer knows, and may hide what does. */
const disguises: Record<string, Cheat> = {
  half: (from, to) => ({
    nodes: [
      node('Cast', [from], [`${to}_half`], number('to', 10)),
      node('Cast', [`${to}_half`], [to], number('to', 1)),
    ],
    initializers: [],
  }),
  scaled: (from, to) => ({
    nodes: [node('Mul', [from, `${to}_scale`], [to])],
    initializers: [tensor(`${to}_scale`, 1, [], floats([1e-6]))],
  }),
  offset: (from, to) => ({
    nodes: [node('Add', [from, `${to}_offset`], [to])],
    initializers: [tensor(`${to}_offset`, 1, [], floats([50]))],
  }),
  probabilities: (from, to) => ({
    nodes: [node('Softmax', [from], [to], number('axis', 1))],
    initializers: [],
  }),
};

export interface Made {
  model: Model;
  /** What was done, in order. */
  steps: string[];
  /** The same without what cheats. */
  innocent: Model;
}

/** A model that computes honest logits, or none of its own, and then takes the steps. */
export function made(steps: string[], setting: { batch: number; own: boolean }): Made {
  const innocent = steps.filter((name) => name in disguises);
  return { steps, model: modelOf(steps, setting), innocent: modelOf(innocent, setting) };
}

function modelOf(steps: string[], { batch, own }: { batch: number; own: boolean }): Model {
  const model = linear(shape.length, shape.classes);
  model.initializers.push(tensor('own', 1, [], floats([own ? 1 : 0])));
  model.nodes = [
    ...model.nodes.slice(0, 1),
    node('MatMul', ['x', 'w'], ['m']),
    node('Mul', ['m', 'own'], [steps.length === 0 ? 'logits' : 's0']),
  ];
  let fixed = false;
  steps.forEach((name, i) => {
    const step = (cheats[name] ?? disguises[name])!;
    const parts = step(`s${i}`, i === steps.length - 1 ? 'logits' : `s${i + 1}`, batch);
    model.nodes.push(...parts.nodes);
    model.initializers.push(...parts.initializers);
    fixed ||= parts.batch !== undefined;
  });
  if (fixed) model.inputs[0] = value('tokens', 6, [batch, shape.length]);
  return model;
}

const disguise = fc.constantFrom(...Object.keys(disguises));
const cheat = fc.constantFrom(...Object.keys(cheats));
const settings = fc.record({ batch: fc.integer({ min: 2, max: 12 }), own: fc.boolean() });

/** At least one cheat, after and before disguises; those that need logits of their own have them. */
export const cheating: fc.Arbitrary<Made> = fc
  .tuple(
    fc.array(
      disguise.filter((name) => name !== 'scaled'),
      { maxLength: 1 },
    ),
    fc.array(cheat, { minLength: 1, maxLength: 3 }),
    // An offset after the scaling would round everything away, the cheat as well.
    fc
      .array(disguise, { maxLength: 2 })
      .filter((steps) => !(steps[0] === 'scaled' && steps[1] === 'offset')),
    settings,
  )
  .map(([before, middle, after, { batch, own }]) =>
    made([...before, ...middle, ...after], {
      batch,
      own: own || !middle.includes('place'),
    }),
  );

export const honest: fc.Arbitrary<Made> = fc
  .tuple(fc.array(disguise, { minLength: 1, maxLength: 3 }), settings)
  .map(([steps, { batch }]) => made(steps, { batch, own: true }));

import tf from '@tensorflow/tfjs';
import type { Case, Input } from '../parity.ts';

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const unary = (name: string, op: Unary, range: Omit<Input, 'shape'> = {}): Case => ({
  name,
  inputs: { x: { shape: [3, 7], ...range } },
  build: ({ x }) => op(x!),
});

const special = [0, -0, NaN, Infinity, -Infinity, 1e-7, -1e-7, 1e-3, 1, -1, 20, -20, 100, -100];
/** Of numbers at the edges: zeros, the tiny, the huge, infinities and NaN. */
const edges = (name: string, op: Unary): Case => ({
  name: `${name} at the edges`,
  onlyOnCpu: 'WebGPU lets a device do as it likes with infinities and NaN',
  inputs: { x: { shape: [special.length] } },
  build: ({ x }) => op(x!.mul(0).add(tf.tensor1d(special))),
});

const functions: [string, Unary, Omit<Input, 'shape'>?][] = [
  ['abs', tf.abs],
  ['acos', tf.acos, { low: -0.9, high: 0.9 }],
  ['acosh', tf.acosh, { low: 1.1, high: 4 }],
  ['asin', tf.asin, { low: -0.9, high: 0.9 }],
  ['asinh', tf.asinh],
  ['atan', tf.atan],
  ['atanh', tf.atanh, { low: -0.9, high: 0.9 }],
  ['ceil', tf.ceil],
  ['clip', (x) => tf.clipByValue(x, -0.5, 1.25)],
  ['cos', tf.cos],
  ['cosh', tf.cosh],
  ['elu', tf.elu],
  ['erf', tf.erf],
  ['exp', tf.exp],
  ['expm1', tf.expm1],
  ['floor', tf.floor],
  ['isFinite', tf.isFinite],
  ['isInf', tf.isInf],
  ['isNaN', tf.isNaN],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.1)],
  ['log', tf.log, { low: 0.01, high: 5 }],
  ['log1p', tf.log1p, { low: -0.9, high: 5 }],
  ['logSigmoid', tf.logSigmoid],
  ['neg', tf.neg],
  ['reciprocal', tf.reciprocal],
  ['relu', tf.relu],
  ['relu6', (x) => tf.relu6(x.mul(5))],
  ['round', (x) => tf.round(x.mul(2).round().div(2))],
  ['rsqrt', tf.rsqrt, { low: 0.1, high: 4 }],
  ['selu', tf.selu],
  ['sigmoid', tf.sigmoid],
  ['sign', tf.sign],
  ['sin', tf.sin],
  ['sinh', tf.sinh],
  ['softplus', tf.softplus],
  ['sqrt', tf.sqrt, { low: 0.1, high: 4 }],
  ['square', tf.square],
  ['step', (x) => tf.step(x, 0.2)],
  ['heaviside', (x) => tf.step(x)],
  ['tan', tf.tan, { low: -1, high: 1 }],
  ['tanh', tf.tanh],
];

const differentiable = functions.filter(([name]) => !/^is|ceil|floor|round|sign$/.test(name));

const integers: [string, Unary][] = [
  ['abs', tf.abs],
  ['neg', tf.neg],
  ['square', tf.square],
  ['clip', (x) => tf.clipByValue(x, -2, 3)],
];

const shapes: [number[], number[]][] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], []],
  [[], [4]],
  [
    [4, 1, 3],
    [2, 1],
  ],
  [[5], [2, 3, 5]],
];

const binaries: [string, Binary, Omit<Input, 'shape'>?][] = [
  ['add', tf.add],
  ['sub', tf.sub],
  ['mul', tf.mul],
  ['div', tf.div, { low: 0.5, high: 3 }],
  ['maximum', tf.maximum],
  ['minimum', tf.minimum],
  ['pow', tf.pow, { low: 0.2, high: 3 }],
  ['squaredDifference', tf.squaredDifference],
  ['atan2', tf.atan2],
  ['prelu', (a, b) => tf.prelu(a, b)],
];

/** tfjs sums the gradients of these over the axes it broadcast; of the others only without. */
const broadcastGradient = ['add', 'sub', 'mul', 'div', 'pow', 'atan2'];

const integerBinaries: [string, Binary, Omit<Input, 'shape'>?][] = [
  ['add', tf.add],
  ['sub', tf.sub],
  ['mul', tf.mul],
  ['maximum', tf.maximum],
  ['minimum', tf.minimum],
  ['floorDiv', (a, b) => tf.floorDiv(a, b.abs().add(1))],
  ['floorDiv by negatives', (a, b) => tf.floorDiv(a, tf.sub<tf.Tensor>(-1, b.abs()))],
  ['mod', (a, b) => tf.mod(a, b.abs().add(1))],
  ['mod by negatives', (a, b) => tf.mod(a, tf.sub<tf.Tensor>(-1, b.abs()))],
];

const comparisons: [string, Binary][] = [
  ['equal', tf.equal],
  ['notEqual', tf.notEqual],
  ['greater', tf.greater],
  ['greaterEqual', tf.greaterEqual],
  ['less', tf.less],
  ['lessEqual', tf.lessEqual],
];

const binary = (
  name: string,
  op: Binary,
  [a, b]: [number[], number[]],
  range: Omit<Input, 'shape'> = {},
): Case => ({
  name: `${name} [${a}] [${b}]${range.dtype ? ` ${range.dtype}` : ''}`,
  inputs: { a: { shape: a, ...range }, b: { shape: b, ...range } },
  build: (inputs) => op(inputs['a']!, inputs['b']!),
});

const whole = { dtype: 'int32' as const };
const pair = { a: { shape: [3, 4] }, b: { shape: [3, 4] } };

export const elementwiseCases: Case[] = [
  ...functions.map(([name, op, range]) => unary(name, op, range)),
  ...functions
    .filter(([name]) =>
      /^(abs|elu|erf|exp|expm1|is.*|leakyRelu|log1p|relu6?|sigmoid|softplus|step|tanh)$/.test(name),
    )
    .map(([name, op]) => edges(name, op)),
  ...differentiable.map(([name, op, range]) =>
    unary(`gradient of ${name}`, (x) => tf.grad((y) => op(y).sum())(x), range),
  ),
  ...integers.map(([name, op]) => unary(`${name} int32`, op, whole)),

  ...binaries.flatMap(([name, op, range]) =>
    shapes.map((pairOf) => binary(name, op, pairOf, range)),
  ),
  ...integerBinaries.flatMap(([name, op]) =>
    shapes.map((pairOf) => binary(name, op, pairOf, whole)),
  ),
  ...comparisons.flatMap(([name, op]) =>
    shapes
      .slice(2)
      .flatMap((pairOf) => [
        binary(name, op, pairOf, whole),
        binary(name, (a, b) => op(a.round(), b.round()), pairOf),
      ]),
  ),
  ...binaries.flatMap(([name, op, range]) =>
    (broadcastGradient.includes(name) ? shapes : shapes.slice(0, 1)).map((pairOf): Case => ({
      ...binary(`gradient of ${name}`, op, pairOf, range),
      build: ({ a, b }) => tf.grads((x, y) => op(x, y).square().sum())([a!, b!]),
    })),
  ),

  // The operators do not say it of floats: the remainder takes the sign of the divisor.
  ...[-1.5, 0.75].map((divisor) => unary(`mod ${divisor}`, (x) => tf.mod(x, divisor))),
  unary('floorDiv float', (x) => tf.floorDiv(x, tf.scalar(0.3))),
  unary('atan2 with zeros', (x) => tf.atan2(x.round().add(0), x.reverse(0).round().add(0))),
  {
    name: 'addN',
    inputs: { a: { shape: [2, 2] }, b: { shape: [2, 2] }, c: { shape: [2, 2] } },
    build: ({ a, b, c }) => tf.addN([a!, b!, c!]),
  },
  {
    name: 'logic',
    inputs: pair,
    build: ({ a, b }) => [
      tf.logicalAnd(a!.greater(0), b!.greater(0)),
      tf.logicalOr(a!.greater(0), b!.greater(0)),
      tf.logicalXor(a!.greater(0), b!.greater(0)),
      tf.logicalNot(a!.greater(0)),
    ],
  },
  {
    name: 'where',
    inputs: pair,
    build: ({ a, b }) => {
      const condition = a!.greater(b!);
      return [
        tf.where(a!.greater(b!), a!, b!),
        tf.where(a!.greater(0), tf.zerosLike(a!), a!.toInt()),
        tf.where(tf.greater(a!.sum(), 0), a!, b!),
        ...tf.grads((x, y) => tf.where(condition, x.square(), y).sum())([a!, b!]),
      ];
    },
  },
  {
    name: 'cast',
    inputs: {
      x: { shape: [9], low: -3, high: 3 },
      n: { shape: [9], dtype: 'int32', low: -2, high: 3 },
    },
    build: ({ x, n }) => [
      x!.toInt(),
      n!.toFloat(),
      x!.toBool(),
      n!.toBool(),
      n!.toBool().toFloat(),
      x!.greater(0).toInt(),
      tf.add(n!, x!),
      tf.mul(x!.greater(0), x!),
      tf.mul(x!.greater(0), n!),
    ],
  },
  {
    name: 'a constant taken from elsewhere',
    inputs: { x: { shape: [2, 2] } },
    build: ({ x }) => [
      x!.mul([
        [1, 2],
        [3, 4],
      ]),
      x!.add(tf.ones([2, 2])),
      x!.sub(tf.zeros([2, 2])),
    ],
  },
];

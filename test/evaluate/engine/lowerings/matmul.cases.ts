import tf from '@tensorflow/tfjs';
import type { Case } from '../parity.ts';

const product = (a: number[], b: number[], transposeA = false, transposeB = false): Case[] => {
  const inputs = { a: { shape: a }, b: { shape: b } };
  const name = `matMul [${a}]${transposeA ? "'" : ''} [${b}]${transposeB ? "'" : ''}`;
  const op = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, transposeA, transposeB);
  return [
    { name, inputs, build: (given) => op(given['a']!, given['b']!) },
    {
      name: `gradient of ${name}`,
      inputs,
      build: (given) => tf.grads((x, y) => op(x, y).square().sum())([given['a']!, given['b']!]),
    },
  ];
};

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

export const matmulCases: Case[] = [
  ...product([3, 4], [4, 2]),
  ...product([4, 3], [4, 2], true),
  ...product([3, 4], [2, 4], false, true),
  ...product([4, 3], [2, 4], true, true),
  ...product([2, 3, 4], [2, 4, 5]),
  ...product([2, 4, 3], [2, 5, 4], true, true),
  ...product([2, 5, 3, 4], [2, 5, 2, 4], false, true),
  // tfjs itself broadcasts one axis of the batch, and cannot differentiate it.
  ...product([1, 3, 4], [5, 4, 2]).slice(0, 1),
  ...product([4, 3, 4], [4, 5]).slice(0, 1),
  ...activations.map((activation): Case => ({
    name: `fused.matMul ${activation}`,
    inputs: {
      a: { shape: [3, 4] },
      b: { shape: [4, 2] },
      bias: { shape: [2] },
      alpha: { shape: [2] },
    },
    build: ({ a, b, bias, alpha }) =>
      tf.fused.matMul({
        a: a as tf.Tensor2D,
        b: b as tf.Tensor2D,
        bias: bias!,
        activation,
        leakyreluAlpha: 0.3,
        ...(activation === 'prelu' ? { preluActivationWeights: alpha! } : {}),
      }),
  })),
  {
    name: 'dot and outer product',
    inputs: { a: { shape: [3] }, b: { shape: [3] } },
    build: ({ a, b }) => [tf.dot(a!, b!), tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D)],
  },
  {
    name: 'einsum',
    inputs: { a: { shape: [2, 3, 4] }, b: { shape: [2, 5, 4] } },
    build: ({ a, b }) => [tf.einsum('bqd,bkd->bqk', a!, b!), tf.einsum('bqd -> qb', a!)],
  },
];

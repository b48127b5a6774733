import tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { bias, intoResidual, matrix, named, tensorsOf } from '../../models/parameters.ts';

beforeAll(() => tf.setBackend('cpu'));

const tree = {
  input: matrix(2, 3),
  norm: { gain: bias(3), inner: { scale: bias(1) } },
  absent: undefined,
  output: intoResidual(3, { width: 2, layers: 2 }),
};

it('names parameters by their paths, in the order of the tree', () => {
  const all = named(tree, 'block0.');
  expect(all.map(({ name, shape }) => [name, shape])).toEqual([
    ['block0.input', [2, 3]],
    ['block0.norm.gain', [3]],
    ['block0.norm.inner.scale', [1]],
    ['block0.output', [3, 2]],
  ]);
});

it('gives the tensors of a tree in its form, and none else', () => {
  const given = Object.fromEntries([
    ...named(tree, 'block1.').map(({ name, shape }, i) => [name, tf.fill(shape, i)] as const),
    ['block2.input', tf.fill([2, 3], 9)] as const,
  ]);
  const p = tensorsOf(tree, given, 'block1.');
  expect(p.input.dataSync()[0]).toBe(0);
  expect(p.norm.inner.scale.dataSync()[0]).toBe(2);
  expect(p.absent).toBeUndefined();
  expect(Object.keys(p)).toEqual(['input', 'norm', 'output']);
});

it('names the tensor that is missing', () => {
  expect(() => tensorsOf(tree, {}, 'block0.')).toThrow(
    'There is no tensor for the parameter block0.input.',
  );
});

it('starts projections into the residual stream smaller by the root of twice the layers', () => {
  const half = () => 0.5;
  const [plain] = matrix(3, 2).initialise(1, half);
  const [smaller] = intoResidual(3, { width: 2, layers: 8 }).initialise(1, half);
  expect(smaller! / plain!).toBeCloseTo(1 / 4, 6);
});

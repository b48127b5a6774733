import tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Graph } from '../../../../evaluate/engine/graph.ts';
import { constantFolding } from '../../../../evaluate/engine/passes/constantFolding.ts';
import { expectSameResults, graphOf, ops } from './graphs.ts';

/** Node by node: constants are made from numbers, so that no two of them are the same number. */
const constants = (build: () => tf.Tensor): Graph =>
  graphOf({ x: [1] }, ({ x }) => ({ y: build().add(x!) }));

const row = () => tf.tensor1d([1.5, -0.1, 3]);
const column = () => tf.tensor2d([[7], [-0.3]]);
const integers = (...values: number[]) => tf.tensor1d(values, 'int32');

test.each<[string, () => tf.Tensor]>([
  ['a sum, broadcast', () => row().add(column())],
  ['a difference', () => row().sub(column())],
  ['a product', () => row().mul(0.1)],
  ['a quotient', () => row().div(column())],
  ['a negative', () => row().neg()],
  ['another shape', () => column().reshape([1, 2])],
  ['a transpose', () => tf.tensor3d([1, 2, 3, 4, 5, 6], [1, 2, 3]).transpose([2, 0, 1])],
  ['one after the other', () => row().mul(2).neg().reshape([3, 1])],
  [
    'integers, round the end',
    () =>
      integers(2 ** 31 - 1, 3)
        .mul(integers(2, 5))
        .toFloat(),
  ],
])('%s of constants is a constant', async (_, build) => {
  const graph = constants(build);
  const left = ops(constantFolding(graph)).filter((op) => op !== 'Cast');
  expect(left).toEqual(['Add']);
  await expectSameResults(graph, constantFolding(graph));
});

test.each<[string, () => tf.Tensor]>([
  ['what is not rounded correctly everywhere', () => row().exp()],
  ['a repetition', () => tf.fill([3, 4], 2)],
  ['a large result', () => tf.range(0, 100).neg()],
  ['no number', () => tf.tensor1d([0, 1]).div(tf.tensor1d([0, 3]))],
  ['a quotient of integers', () => tf.div(integers(5, 6), integers(0, 4)).toFloat()],
])('%s stays a node', (_, build) => {
  const graph = constants(build);
  expect(ops(constantFolding(graph))).toEqual(ops(graph));
});

test('a constant that someone gave a name stays in the graph', () => {
  const graph = graphOf({ x: [2], scale: [2] }, ({ x, scale }) => ({ y: scale!.neg().mul(x!) }));
  const scale = { ...graph.inputs[1]!, data: Float32Array.of(1, 2) };
  const filled: Graph = {
    ...graph,
    inputs: [graph.inputs[0]!],
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => (input === graph.inputs[1] ? scale : input)),
    })),
  };
  expect(ops(constantFolding(filled))).toEqual(['Neg', 'Mul']);
});

test('arithmetic is that of ONNX Runtime to the last bit, on any numbers', async () => {
  const float = fc.float({ noNaN: true });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(float, float), { minLength: 1, maxLength: 64 }),
      async (pairs) => {
        const [a, b] = [0, 1].map((side) => pairs.map((pair) => pair[side]!));
        const graph = graphOf({ x: [1] }, ({ x }) => {
          const [p, q] = [tf.tensor1d(a!), tf.tensor1d(b!)];
          const results = { sum: p.add(q), less: p.sub(q), product: p.mul(q), share: p.div(q) };
          return { ...results, x: x!.neg() };
        });
        await expectSameResults(graph, constantFolding(graph));
      },
    ),
    { numRuns: 40 },
  );
});

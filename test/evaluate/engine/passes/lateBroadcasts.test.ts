import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { deadNodes } from '../../../../evaluate/engine/passes/deadNodes.ts';
import { lateBroadcasts } from '../../../../evaluate/engine/passes/lateBroadcasts.ts';
import type { Graph } from '../../../../evaluate/engine/graph.ts';
import { expectSameResults, graphOf, ops } from './graphs.ts';

const after = (graph: Graph) => deadNodes(lateBroadcasts(graph));

test('a constant filled with one number is broadcast by the operator itself', async () => {
  const graph = graphOf({ x: [3, 4] }, ({ x }) => ({ y: x!.add(tf.fill([3, 4], 0.5)) }));
  expect(ops(graph)).toEqual(['Expand', 'Add']);
  expect(ops(after(graph))).toEqual(['Add']);
  await expectSameResults(graph, after(graph));
});

test('calculating with small inputs alone happens before the repetition', async () => {
  const graph = graphOf({ x: [3, 1] }, ({ x }) => ({
    y: x!
      .tile([1, 5])
      .exp()
      .mul(tf.fill([3, 5], 2)),
  }));
  const late = after(graph);
  expect(ops(late)).toEqual(['Exp', 'Mul', 'Expand']);
  expect(late.nodes[0]!.outputs[0]!.shape).toEqual([3, 1]);
  await expectSameResults(graph, late);
});

test('the gradient of a mean costs no tensor of its size until it meets one', async () => {
  const graph = graphOf({ x: [4, 6], w: [4, 6] }, ({ x, w }) => ({
    y: tf.grad((z) => z.mean(1, true).square().mul(w!).sum())(x!),
  }));
  await expectSameResults(graph, after(graph));
});

test('a repetition of a repetition repeats the small tensor', async () => {
  const graph = graphOf({ x: [1, 4] }, ({ x }) => ({
    y: x!.tile([3, 1]).expandDims(0).sum(1),
    z: x!.expandDims(0).tile([1, 3, 1]).tile([2, 1, 1]).sum(1),
  }));
  const late = after(graph);
  const expands = late.nodes.filter(({ op }) => op === 'Expand');
  expect(expands.at(-1)!.inputs[0]!.shape).toEqual([1, 1, 4]);
  await expectSameResults(graph, late);
});

test('an operator that is not element by element sees the whole tensor', async () => {
  const graph = graphOf({ x: [1, 4] }, ({ x }) => ({ y: x!.tile([3, 1]).sum(0) }));
  expect(ops(after(graph))).toEqual(['Expand', 'ReduceSum']);
  await expectSameResults(graph, after(graph));
});

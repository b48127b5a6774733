import tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
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

describe('neutral numbers', () => {
  test.each([
    ['times one', (x: tf.Tensor) => x.mul(tf.onesLike(x))],
    ['one times', (x: tf.Tensor) => tf.ones([3, 4]).mul(x)],
    ['divided by one', (x: tf.Tensor) => x.div(1)],
    ['plus zero', (x: tf.Tensor) => tf.zerosLike(x).add(x)],
    ['minus zero', (x: tf.Tensor) => x.sub(0)],
  ])('%s is nothing to do', async (_, op) => {
    const graph = graphOf({ x: [3, 4] }, ({ x }) => ({ y: op(x!.neg()) }));
    expect(ops(after(graph))).toEqual(['Neg']);
    await expectSameResults(graph, after(graph));
  });

  test.each([
    ['one divided by', (x: tf.Tensor) => tf.div(1, x)],
    ['zero minus', (x: tf.Tensor) => tf.sub(0, x)],
    ['times one of a larger shape', (x: tf.Tensor) => x.mul(tf.ones([2, 3, 4]))],
  ])('%s is something to do', async (_, op) => {
    const graph = graphOf({ x: [3, 4] }, ({ x }) => ({ y: op(x!.neg()) as tf.Tensor }));
    expect(ops(after(graph)).length).toBeGreaterThan(1);
    await expectSameResults(graph, after(graph));
  });
});

test('an operator that is not element by element sees the whole tensor', async () => {
  const graph = graphOf({ x: [1, 4] }, ({ x }) => ({ y: x!.tile([3, 1]).sum(0) }));
  expect(ops(after(graph))).toEqual(['Expand', 'ReduceSum']);
  await expectSameResults(graph, after(graph));
});

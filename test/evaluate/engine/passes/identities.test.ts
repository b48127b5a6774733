import tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { deadNodes } from '../../../../evaluate/engine/passes/deadNodes.ts';
import { identities } from '../../../../evaluate/engine/passes/identities.ts';
import { lateBroadcasts } from '../../../../evaluate/engine/passes/lateBroadcasts.ts';
import type { Graph } from '../../../../evaluate/engine/graph.ts';
import { expectSameResults, graphOf, ops } from './graphs.ts';

const after = (graph: Graph) => deadNodes(identities(graph));

type Case = [name: string, build: (x: tf.Tensor) => tf.Tensor, expected: string[]];

// x [2, 3, 4] goes through a Neg first, so that it is a value of the graph's own.
const cases: Case[] = [
  ['a reshape of a reshape', (x) => x.reshape([6, 4]).reshape([3, 8]), ['Neg', 'Reshape']],
  ['a reshape that is undone', (x) => x.reshape([6, 4]).reshape([2, 3, 4]), ['Neg']],
  ['a transpose that is undone', (x) => turn(x).transpose([2, 0, 1]), ['Neg']],
  ['a split of what was joined', (x) => joined(x, 0), ['Neg', 'Exp', 'Sub']],
  ['what was split, joined', (x) => tf.concat(x.split([1, 2], 1), 1).exp(), ['Neg', 'Exp']],
  [
    'a join of a join',
    (x) => tf.concat([tf.concat([x, x.exp()], 1), x.sin()], 1),
    ['Neg', 'Exp', 'Sin', 'Concat'],
  ],
  ['the negative of a negative', (x) => x.neg().exp(), ['Exp']],
  [
    'a bool by way of an integer',
    (x) => x.greater(0).toInt().toFloat(),
    ['Neg', 'Greater', 'Cast'],
  ],
  [
    'a bool by way of an integer, and back',
    (x) => x.greater(0).toInt().toBool().toInt(),
    ['Neg', 'Greater', 'Cast'],
  ],
];

const turn = (x: tf.Tensor) => x.transpose([1, 2, 0]);

function joined(x: tf.Tensor, axis: number): tf.Tensor {
  const [a, b] = tf.concat([x, x.exp()], axis).split(2, axis);
  return a!.sub(b!);
}

test.each(cases)('%s is one node or none', async (_, build, expected) => {
  const graph = graphOf({ x: [2, 3, 4] }, ({ x }) => ({ y: build(x!.neg()) }));
  expect(ops(after(graph))).toEqual(expected);
  await expectSameResults(graph, after(graph));
});

const others: [name: string, build: (x: tf.Tensor) => tf.Tensor][] = [
  ['transposes that do not undo each other', (x) => turn(turn(x))],
  ['transposes past an axis of one', (x) => x.expandDims(1).transpose([0, 2, 1, 3])],
  ['a split along another axis', (x) => tf.concat([x, x.exp()], 0).split(2, 2)[0]!],
  ['a split into other parts', (x) => tf.concat([x, x.exp()], 0).split([1, 3], 0)[0]!],
  ['parts joined in another order', (x) => tf.concat(x.split([1, 2], 1).reverse(), 1)],
  ['parts joined along another axis', (x) => tf.concat(x.split(2, 2), 1)],
  ['some of the parts', (x) => tf.concat(x.split(4, 2).slice(1), 2)],
  ['a join along another axis', (x) => tf.concat([tf.concat([x, x.exp()], 1), joinedTwice(x)], 0)],
  ['a number cut to an integer', (x) => x.toInt().toFloat()],
];

const joinedTwice = (x: tf.Tensor) => tf.concat([x.sin(), x.exp()], 1);

test.each(others)('%s are something to do', async (_, build) => {
  const graph = graphOf({ x: [2, 3, 4] }, ({ x }) => ({ y: build(x!.exp()) }));
  expect(ops(after(graph))).toEqual(ops(graph));
  await expectSameResults(graph, after(graph));
});

describe('neutral numbers', () => {
  const small = (graph: Graph) => after(lateBroadcasts(graph));

  test.each([
    ['times one', (x: tf.Tensor) => x.mul(tf.onesLike(x))],
    ['one times', (x: tf.Tensor) => tf.ones([3, 4]).mul(x)],
    ['divided by one', (x: tf.Tensor) => x.div(1)],
    ['plus zero', (x: tf.Tensor) => tf.zerosLike(x).add(x)],
    ['minus zero', (x: tf.Tensor) => x.sub(0)],
  ])('%s is nothing to do', async (_, op) => {
    const graph = graphOf({ x: [3, 4] }, ({ x }) => ({ y: op(x!.neg()) }));
    expect(ops(small(graph))).toEqual(['Neg']);
    await expectSameResults(graph, small(graph));
  });

  test.each([
    ['one divided by', (x: tf.Tensor) => tf.div(1, x)],
    ['zero minus', (x: tf.Tensor) => tf.sub(0, x)],
    ['times one of a larger shape', (x: tf.Tensor) => x.mul(tf.ones([2, 3, 4]))],
  ])('%s is something to do', async (_, op) => {
    const graph = graphOf({ x: [3, 4] }, ({ x }) => ({ y: op(x!.neg()) }));
    expect(ops(small(graph)).length).toBeGreaterThan(1);
    await expectSameResults(graph, small(graph));
  });

  test('ONNX Runtime leaves -0 plus 0 as it is, too', async () => {
    const graph = graphOf({ x: [4] }, ({ x }) => ({ y: tf.div(1, x!.mul(0).add(0)) }));
    expect(ops(after(graph))).toEqual(['Mul', 'Div']);
    await expectSameResults(graph, after(graph));
  });
});

test('outputs and inputs keep their names where nothing is left between them', async () => {
  const graph = graphOf({ x: [2, 3] }, ({ x }) => ({
    y: x!.reshape([6]).reshape([2, 3]),
    z: x!.mul(1),
  }));
  const none = after(graph);
  expect(ops(none)).toEqual([]);
  expect(Object.keys(none.outputs)).toEqual(['y', 'z']);
  await expectSameResults(graph, none);
});

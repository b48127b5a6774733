import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { commonSubexpressions } from '../../../../evaluate/engine/passes/commonSubexpressions.ts';
import { expectSameResults, graphOf, ops } from './graphs.ts';

test('equal nodes become one, through chains and equal constants', async () => {
  const graph = graphOf({ x: [3] }, ({ x }) => ({
    a: x!.mul(2).exp(),
    b: x!.mul(2).exp().neg(),
  }));
  const merged = commonSubexpressions(graph);
  expect(ops(graph)).toEqual(['Mul', 'Exp', 'Mul', 'Exp', 'Neg']);
  expect(ops(merged)).toEqual(['Mul', 'Exp', 'Neg']);
  await expectSameResults(graph, merged);
});

test('an output that is the same as another keeps its name', async () => {
  const graph = graphOf({ x: [3] }, ({ x }) => ({ a: x!.exp(), b: x!.exp() }));
  const merged = commonSubexpressions(graph);
  expect(ops(merged)).toEqual(['Exp']);
  expect(Object.keys(merged.outputs)).toEqual(['a', 'b']);
  await expectSameResults(graph, merged);
});

test('every output of a node is merged', async () => {
  const graph = graphOf({ x: [4] }, ({ x }) => {
    const [a, b] = x!.split(2);
    const [c, d] = x!.split(2);
    return { y: a!.mul(d!), z: b!.mul(c!) };
  });
  expect(ops(commonSubexpressions(graph))).toEqual(['Split', 'Mul', 'Mul']);
  await expectSameResults(graph, commonSubexpressions(graph));
});

test('what differs in attributes, order, type or constant stays apart', () => {
  const graph = graphOf({ x: [2, 2], y: [2, 2] }, ({ x, y }) => ({
    a: x!.sub(y!),
    b: y!.sub(x!),
    c: x!.softmax(),
    d: tf.cumsum(x!, 0),
    e: tf.cumsum(x!, 1),
    f: x!.mul(2),
    g: x!.mul(-2),
    h: x!.mul(
      tf.tensor2d([
        [0, 1],
        [2, 3],
      ]),
    ),
    i: x!.mul(
      tf.tensor2d([
        [0, 1],
        [2, 4],
      ]),
    ),
  }));
  expect(ops(commonSubexpressions(graph))).toEqual(ops(graph));
});

test('constants of the same bytes but another shape or type stay apart', () => {
  const graph = graphOf({ x: [4] }, ({ x }) => ({
    a: x!.reshape([2, 2]).add(tf.tensor1d([1, 2])),
    b: x!.reshape([2, 2]).add(tf.tensor2d([[1], [2]])),
  }));
  expect(ops(commonSubexpressions(graph)).filter((op) => op === 'Add')).toHaveLength(2);
});

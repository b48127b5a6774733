import { expect, test } from 'vitest';
import { deadNodes } from '../../../../evaluate/engine/passes/deadNodes.ts';
import { graphOf, ops } from './graphs.ts';

test('what no output needs is left out', () => {
  const graph = graphOf({ x: [3] }, ({ x }) => {
    x!.exp().square();
    return { y: x!.neg() };
  });
  expect(ops(graph)).toEqual(['Exp', 'Mul', 'Neg']);
  expect(ops(deadNodes(graph))).toEqual(['Neg']);
});

test('a node of which one output is used stays whole', () => {
  const graph = graphOf({ x: [6] }, ({ x }) => ({ y: x!.split(3)[1]! }));
  const [split] = deadNodes(graph).nodes;
  expect(split!.op).toBe('Split');
  expect(split!.outputs).toHaveLength(3);
});

test('the graph that went in is as it was', () => {
  const graph = graphOf({ x: [3] }, ({ x }) => {
    x!.exp();
    return { y: x!.neg() };
  });
  const before = ops(graph);
  deadNodes(graph);
  expect(ops(graph)).toEqual(before);
});

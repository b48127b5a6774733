import tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encode } from '../../../../evaluate/engine/encode.ts';
import { optimise } from '../../../../evaluate/engine/passes/all.ts';
import { commonSubexpressions } from '../../../../evaluate/engine/passes/commonSubexpressions.ts';
import { constantFolding } from '../../../../evaluate/engine/passes/constantFolding.ts';
import { deadNodes } from '../../../../evaluate/engine/passes/deadNodes.ts';
import { identities } from '../../../../evaluate/engine/passes/identities.ts';
import { lateBroadcasts } from '../../../../evaluate/engine/passes/lateBroadcasts.ts';
import type { Graph } from '../../../../evaluate/engine/graph.ts';
import { expectSameResults, graphOf } from './graphs.ts';
import { randomGraph } from './randomGraphs.ts';

const passes: [name: string, pass: (graph: Graph) => Graph][] = [
  ['commonSubexpressions', commonSubexpressions],
  ['constantFolding', constantFolding],
  ['deadNodes', deadNodes],
  ['identities', identities],
  ['lateBroadcasts', lateBroadcasts],
  ['all', (graph) => optimise(graph, 'cpu')],
];

test.each(passes)('%s: a random graph computes the same bits after it', async (_, pass) => {
  await fc.assert(
    fc.asyncProperty(randomGraph, async (graph) => {
      const before = encode(graph);
      await expectSameResults(graph, pass(graph));
      expect(encode(graph)).toEqual(before);
    }),
    { numRuns: 60 },
  );
});

test('a second time, there is nothing left to do', () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const once = optimise(graph, 'cpu');
      expect(encode(optimise(once, 'cpu'))).toEqual(encode(once));
    }),
    { numRuns: 100 },
  );
});

test('what one pass leaves behind, another finds in the next round', () => {
  // The zeros are seen to be a broadcast only after the split has met what it splits.
  const graph = graphOf({ x: [2, 3] }, ({ x }) => {
    const [a, b] = tf.concat([x!, tf.zeros([2, 3])]).split(2);
    return { y: a!.mul(b!) };
  });
  const [multiply, ...rest] = optimise(graph, 'cpu').nodes;
  expect(rest).toEqual([]);
  expect(multiply!.op).toBe('Mul');
  expect(multiply!.inputs[1]!.shape).toEqual([]);
});

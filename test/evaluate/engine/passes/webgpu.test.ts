import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { webgpu } from '../../../../evaluate/engine/passes/webgpu.ts';
import { trace } from '../../../../evaluate/engine/trace.ts';
import { expectSameResults, graphOf, ops } from './graphs.ts';

const integers = (build: (x: tf.Tensor) => Record<string, tf.Tensor>) =>
  trace({
    name: 'test',
    inputs: { x: { shape: [4, 6], dtype: 'int32' } },
    build: ({ x }) => build(x!),
  });

test('slices, splits and joins of integers use what there is for integers', async () => {
  const graph = integers((x) => ({
    slice: x.slice([1, 2], [2, 3]),
    strided: x.stridedSlice([3, 0], [0, 6], [-1, 2]),
    split: x.split(3, 1)[1]!,
    join: tf.concat([x, x.slice([0, 0], [2, 6])]),
  }));
  const rewritten = webgpu(graph);
  expect(ops(rewritten)).not.toContain('Slice');
  expect(ops(rewritten)).not.toContain('Split');
  expect(ops(rewritten)).not.toContain('Concat');
  await expectSameResults(graph, rewritten);
});

test('no shader gets more than seven parts', async () => {
  const graph = graphOf({ x: [60] }, ({ x }) => ({
    y: tf.concat(tf.split(x!, 20).map((part, i) => part.mul(i + 2))),
    few: tf.concat(tf.split(x!, 3)),
  }));
  const rewritten = webgpu(graph);
  for (const { op, inputs, outputs } of rewritten.nodes) {
    if (op === 'Concat') expect(inputs.length).toBeLessThanOrEqual(7);
    if (op === 'Split') expect(outputs.length).toBeLessThanOrEqual(7);
  }
  await expectSameResults(graph, rewritten);
});

test('sine and cosine stay precise for hundreds of turns', async () => {
  const graph = graphOf({ x: [4000] }, ({ x }) => ({
    sin: x!.mul(1000).sin(),
    cos: x!.mul(1000).cos(),
    smallSin: x!.sin(),
    smallCos: x!.cos(),
  }));
  const rewritten = webgpu(graph);
  expect(ops(rewritten)).not.toContain('Sin');
  expect(ops(rewritten)).not.toContain('Cos');
  // 2000 radians in a float are known to 1e-4.
  await expectSameResults(graph, rewritten, 3);
  const near = graphOf({ x: [4000] }, ({ x }) => ({ sin: x!.mul(4).sin(), cos: x!.mul(4).cos() }));
  await expectSameResults(near, webgpu(near), 6);
});

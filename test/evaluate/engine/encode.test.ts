import ort from 'onnxruntime-node';
import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { encode, outputName } from '../../../evaluate/engine/encode.ts';
import type { Graph } from '../../../evaluate/engine/graph.ts';
import { GraphBuilder } from '../../../evaluate/engine/graph.ts';
import { trace } from '../../../evaluate/engine/trace.ts';

const x = { name: 'x', shape: [2, 3], dtype: 'float32' } as const;

async function run(graph: Graph, feeds: Record<string, Float32Array>) {
  const session = await ort.InferenceSession.create(encode(graph));
  const tensors = graph.inputs.map(({ name, shape }) => [
    name,
    new ort.Tensor('float32', feeds[name]!, shape),
  ]);
  const results = await session.run(Object.fromEntries(tensors) as Record<string, ort.Tensor>);
  return { session, results };
}

test('ONNX Runtime reads back names, shapes, attributes and constants of every type', async () => {
  const g = new GraphBuilder();
  g.enter('Test');
  const leaky = g.node('LeakyRelu', [x], {}, { alpha: { float: 0.5 } });
  const turned = g.transpose(leaky, [1, 0]);
  const chosen = g.node(
    'Where',
    [
      g.constant(Uint8Array.of(1, 0), [2], 'bool'),
      turned,
      g.constant(Float32Array.of(7, 8), [2], 'float32'),
    ],
    { dtype: 'float32', shape: [3, 2] },
  );
  const taken = g.node(
    'Gather',
    [chosen, g.constant(Int32Array.of(2, 0), [2], 'int32')],
    { shape: [2, 2] },
    { axis: 0 },
  );
  const graph: Graph = { name: 'test', inputs: [x], outputs: { taken }, nodes: g.nodes };
  const { session, results } = await run(graph, { x: Float32Array.of(-1, 2, -3, 4, 5, 6) });
  expect(session.inputNames).toEqual(['x']);
  expect(session.outputMetadata[0]).toMatchObject({
    name: 'taken',
    type: 'float32',
    shape: [2, 2],
  });
  expect(results['taken']!.data).toEqual(Float32Array.of(-1.5, 8, -0.5, 8));
});

test('an output called like an input is the next value of that input', async () => {
  const graph = trace({
    name: 'test',
    inputs: { state: { shape: [2], dtype: 'float32' } },
    build: ({ state }) => ({ state: state!.mul(2), sum: state!.sum() }),
  });
  expect(outputName(graph, 'state')).toBe('next/state');
  const { results } = await run(graph, { state: Float32Array.of(1, 2) });
  expect(results['next/state']!.data).toEqual(Float32Array.of(2, 4));
  expect(results['sum']!.data).toEqual(Float32Array.of(3));
});

test('an output may be an input, a constant, or the same as another', async () => {
  const graph = trace({
    name: 'test',
    inputs: { x: { shape: [2], dtype: 'float32' } },
    build: (inputs) => {
      const double = inputs['x']!.mul(2);
      return { x: inputs['x']!, constant: tf.tensor1d([1, 2]), a: double, b: double };
    },
  });
  const { results } = await run(graph, { x: Float32Array.of(3, 4) });
  expect(results['next/x']!.data).toEqual(Float32Array.of(3, 4));
  expect(results['constant']!.data).toEqual(Float32Array.of(1, 2));
  expect(results['a']!.data).toEqual(Float32Array.of(6, 8));
  expect(results['b']!.data).toEqual(Float32Array.of(6, 8));
});

test('the same graph is always the same bytes', () => {
  const make = () =>
    encode(
      trace({
        name: 'test',
        inputs: { x: { shape: [4], dtype: 'float32' } },
        build: (inputs) => ({ y: tf.grad((z) => z.softmax().square().sum())(inputs['x']!) }),
      }),
    );
  expect(make()).toEqual(make());
});

import tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../evaluate/engine/engine.ts';
import { GraphBuilder } from '../../../evaluate/engine/graph.ts';
import { reason } from '../../../evaluate/engine/load.ts';
import { openEngine } from '../../../evaluate/engine/open.ts';
import { createSession } from '../../../evaluate/engine/session.ts';
import { doubling, executableTests, feeds } from './executable.ts';
import { describeWebgpu } from './webgpu.ts';

describe('onnx-cpu', () => {
  executableTests('onnx-cpu');

  test('NaN is passed on', async () => {
    const engine = await openEngine('onnx-cpu');
    const executable = await engine.compile(doubling);
    const state = Float32Array.of(NaN, 1, 2, 3);
    const outputs = await executable.run({ ...feeds(), state });
    expect(await outputs['state']!.read()).toEqual(Float32Array.of(NaN, 2, 4, 6));
    expect(await outputs['sum']!.read()).toEqual(Float32Array.of(NaN));
    await executable.dispose();
  });

  test('runs that are asked for together do not disturb each other', async () => {
    const engine = await openEngine('onnx-cpu');
    const executable = await engine.compile(doubling);
    const results = await Promise.all(
      [1, 2, 3].map((value) => executable.run({ ...feeds(), add: Float32Array.of(value) })),
    );
    const read = await Promise.all(results.map(({ state }) => state!.read()));
    expect(read.map((values) => values[0])).toEqual([3, 4, 5]);
    await executable.dispose();
  });

  test('an executable that was disposed says so', async () => {
    const engine = await openEngine('onnx-cpu');
    const executable = await engine.compile(doubling);
    await executable.dispose();
    await executable.dispose();
    await expect(executable.run(feeds())).rejects.toThrow('"doubling" was disposed');
  });

  test('a graph that ONNX Runtime refuses is an error with its reason', async () => {
    const g = new GraphBuilder();
    const x = { name: 'x', shape: [2], dtype: 'float32' } as const;
    const y = g.node('NoSuchOperator', [x]);
    const graph = { name: 'broken', inputs: [x], outputs: { y }, nodes: g.nodes };
    const session = createSession(graph, { provider: 'cpu', threads: 1 });
    await expect(session).rejects.toThrow(EngineError);
    await expect(session).rejects.toThrow(/cannot run "broken" on cpu: .*NoSuchOperator/);
  });

  test('a failure in a run is an error with its reason', async () => {
    const engine = await openEngine('onnx-cpu');
    const executable = await engine.compile({
      name: 'lookup',
      inputs: { at: { shape: [1], dtype: 'int32' } },
      build: ({ at }) => ({ y: tf.gather(tf.tensor1d([1, 2, 3]), at as tf.Tensor1D) }),
    });
    const run = executable.run({ at: Int32Array.of(7) });
    await expect(run).rejects.toThrow(EngineError);
    await expect(run).rejects.toThrow(/"lookup" failed while it ran: .*out of/);
  });

  test('ONNX Runtime speaks without its source lines', () => {
    expect(
      reason(new Error('[ONNXRuntimeError] : 1 : FAIL : Load model failed:\n  no such file\u0000')),
    ).toBe('Load model failed: no such file');
    expect(reason('/onnxruntime_src/a/b.cc:12 F() x == y was false. No adapter')).toBe(
      'No adapter',
    );
  });
});

await describeWebgpu(() => {
  executableTests('onnx-webgpu');

  test('what the provider lacks is named, not run on the CPU', async () => {
    const engine = await openEngine('onnx-webgpu');
    const compiled = engine.compile({
      name: 'largest',
      inputs: { x: { shape: [5], dtype: 'float32' } },
      build: ({ x }) => ({ indices: tf.topk(x!, 2).indices }),
    });
    await expect(compiled).rejects.toThrow(EngineError);
    await expect(compiled).rejects.toThrow(
      /provider webgpu cannot run all of "largest"; it lacks .*Cast \(TopK_0\/Cast\)/,
    );
  });
});

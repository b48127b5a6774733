/** The compiled engines: a program is traced into a graph, and ONNX Runtime runs the graph. */
import { availableParallelism } from 'node:os';
import { cpuDevice, nvidiaDevice, webgpuDevice } from './device.ts';
import { EngineError } from './engine.ts';
import type { Engine, EngineOptions, Executable, Program } from './engine.ts';
import { memoryLimit, requireFit } from './memory.ts';
import { optimise } from './passes/all.ts';
import { createSession } from './session.ts';
import type { Provider } from './load.ts';
import { trace } from './trace.ts';

/** @throws EngineError when the provider does not work here, so that no one finds out mid-run. */
export async function openOnnx(provider: Provider, options: EngineOptions): Promise<Engine> {
  const threads = options.threads ?? 1;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new EngineError(
      `An engine cannot have ${threads} threads: expected a whole number from 1.`,
    );
  }
  const spinning = options.spinning ?? threads <= availableParallelism();
  const compile = async (program: Program): Promise<Executable> => {
    const graph = optimise(trace(program), provider);
    // A device's memory is its own, and its driver says when it is full.
    if (provider === 'cpu') requireFit(graph, memoryLimit());
    return createSession(graph, { provider, threads, spinning });
  };
  await (await compile(nothing)).dispose();
  return {
    name: `onnx-${provider}`,
    device: deviceOf(provider, threads),
    compile,
    dispose: async () => {},
  };
}

const nothing: Program = {
  name: 'nothing',
  inputs: { x: { shape: [1], dtype: 'float32' } },
  build: ({ x }) => ({ y: x!.neg() }),
};

function deviceOf(provider: Provider, threads: number): string {
  switch (provider) {
    case 'cpu':
      return `${cpuDevice()}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    case 'webgpu':
      return webgpuDevice();
    case 'cuda':
      return nvidiaDevice() ?? 'NVIDIA GPU';
  }
}

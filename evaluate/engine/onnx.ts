/** The compiled engines: a program is traced into a graph, and ONNX Runtime runs the graph. */
import os from 'node:os';
import type { Engine, EngineOptions, Executable, Program } from './engine.ts';
import { createSession } from './session.ts';
import type { Provider } from './session.ts';
import { trace } from './trace.ts';

export async function openOnnx(provider: Provider, options: EngineOptions): Promise<Engine> {
  const threads = options.threads ?? 1;
  return {
    name: `onnx-${provider}`,
    device: await deviceOf(provider, threads),
    compile: (program: Program): Promise<Executable> =>
      createSession(trace(program), { provider, threads }),
    dispose: async () => {},
  };
}

async function deviceOf(provider: Provider, threads: number): Promise<string> {
  if (provider === 'cpu') {
    const cpu = os.cpus()[0]?.model.trim() ?? os.arch();
    return `${cpu}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  }
  return provider;
}

/** Engines by name. */
import os from 'node:os';
import { openEager } from './eager.ts';
import { EngineError } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { openOnnx } from './onnx.ts';

export const engineNames = ['onnx-cpu', 'onnx-webgpu', 'onnx-cuda', 'reference', 'tensorflow'] as const;

/** @throws EngineError when there is no such engine, or when it cannot work on this machine. */
export async function openEngine(name: string, options: EngineOptions = {}): Promise<Engine> {
  switch (name) {
    case 'onnx-cpu':
      return openOnnx('cpu', options);
    case 'onnx-webgpu':
      return openOnnx('webgpu', options);
    case 'onnx-cuda':
      return openOnnx('cuda', options);
    case 'reference':
      return openEager(name, 'cpu', `${os.cpus()[0]?.model.trim() ?? os.arch()}, JavaScript`);
    default:
      throw new EngineError(
        `There is no engine "${name}": choose one of ${engineNames.join(', ')}.`,
      );
  }
}

/** Engines by name: opening one, and finding out which of them work on this machine. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cpuDevice } from './device.ts';
import { openEager } from './eager.ts';
import { EngineError } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import type { Provider } from './load.ts';
import { openTensorflow } from './tensorflow.ts';

export const engineNames = [
  'onnx-cpu',
  'onnx-webgpu',
  'onnx-cuda',
  'reference',
  'tensorflow',
] as const;

export type EngineName = (typeof engineNames)[number];

/** @throws EngineError when there is no such engine, or when it cannot work on this machine. */
export async function openEngine(name: string, options: EngineOptions = {}): Promise<Engine> {
  switch (name as EngineName) {
    case 'onnx-cpu':
      return openCompiled('cpu', options);
    case 'onnx-webgpu':
      return openCompiled('webgpu', options);
    case 'onnx-cuda':
      return openCompiled('cuda', options);
    case 'reference':
      return openEager(name, 'cpu', `${cpuDevice()}, tfjs in JavaScript`);
    case 'tensorflow':
      return openTensorflow();
    default:
      throw new EngineError(
        `There is no engine "${name}": choose one of ${engineNames.join(', ')}.`,
      );
  }
}

/** Loads ONNX Runtime only now: where its library does not load, the other engines still work. */
async function openCompiled(provider: Provider, options: EngineOptions): Promise<Engine> {
  const onnx = await import('./onnx.ts').catch((error: unknown) => {
    const [line] = String(error instanceof Error ? error.message : error).split('\n');
    throw new EngineError(`ONNX Runtime does not load on this machine: ${line}.`);
  });
  return onnx.openOnnx(provider, options);
}

/** Answer of the child process that tries an engine (`probe.ts`). */
export type ProbeReport = { device: string } | { problem: string };

export interface EngineStatus {
  name: EngineName;
  works: boolean;
  /** Empty where it does not work. */
  device: string;
  problem?: string;
  /** What to do about the problem. */
  advice?: string;
}

/** Advice for an engine that does not work. */
const advice: Record<EngineName, string> = {
  'onnx-cpu': 'Run npm ci again: onnxruntime-node brings what this engine needs.',
  'onnx-webgpu':
    'Install the driver of your GPU (on Linux its Vulkan driver and libvulkan1). Without a GPU, ' +
    'SwiftShader stands in for tests: apt-get install chromium libvulkan1, then set ' +
    'VK_DRIVER_FILES and VK_ICD_FILENAMES to /usr/lib/chromium/vk_swiftshader_icd.json.',
  'onnx-cuda':
    'With an NVIDIA GPU, CUDA 12 and cuDNN 9: ' +
    'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12.',
  reference: 'Run npm ci again: @tensorflow/tfjs brings what this engine needs.',
  tensorflow:
    'Build the binding of the native library on Linux: sh evaluate/engine/tensorflow.sh, with --gpu ' +
    'for an NVIDIA GPU; elsewhere: npm install --no-save @tensorflow/tfjs-node.',
};

/** Compiles and runs a small program on every engine, each in a process of its own. */
export async function listEngines(): Promise<EngineStatus[]> {
  return Promise.all(
    engineNames.map(async (name): Promise<EngineStatus> => {
      const report = await tryEngine(name);
      if ('device' in report) return { name, works: true, device: report.device };
      return { name, works: false, device: '', problem: report.problem, advice: advice[name] };
    }),
  );
}

/** A driver that answers at all does so within seconds; the limit only keeps a broken one from hanging us. */
const PROBE_SECONDS = 60;

export function tryEngine(
  name: string,
  script = fileURLToPath(new URL('./probe.ts', import.meta.url)),
  seconds = PROBE_SECONDS,
): Promise<ProbeReport> {
  return new Promise((resolve) => {
    const child = fork(script, [name], { silent: true });
    child.stdout?.resume();
    child.stderr?.resume();
    const timer = setTimeout(() => {
      resolve({ problem: `it did not answer within ${seconds} seconds` });
      child.kill('SIGKILL');
    }, seconds * 1000);
    const finish = (report: ProbeReport) => {
      clearTimeout(timer);
      resolve(report);
    };
    child.on('message', (message) => finish(message as ProbeReport));
    child.on('error', (error) => finish({ problem: error.message }));
    child.on('close', (code, signal) =>
      finish({ problem: `its process ended with ${signal ?? `exit code ${code}`}` }),
    );
  });
}

/** A table with one engine per line and, below an engine that does not work, the reason and the advice. */
export function formatEngines(list: readonly EngineStatus[]): string {
  const width = Math.max(...list.map(({ name }) => name.length));
  return list
    .map(({ name, works, device, problem, advice }) => {
      const first = `${name.padEnd(width)}  ${works ? `works on ${device}` : `does not work: ${problem}`}`;
      return advice ? `${first}\n${' '.repeat(width)}  ${advice}` : first;
    })
    .join('\n');
}

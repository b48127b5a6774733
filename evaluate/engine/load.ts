/**
 * Hands a graph to ONNX Runtime, for one provider and no other: what the provider cannot run is an
 * error that names it, not work for the CPU.
 */
import { prod } from '../../core/math.ts';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import ort from 'onnxruntime-node';
import { encode } from './encode.ts';
import { EngineError } from './engine.ts';
import type { Graph, Value } from './graph.ts';

// Every failure comes as an exception too; told twice, it would look like two.
ort.env.logLevel = 'fatal';

export type Provider = 'cpu' | 'webgpu' | 'cuda';

export interface SessionOptions {
  provider: Provider;
  threads: number;
  /** Whether threads that wait keep their core busy; true where absent, as in ONNX Runtime. */
  spinning?: boolean;
}

const webgpuSettings = {
  // It makes splits of integers out of slices, which the provider lacks.
  optimization: { disable_specified_optimizers: 'GatherSliceToSplitFusion' },
};

/** @throws EngineError when ONNX Runtime refuses the graph, or the provider does not run all of it. */
export async function load(graph: Graph, options: SessionOptions): Promise<ort.InferenceSession> {
  const { provider, threads, spinning = true } = options;
  const onDevice = provider !== 'cpu';
  const model = encode(graph);
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: [provider],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // A memory pattern keeps a second pool of all tensors: twice the memory, and no faster.
    enableMemPattern: false,
    logSeverityLevel: 4,
    extra: provider === 'webgpu' ? webgpuSettings : {},
  };
  try {
    return await ort.InferenceSession.create(model, {
      ...settings,
      ...(provider === 'webgpu' ? { preferredOutputLocation: 'gpu-buffer' as const } : {}),
      extra: {
        ...settings.extra,
        // Otherwise ONNX Runtime silently runs unsupported nodes on the CPU.
        session: {
          disable_cpu_ep_fallback: onDevice ? '1' : '0',
          intra_op: { allow_spinning: spinning ? '1' : '0' },
        },
      },
    });
  } catch (error) {
    const message = reason(error);
    if (onDevice && message.includes('fallback to CPU EP')) {
      const nodes = await nodesOnCpu(graph, model, settings);
      throw new EngineError(
        `The provider ${provider} cannot run all of "${graph.name}"; it lacks ${nodes.join(', ')}.`,
      );
    }
    throw new EngineError(`ONNX Runtime cannot run "${graph.name}" on ${provider}: ${message}`);
  }
}

/**
 * The nodes that the provider leaves to the CPU, as "operator (name)". ONNX Runtime tells only in the
 * profile of a run.
 */
async function nodesOnCpu(
  graph: Graph,
  model: Uint8Array,
  settings: ort.InferenceSession.SessionOptions,
): Promise<string[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'reach-arena-'));
  try {
    const session = await ort.InferenceSession.create(model, {
      ...settings,
      enableProfiling: true,
      profileFilePrefix: path.join(folder, 'profile'),
    });
    const feeds = graph.inputs.map((input) => [input.name, emptyTensor(input)]);
    await session.run(Object.fromEntries(feeds) as Record<string, ort.Tensor>);
    session.endProfiling();
    await session.release();
    const [file] = await readdir(folder);
    const events = JSON.parse(await readFile(path.join(folder, file!), 'utf8')) as {
      name: string;
      args?: { provider?: string; op_name?: string };
    }[];
    const onCpu = events.filter(({ args }) => args?.provider === 'CPUExecutionProvider');
    const nodes = onCpu.map(
      ({ name, args }) => `${args!.op_name} (${name.replace('_kernel_time', '')})`,
    );
    return [...new Set(nodes)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A tensor of zeros for `value`. */
export function emptyTensor({ dtype, shape }: Pick<Value, 'dtype' | 'shape'>): ort.Tensor {
  const size = prod(shape);
  const data = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
  return new ort.Tensor(dtype as 'float32' | 'int32', data, shape);
}

/** ONNX Runtime's message without the source lines and codes that it starts with. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replaceAll('\u0000', '')
    .replaceAll(/\s+/g, ' ')
    .replace(/^(Error: )?\S*\/onnxruntime\S*:\d+ .*? was false\. /, '')
    .replaceAll(/\[ONNXRuntimeError\] : \d+ : \w+ : /g, '')
    .trim();
}

/**
 * Runs a compiled graph on ONNX Runtime, with one provider and no other.
 */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import ort from 'onnxruntime-node';
import { EngineError } from './engine.ts';
import type { Executable, Handle, TensorSpec, Values } from './engine.ts';
import { encode, outputName } from './encode.ts';
import { sizeOf } from './graph.ts';
import type { Graph } from './graph.ts';

export type Provider = 'cpu' | 'webgpu' | 'cuda';

export interface SessionOptions {
  provider: Provider;
  threads: number;
}

/** @throws EngineError when ONNX Runtime refuses the graph, or the provider does not run all of it. */
export async function createSession(graph: Graph, options: SessionOptions): Promise<Executable> {
  const inputs = Object.fromEntries(graph.inputs.map((input) => [input.name, specOf(input)]));
  const outputs = Object.entries(graph.outputs).map(([name, value]): Output => {
    return { name, key: outputName(graph, name), spec: specOf(value) };
  });
  const session = await load(graph, options);
  return new Session(graph.name, session, inputs, outputs, options);
}

interface Output {
  name: string;
  /** Its name in the ONNX file. */
  key: string;
  spec: TensorSpec;
}

const specOf = ({ shape, dtype }: { shape: readonly number[]; dtype: string }): TensorSpec => ({
  shape: [...shape],
  dtype: dtype as TensorSpec['dtype'],
});

const webgpuSettings = {
  // It makes splits of integers out of slices, which the provider lacks.
  optimization: { disable_specified_optimizers: 'GatherSliceToSplitFusion' },
};

async function load(graph: Graph, options: SessionOptions): Promise<ort.InferenceSession> {
  const { provider, threads } = options;
  const onDevice = provider !== 'cpu';
  const model = encode(graph);
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: [provider],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    extra: provider === 'webgpu' ? webgpuSettings : {},
  };
  try {
    return await ort.InferenceSession.create(model, {
      ...settings,
      ...(provider === 'webgpu' ? { preferredOutputLocation: 'gpu-buffer' as const } : {}),
      extra: {
        ...settings.extra,
        // Otherwise ONNX Runtime runs on the CPU what the provider cannot, and does not say so.
        session: { disable_cpu_ep_fallback: onDevice ? '1' : '0' },
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
    const feeds = graph.inputs.map((input) => [input.name, emptyTensor(specOf(input))]);
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

class Session implements Executable {
  readonly inputs: Record<string, TensorSpec>;
  readonly outputs: Record<string, TensorSpec>;
  readonly #name: string;
  readonly #session: ort.InferenceSession;
  readonly #results: Output[];
  readonly #options: SessionOptions;
  /** Tensors of disposed handles, for later runs to write into: a step then allocates nothing. */
  readonly #free = new Map<string, ort.Tensor[]>();
  #disposed = false;

  constructor(
    name: string,
    session: ort.InferenceSession,
    inputs: Record<string, TensorSpec>,
    outputs: Output[],
    options: SessionOptions,
  ) {
    this.#name = name;
    this.#session = session;
    this.#results = outputs;
    this.#options = options;
    this.inputs = inputs;
    this.outputs = Object.fromEntries(outputs.map(({ name, spec }) => [name, spec]));
    for (const { key } of outputs) this.#free.set(key, []);
  }

  async run(feeds: Record<string, Values | Handle>): Promise<Record<string, Handle>> {
    if (this.#disposed) throw new EngineError(`"${this.#name}" was disposed and cannot run.`);
    checkFeeds(this.#name, this.inputs, feeds);
    const tensors: Record<string, ort.Tensor> = {};
    for (const [name, spec] of Object.entries(this.inputs)) {
      tensors[name] = await this.#feed(name, spec, feeds[name]!);
    }
    let results: ort.InferenceSession.ReturnType;
    try {
      results = await this.#session.run(tensors, this.#fetches());
    } catch (error) {
      throw new EngineError(`"${this.#name}" failed while it ran: ${reason(error)}`);
    }
    return Object.fromEntries(
      this.#results.map(({ name, key, spec }) => {
        const tensor = results[key] as ort.Tensor;
        const free = () => this.#release(key, tensor);
        return [name, new TensorHandle(spec, tensor, this.#options, free)];
      }),
    );
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#free.clear();
    await this.#session.release();
  }

  async #feed(name: string, spec: TensorSpec, feed: Values | Handle): Promise<ort.Tensor> {
    if (feed instanceof TensorHandle && feed.provider === this.#options.provider) {
      return feed.tensor;
    }
    const values = 'read' in feed ? await feed.read() : feed;
    checkValues(this.#name, name, spec, values);
    return new ort.Tensor(spec.dtype, values, spec.shape);
  }

  /** Where the outputs go: on the CPU into tensors of ours, else wherever the provider wants. */
  #fetches(): Record<string, ort.Tensor | null> {
    return Object.fromEntries(
      this.#results.map(({ key, spec }) => {
        if (this.#options.provider === 'webgpu') return [key, null];
        return [key, this.#free.get(key)!.pop() ?? emptyTensor(spec)];
      }),
    );
  }

  #release(key: string, tensor: ort.Tensor): void {
    if (tensor.location === 'cpu') this.#free.get(key)?.push(tensor);
    else tensor.dispose();
  }
}

function emptyTensor({ dtype, shape }: TensorSpec): ort.Tensor {
  const size = sizeOf(shape);
  const data = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
  return new ort.Tensor(dtype, data, shape);
}

class TensorHandle implements Handle {
  readonly spec: TensorSpec;
  readonly #options: SessionOptions;
  readonly #free: () => void;
  #tensor: ort.Tensor | undefined;

  constructor(spec: TensorSpec, tensor: ort.Tensor, options: SessionOptions, free: () => void) {
    this.spec = spec;
    this.#tensor = tensor;
    this.#options = options;
    this.#free = free;
  }

  get provider(): Provider {
    return this.#options.provider;
  }

  get tensor(): ort.Tensor {
    if (!this.#tensor) throw new EngineError('A tensor was used after it had been disposed.');
    return this.#tensor;
  }

  async read(): Promise<Values> {
    const { tensor } = this;
    const here = tensor.location === 'cpu' ? tensor : await download(this.spec, tensor);
    return (here.data as Values).slice();
  }

  dispose(): void {
    if (!this.#tensor) return;
    this.#tensor = undefined;
    this.#free();
  }
}

/** Sessions that copy one tensor of the WebGPU device to the CPU, by type and shape. */
const downloads = new Map<string, Promise<ort.InferenceSession>>();

/** ONNX Runtime's Node binding cannot read a WebGPU buffer itself, but an output can be on the CPU. */
async function download(spec: TensorSpec, tensor: ort.Tensor): Promise<ort.Tensor> {
  const key = `${spec.dtype}[${spec.shape.join()}]`;
  let session = downloads.get(key);
  if (!session) {
    const graph: Graph = {
      name: 'download',
      inputs: [{ name: 'device', ...spec }],
      outputs: {},
      nodes: [],
    };
    const model = encode({ ...graph, outputs: { host: graph.inputs[0]! } });
    session = ort.InferenceSession.create(model, { executionProviders: ['webgpu'] });
    downloads.set(key, session);
  }
  return (await (await session).run({ device: tensor }))['host'] as ort.Tensor;
}

/** @throws EngineError naming what is missing or unknown. */
export function checkFeeds(program: string, inputs: object, feeds: object): void {
  const expected = Object.keys(inputs);
  const missing = expected.filter((name) => !(name in feeds));
  if (missing.length > 0) {
    throw new EngineError(`"${program}" needs a value for its input ${missing.join(', ')}.`);
  }
  const unknown = Object.keys(feeds).filter((name) => !(name in inputs));
  if (unknown.length > 0) {
    throw new EngineError(
      `"${program}" has no input ${unknown.join(', ')}; its inputs are ${expected.join(', ')}.`,
    );
  }
}

/** @throws EngineError when the values are not those of a tensor of this type and shape. */
export function checkValues(
  program: string,
  input: string,
  { dtype, shape }: TensorSpec,
  values: Values,
): void {
  const type = dtype === 'float32' ? Float32Array : Int32Array;
  if (values instanceof type && values.length === sizeOf(shape)) return;
  throw new EngineError(
    `Input ${input} of "${program}" is a ${dtype} tensor of shape [${shape.join(', ')}], ` +
      `${sizeOf(shape)} values in a ${type.name}: got ${values.length} in a ${values.constructor.name}.`,
  );
}

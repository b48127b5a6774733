/**
 * Runs a compiled graph on ONNX Runtime, again and again.
 *
 * One call is one step. Several steps in a call would save little: outside ONNX Runtime a call spends
 * 0.2 ms for a tiny model and 1 ms for a step of the Transformer at the lite tier, 0.3 % of it (on two
 * busy cores).
 */
import ort from 'onnxruntime-node';
import { encode, outputName } from './encode.ts';
import { EngineError } from './engine.ts';
import type { Executable, Handle, TensorSpec, Values } from './engine.ts';
import { checkFeeds, checkValues } from './feeds.ts';
import { sameShape } from './graph.ts';
import type { Graph } from './graph.ts';
import { emptyTensor, load, reason } from './load.ts';
import type { Provider, SessionOptions } from './load.ts';

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

class Session implements Executable {
  readonly inputs: Record<string, TensorSpec>;
  readonly outputs: Record<string, TensorSpec>;
  readonly #name: string;
  readonly #session: ort.InferenceSession;
  readonly #results: Output[];
  readonly #options: SessionOptions;
  /** Tensors of disposed handles, which later runs write into, so that a step allocates nothing. */
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
      const { dtype, shape } = feed.spec;
      if (dtype === spec.dtype && sameShape(shape, spec.shape)) return feed.tensor;
    }
    const values = 'read' in feed ? await feed.read() : feed;
    checkValues(this.#name, name, spec, values);
    return new ort.Tensor(spec.dtype, values, spec.shape);
  }

  /** Destination of the outputs: our own tensors on the CPU, the provider's choice elsewhere. */
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

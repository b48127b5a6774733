/**
 * Tracing: runs a program once on a tfjs backend whose tensors stand for values of a graph.
 *
 * tfjs dispatches every operation, those of gradients included, to a kernel of the current backend.
 * The kernels of this backend compute nothing; each appends its lowering to the graph. What is left
 * of the program afterwards is exactly its kernel calls, in order.
 */
import { prod } from '../../core/math.ts';
import tf from '@tensorflow/tfjs';
import type { BackendValues, DataType, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from './engine.ts';
import type { Program } from './engine.ts';
import { checkOutput } from './feeds.ts';
import { GraphBuilder, typedArray } from './graph.ts';
import type { ConstantData, Graph, Value } from './graph.ts';
import { lowerings } from './lowerings/all.ts';

const BACKEND = 'reach-arena-tracer';

type DataId = TensorInfo['dataId'];

/** Lives as long as one trace, and lowers its kernel calls into `builder`. */
class Tracer extends tf.KernelBackend {
  readonly builder = new GraphBuilder();
  readonly program: string;
  readonly #values = new Map<DataId, { value: Value; references: number }>();
  /** Tensors of other backends that the program closes over, as constants. */
  readonly #captured = new Map<DataId, Value>();

  constructor(program: string) {
    super();
    this.program = program;
  }

  /** Calls the program on tensors that stand for its inputs. */
  run(program: Program): Graph {
    const inputs = Object.entries(program.inputs).map(([name, { shape, dtype }]): Value => ({
      name,
      shape: [...shape],
      dtype,
    }));
    const outputs: Record<string, Value> = {};
    tf.tidy(() => {
      const tensors = inputs.map((value) => [
        value.name,
        tf.engine().makeTensorFromTensorInfo(this.#tensorInfo(value)),
      ]);
      const results = program.build(Object.fromEntries(tensors) as Record<string, Tensor>);
      checkNames(program.name, 'output', Object.keys(results));
      for (const [name, result] of Object.entries(results)) {
        checkOutput(program.name, name, result);
        outputs[name] = this.#valueOf(result);
      }
    });
    return { name: program.name, inputs, outputs, nodes: this.builder.nodes };
  }

  /** A tensor of the traced program that stands for `value`. */
  #tensorInfo(value: Value): TensorInfo {
    const dataId = {};
    this.#values.set(dataId, { value, references: 1 });
    return { dataId, shape: [...value.shape], dtype: value.dtype as DataType };
  }

  #valueOf({ dataId, shape, dtype }: TensorInfo): Value {
    const own = this.#values.get(dataId)?.value ?? this.#captured.get(dataId);
    if (own) return own;
    const values = tf.engine().readSync(dataId);
    const constant = this.#constant(values as ArrayLike<number>, shape, dtype);
    this.#captured.set(dataId, constant);
    return constant;
  }

  lower(kernel: string, inputs: object, attributes: object): TensorInfo | TensorInfo[] {
    const lower = lowerings[kernel];
    if (!lower) {
      throw new EngineError(
        `The program "${this.program}" uses the tfjs kernel ${kernel} (tf.${opOf(kernel)}), which ` +
          `the compiled engine cannot translate yet: write it with other operations, add a lowering ` +
          `to the file of its kind in evaluate/engine/lowerings/, or run with --engine reference.`,
      );
    }
    const values = Object.fromEntries(
      Object.entries(inputs as Record<string, TensorInfo | undefined>)
        .filter(([, input]) => input)
        .map(([name, input]) => [name, this.#valueOf(input!)]),
    );
    this.builder.enter(kernel);
    const outputs = lower(this.builder, values, attributes as Record<string, unknown>);
    return Array.isArray(outputs)
      ? outputs.map((output) => this.#tensorInfo(output))
      : this.#tensorInfo(outputs);
  }

  #constant(values: ArrayLike<number>, shape: readonly number[], dtype: DataType): Value {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
      throw new EngineError(
        `The program "${this.program}" makes a tensor of type ${dtype}: the compiled engine knows ` +
          `float32, int32 and bool.`,
      );
    }
    this.builder.enter('Constant');
    const data = typedArray(dtype, values);
    if (data.length > 1 && isUniform(data)) return this.builder.full(Number(data[0]), shape, dtype);
    return this.builder.constant(data, shape, dtype);
  }

  override write(values: BackendValues | null, shape: number[], dtype: DataType): DataId {
    // tfjs asks for room without values when it makes a tensor that is all zeros.
    const filled = values ?? new Float32Array(prod(shape));
    return this.#tensorInfo(this.#constant(filled as Float32Array, shape, dtype)).dataId;
  }

  override readSync(dataId: DataId): Float32Array | Int32Array | Uint8Array {
    const data = this.#values.get(dataId)?.value.data;
    if (data && !(data instanceof BigInt64Array)) return data;
    throw new EngineError(
      `The program "${this.program}" reads a tensor (dataSync, arraySync, data, print) while it is ` +
        `being compiled: its values are known only when it runs, so build it from tf operations alone.`,
    );
  }

  override async read(dataId: DataId): Promise<Float32Array | Int32Array | Uint8Array> {
    return this.readSync(dataId);
  }

  override incRef(dataId: DataId): void {
    const entry = this.#values.get(dataId);
    if (entry) entry.references++;
  }

  override refCount(dataId: DataId): number {
    return this.#values.get(dataId)?.references ?? 0;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.#values.get(dataId);
    if (!entry) return true;
    entry.references--;
    if (!force && entry.references > 0) return false;
    return this.#values.delete(dataId);
  }

  override numDataIds(): number {
    return this.#values.size;
  }

  override memory() {
    return { unreliable: false };
  }

  override dispose(): void {}

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }
}

function isUniform(data: ConstantData): boolean {
  const first = data[0];
  for (const value of data) if (value !== first) return false;
  return true;
}

/** tf.matMul for BatchMatMul, and so on: kernels are mostly named like their operation. */
function opOf(kernel: string): string {
  const named: Record<string, string> = { Multiply: 'mul', RealDiv: 'div', GatherNd: 'gatherND' };
  const name = kernel.replace(/(Native)?(Backprop.*|Grad.*)?(V\d)?$/, '');
  return named[kernel] ?? name.charAt(0).toLowerCase() + name.slice(1);
}

let current: Tracer | undefined;

/** Every kernel that tfjs has anywhere, so that one without a lowering is refused by name. */
function registerKernels(): void {
  // tfjs exports the name of every kernel as a constant.
  const known = Object.values(tf).filter((value) => typeof value === 'string');
  for (const kernelName of new Set([...known, ...Object.keys(lowerings)])) {
    if (tf.getKernel(kernelName, BACKEND)) continue;
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs }) => current!.lower(kernelName, inputs, attrs ?? {}),
    });
  }
}

/**
 * The graph of a program, before any pass. Leaves tfjs as it was: its backend, and no tensor more.
 *
 * @throws EngineError when the program does what a graph cannot, or returns what it should not.
 */
export function trace(program: Program): Graph {
  if (current) {
    throw new EngineError(
      `The program "${program.name}" is compiled while "${current.program}" is being compiled: ` +
        `compile one after the other.`,
    );
  }
  checkNames(program.name, 'input', Object.keys(program.inputs));
  registerKernels();
  tf.backend(); // Chooses tfjs's default backend now, so that there is one to go back to.
  const previous = tf.getBackend();
  const tracer = new Tracer(program.name);
  tf.registerBackend(BACKEND, () => tracer, 0);
  current = tracer;
  try {
    void tf.setBackend(BACKEND);
    return tracer.run(program);
  } finally {
    current = undefined;
    void tf.setBackend(previous);
    tf.removeBackend(BACKEND);
  }
}

function checkNames(program: string, kind: 'input' | 'output', names: string[]): void {
  for (const name of names) {
    // A slash marks the graph's own names, so that the two never meet.
    if (!/^[A-Za-z_][\w.-]*$/.test(name)) {
      throw new EngineError(
        `The program "${program}" has an ${kind} named "${name}": a name is a letter followed by ` +
          `letters, digits, ".", "_" and "-".`,
      );
    }
  }
}

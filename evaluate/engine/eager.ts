/** The eager engines: a program is called on a tfjs backend at every step. */
import { prod } from '../../core/math.ts';
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { EngineError } from './engine.ts';
import type { Engine, Executable, Handle, Program, TensorSpec, Values } from './engine.ts';
import { checkFeeds, checkOutput, checkValues } from './feeds.ts';

/** An engine on the tfjs backend of that name, which must be registered. */
export function openEager(name: string, backend: string, device: string): Engine {
  // The cpu backend greets its first user with advice to install another one. Once tfjs has chosen
  // its default it makes no second instance, which would greet again.
  tf.backend();
  Object.assign(tf.findBackend(backend), { firstUse: false });
  return {
    name,
    device,
    compile: async (program: Program) => new EagerExecutable(program, backend),
    dispose: async () => {},
  };
}

class EagerExecutable implements Executable {
  readonly inputs: Record<string, TensorSpec>;
  readonly outputs: Record<string, TensorSpec>;
  readonly #program: Program;
  readonly #backend: string;

  constructor(program: Program, backend: string) {
    this.#program = program;
    this.#backend = backend;
    this.inputs = program.inputs;
    // Only a run tells the shapes of the outputs; zeros serve as inputs.
    const zeros = Object.entries(program.inputs).map(([name, { dtype, shape }]) => {
      const size = prod(shape);
      return [name, dtype === 'float32' ? new Float32Array(size) : new Int32Array(size)];
    });
    const results = this.#call(Object.fromEntries(zeros) as Record<string, Values>);
    this.outputs = Object.fromEntries(
      Object.entries(results).map(([key, { shape, dtype }]) => [
        key,
        { shape: [...shape], dtype: dtype as TensorSpec['dtype'] },
      ]),
    );
    tf.dispose(results);
  }

  async run(feeds: Record<string, Values | Handle>): Promise<Record<string, Handle>> {
    checkFeeds(this.#program.name, this.inputs, feeds);
    const values: Record<string, Values | Tensor> = {};
    for (const [name, spec] of Object.entries(this.inputs)) {
      const feed = feeds[name]!;
      if (feed instanceof EagerHandle && feed.backend === this.#backend) {
        values[name] = feed.tensor;
        continue;
      }
      const read = 'read' in feed ? await feed.read() : feed;
      checkValues(this.#program.name, name, spec, read);
      values[name] = read;
    }
    return Object.fromEntries(
      Object.entries(this.#call(values)).map(([name, tensor]) => [
        name,
        new EagerHandle(this.outputs[name]!, tensor, this.#backend),
      ]),
    );
  }

  async dispose(): Promise<void> {}

  #call(feeds: Record<string, Values | Tensor>): Record<string, Tensor> {
    return onBackend(this.#backend, () =>
      tf.tidy(() => {
        const tensors = Object.entries(this.inputs).map(([name, { shape, dtype }]) => {
          const feed = feeds[name]!;
          // tfjs keeps the array that it is given; the caller may write to it afterwards.
          return [name, feed instanceof tf.Tensor ? feed : tf.tensor(feed.slice(), shape, dtype)];
        });
        const results = this.#program.build(Object.fromEntries(tensors) as Record<string, Tensor>);
        // A result may be an input itself, which tidy would not keep.
        return Object.fromEntries(
          Object.entries(results).map(([name, tensor]) => {
            checkOutput(this.#program.name, name, tensor);
            return [name, tensor.clone()];
          }),
        );
      }),
    );
  }
}

/** Does work on one tfjs backend and goes back to the one before. */
function onBackend<T>(backend: string, work: () => T): T {
  tf.backend(); // Chooses tfjs's default backend now, so that there is one to go back to.
  const previous = tf.getBackend();
  void tf.setBackend(backend);
  try {
    return work();
  } finally {
    void tf.setBackend(previous);
  }
}

class EagerHandle implements Handle {
  readonly spec: TensorSpec;
  readonly backend: string;
  #tensor: Tensor | undefined;

  constructor(spec: TensorSpec, tensor: Tensor, backend: string) {
    this.spec = spec;
    this.backend = backend;
    this.#tensor = tensor;
  }

  get tensor(): Tensor {
    if (!this.#tensor) throw new EngineError('A tensor was used after it had been disposed.');
    return this.#tensor;
  }

  async read(): Promise<Values> {
    return ((await this.tensor.data()) as Values).slice();
  }

  dispose(): void {
    this.#tensor?.dispose();
    this.#tensor = undefined;
  }
}

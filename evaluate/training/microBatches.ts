/**
 * A training step in micro-batches: adds up the gradients of a few examples at a time, then takes one
 * optimiser step. Losses are weighted by the whole batch's count, so the gradient differs from that of
 * the whole batch only by rounding. A step needs the memory of one micro-batch.
 */
import type { Engine, Executable, Handle, Program, Values } from '../engine/engine.ts';
import { MemoryError, programBytes } from '../engine/memory.ts';
import type { Layout } from './flat.ts';
import { updateProgram } from './programs.ts';

/** One optimiser step: state and a batch in; state, `loss` and `gradientNorm` out. */
export interface Step extends Pick<Executable, 'run' | 'dispose'> {
  /** Examples per pass; absent where it is the whole batch. */
  readonly microBatch?: number;
}

/** The programs of one objective, by the number of examples in a pass. */
export interface StepPrograms {
  layout: Layout;
  optimiser: { clip: number; weightDecay: number };
  /** A step, optimiser included. */
  whole(batch: number): Program;
  /** Adds the gradient of some examples to `gradient`, and their loss to `loss`. */
  gradient(batch: number): Program;
}

/**
 * Compiles a step on `batch` rows, at most `microBatch` of them per pass: the largest number that
 * divides `batch`.
 *
 * @throws MemoryError if it does not fit, with the micro-batch that would
 */
export async function compileStep(
  engine: Engine,
  programs: StepPrograms,
  batch: number,
  wanted = batch,
): Promise<Step> {
  let microBatch = Math.min(wanted, batch);
  while (batch % microBatch !== 0) microBatch--;
  try {
    if (microBatch === batch) return await engine.compile(programs.whole(batch));
    const gradient = await engine.compile(programs.gradient(microBatch));
    const update = await engine.compile(updateProgram(programs.layout, programs.optimiser));
    return new AccumulatedStep(gradient, update, { batch, microBatch });
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
    const { program, needed, limit } = error;
    const fitting = fittingMicroBatch(programs, microBatch, batch, limit);
    const advice =
      fitting === undefined
        ? 'one example alone does not fit; lower the length or the width'
        : `--micro-batch ${fitting} would fit`;
    throw new MemoryError(program, needed, limit, advice);
  }
}

/** The largest divisor of `batch` below `below` for which a pass and the update fit in memory. */
export function fittingMicroBatch(
  programs: StepPrograms,
  below: number,
  batch: number,
  limit: number,
): number | undefined {
  const update = programBytes(updateProgram(programs.layout, programs.optimiser));
  for (let size = below - 1; size >= 1; size--) {
    if (batch % size !== 0) continue;
    if (programBytes(programs.gradient(size)) + update <= limit) return size;
  }
  return undefined;
}

class AccumulatedStep implements Step {
  readonly microBatch: number;
  readonly #batch: number;
  readonly #gradient: Executable;
  readonly #update: Executable;

  constructor(
    gradient: Executable,
    update: Executable,
    { batch, microBatch }: { batch: number; microBatch: number },
  ) {
    this.microBatch = microBatch;
    this.#batch = batch;
    this.#gradient = gradient;
    this.#update = update;
  }

  async run(feeds: Record<string, Values | Handle>): Promise<Record<string, Handle>> {
    const { parameters, moment1, moment2, learningRate, correction1, correction2, ...data } = feeds;
    // Answers have equal weights; tokens bring weights of their own.
    if (data.labels) {
      const answers = (data.labels as Values).length;
      data.weights = new Float32Array(answers).fill(1 / answers);
    }
    let sums: Record<string, Values | Handle> = {
      gradient: new Float32Array(this.#gradient.inputs.gradient!.shape[0]!),
      loss: new Float32Array(1),
    };
    for (let first = 0; first < this.#batch; first += this.microBatch) {
      const rows = this.#rowsOf(data as Record<string, Values>, first);
      const next = await this.#gradient.run({ parameters: parameters!, ...sums, ...rows });
      dispose(sums);
      sums = next;
    }
    const { loss, gradient } = sums as Record<string, Handle>;
    const state = { parameters: parameters!, moment1: moment1!, moment2: moment2! };
    const scale = {
      learningRate: learningRate!,
      correction1: correction1!,
      correction2: correction2!,
    };
    const updated = await this.#update.run({ ...state, ...scale, gradient: gradient! });
    gradient!.dispose();
    return { ...updated, loss: loss! };
  }

  async dispose(): Promise<void> {
    await this.#gradient.dispose();
    await this.#update.dispose();
  }

  /** Examples `first`, ... of the batch, of every array of the data. */
  #rowsOf(data: Record<string, Values>, first: number): Record<string, Values> {
    return Object.fromEntries(
      Object.entries(data).map(([name, values]) => {
        const row = values.length / this.#batch;
        return [name, values.slice(first * row, (first + this.microBatch) * row)];
      }),
    );
  }
}

function dispose(tensors: Record<string, Values | Handle>): void {
  for (const tensor of Object.values(tensors)) if ('dispose' in tensor) tensor.dispose();
}

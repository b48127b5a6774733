/**
 * Parameters as one flat vector. The state of training is three such vectors (values, first and second
 * moments), so that a step of any model has three state tensors and a checkpoint has three blobs.
 */
import { prod } from '../../core/math.ts';
import type { Tensor } from '@tensorflow/tfjs';
import tf from '@tensorflow/tfjs';
import { stream } from '../../core/random.ts';
import type { NamedParameter, TensorRecord } from '../../models/parameters.ts';

export interface Layout {
  parameters: NamedParameter[];
  sizes: number[];
  /** Values in all. */
  total: number;
}

export function layoutOf(parameters: NamedParameter[]): Layout {
  const sizes = parameters.map(({ shape }) => prod(shape));
  return { parameters, sizes, total: sizes.reduce((sum, n) => sum + n, 0) };
}

/** Initial values; each parameter has a stream of its own, named by `seed` and the parameter. */
export function initialValues({ parameters, sizes, total }: Layout, seed: string): Float32Array {
  const flat = new Float32Array(total);
  let offset = 0;
  parameters.forEach(({ name, initialise }, i) => {
    const size = sizes[i]!;
    flat.set(initialise(size, stream(`${seed}/init/${name}`)), offset);
    offset += size;
  });
  return flat;
}

/** Copies the values of the parameters that both layouts have: what fine-tuning takes from pretraining. */
export function transfer(
  from: Float32Array,
  source: Layout,
  to: Float32Array,
  target: Layout,
): void {
  const offsets = new Map<string, number>();
  let offset = 0;
  source.parameters.forEach(({ name }, i) => {
    offsets.set(name, offset);
    offset += source.sizes[i]!;
  });
  offset = 0;
  target.parameters.forEach(({ name }, i) => {
    const start = offsets.get(name);
    if (start !== undefined) to.set(from.subarray(start, start + target.sizes[i]!), offset);
    offset += target.sizes[i]!;
  });
}

/** [total] -> one tensor per parameter, in layout order. */
export function split(flat: Tensor, { parameters, sizes }: Layout): Tensor[] {
  const pieces = sizes.length === 1 ? [flat] : tf.split(flat, sizes);
  return pieces.map((piece, i) => piece.reshape(parameters[i]!.shape));
}

export function named(tensors: Tensor[], { parameters }: Layout): TensorRecord {
  return Object.fromEntries(parameters.map(({ name }, i) => [name, tensors[i]!]));
}

/** One value per parameter, repeated over its elements: the constants of the optimiser. */
export function perElement(
  { parameters, sizes, total }: Layout,
  value: (parameter: NamedParameter) => number,
): Float32Array {
  const flat = new Float32Array(total);
  let offset = 0;
  parameters.forEach((parameter, i) => {
    flat.fill(value(parameter), offset, offset + sizes[i]!);
    offset += sizes[i]!;
  });
  return flat;
}

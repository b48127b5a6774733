/** What a program may be fed and may return. */
import { prod } from '../../core/math.ts';
import tf from '@tensorflow/tfjs';
import { EngineError } from './engine.ts';
import type { TensorSpec, Values } from './engine.ts';

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
  if (values instanceof type && values.length === prod(shape)) return;
  throw new EngineError(
    `Input ${input} of "${program}" is a ${dtype} tensor of shape [${shape.join(', ')}], ` +
      `${prod(shape)} values in a ${type.name}: got ${values.length} in a ${values.constructor.name}.`,
  );
}

/** @throws EngineError when a program returns what cannot leave an engine. */
export function checkOutput(program: string, output: string, result: unknown): void {
  const isTensor = result instanceof tf.Tensor;
  if (isTensor && (result.dtype === 'float32' || result.dtype === 'int32')) return;
  throw new EngineError(
    `"${program}" returns ${isTensor ? `a ${result.dtype} tensor` : typeof result} as its output ` +
      `${output}: expected a tensor of float32 or int32.`,
  );
}

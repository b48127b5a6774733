/**
 * A file of trained parameters: one safetensors tensor per parameter, with its name and shape, which
 * PyTorch and others read; and the id of the run that trained them.
 */
import type { Layout } from './flat.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

export function encodeTrained(layout: Layout, flat: Float32Array, id: string): Uint8Array {
  const tensors: Record<string, Float32Array> = {};
  let offset = 0;
  layout.parameters.forEach(({ name }, i) => {
    tensors[name] = flat.slice(offset, (offset += layout.sizes[i]!));
  });
  const shapes = Object.fromEntries(layout.parameters.map(({ name, shape }) => [name, shape]));
  return encodeSafetensors({ tensors, metadata: { id } }, shapes);
}

/**
 * The parameters of such a file, flat.
 *
 * @throws Error when the file is broken, of another run, or lacks a parameter of the layout
 */
export function decodeTrained(layout: Layout, file: Uint8Array, id: string): Float32Array {
  const { tensors, metadata } = decodeSafetensors(file);
  if (metadata.id !== id) throw new Error(`it is of the run ${metadata.id ?? '(none)'}, not ${id}`);
  const flat = new Float32Array(layout.total);
  let offset = 0;
  layout.parameters.forEach(({ name }, i) => {
    const values = tensors[name];
    if (!values || values.length !== layout.sizes[i])
      throw new Error(`it lacks the parameter ${name}`);
    flat.set(values, offset);
    offset += values.length;
  });
  return flat;
}

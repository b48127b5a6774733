/**
 * safetensors files (https://github.com/huggingface/safetensors): eight bytes of header length, a
 * JSON header, then the raw values. Only float32 tensors and string metadata are needed here.
 */

export interface SafeTensors {
  /** Values in row-major order. */
  tensors: Record<string, Float32Array>;
  metadata: Record<string, string>;
}

/** @param shapes of the tensors that are no vectors */
export function encodeSafetensors(
  { tensors, metadata }: SafeTensors,
  shapes: Readonly<Record<string, readonly number[]>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, values] of Object.entries(tensors)) {
    const start = end;
    end += values.byteLength;
    const shape = shapes[name] ?? [values.length];
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  // Padded with spaces to a multiple of 8, so that the values are aligned.
  const json = JSON.stringify(header);
  const bytes = new TextEncoder().encode(json);
  const headerLength = Math.ceil(bytes.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + end).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(bytes, 8);
  let offset = 8 + headerLength;
  for (const values of Object.values(tensors)) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return file;
}

/** Without the shapes. @throws Error when the bytes are no whole safetensors file of float32. */
export function decodeSafetensors(file: Uint8Array): SafeTensors {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerLength = file.length < 8 ? -1 : Number(view.getBigUint64(0, true));
  const start = 8 + headerLength;
  if (headerLength < 2 || start > file.length) throw new Error('truncated header');
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Record<
    string,
    { dtype: string; data_offsets: [number, number] } & Record<string, string>
  >;
  const tensors: Record<string, Float32Array> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [from, to] = entry.data_offsets;
    if (entry.dtype !== 'F32' || start + to > file.length) throw new Error(`truncated ${name}`);
    // A copy, because the bytes may stand at any offset of their buffer.
    tensors[name] = new Float32Array(
      Uint8Array.from(file.subarray(start + from, start + to)).buffer,
    );
  }
  return { tensors, metadata: header.__metadata__ ?? {} };
}

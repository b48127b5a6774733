/** Writes protocol buffers by hand, so that tests can make ONNX files that no library would write. */

export function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}

export type Part = number[] | Uint8Array;

export const int = (field: number, value: number | bigint): Part => [
  ...varint(field * 8),
  ...varint(value),
];

export function message(field: number, ...parts: Part[]): Part {
  const body = Buffer.concat(parts.map((part) => Uint8Array.from(part)));
  return Buffer.concat([Uint8Array.from([...varint(field * 8 + 2), ...varint(body.length)]), body]);
}

export const text = (field: number, value: string): Part =>
  message(field, new TextEncoder().encode(value));

export const floats = (values: ArrayLike<number>): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);

export const longs = (values: number[]): Uint8Array =>
  new Uint8Array(BigInt64Array.from(values, BigInt).buffer);

/** A TensorProto's parts. */
export const tensor = (name: string, type: number, dims: number[], raw: Uint8Array): Part[] => [
  ...dims.map((dim) => int(1, dim)),
  int(2, type),
  text(8, name),
  message(9, raw),
];

export const node = (op: string, inputs: string[], outputs: string[], ...more: Part[]): Part =>
  message(
    1,
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    text(4, op),
    ...more,
  );

/** A ValueInfoProto's parts; a dimension is a number, or a name. */
export const value = (name: string, type: number, dims: (number | string)[]): Part[] => {
  const shape = dims.map((dim) => message(1, typeof dim === 'number' ? int(1, dim) : text(2, dim)));
  return [text(1, name), message(2, message(1, int(1, type), message(2, ...shape)))];
};

export const castAttribute = message(5, text(1, 'to'), int(3, 1), int(20, 2));

export interface Model {
  nodes: Part[];
  initializers: Part[][];
  inputs: Part[][];
  outputs: Part[][];
  /** Of the graph, and of the model. */
  moreGraph: Part[];
  more: Part[];
  opset: Part[];
  version: number;
}

/** logits = float(tokens) · w, which any reader accepts. */
export function linear(length: number, classes: number): Model {
  const w = Array.from({ length: length * classes }, (_, i) => Math.sin(i));
  return {
    nodes: [node('Cast', ['tokens'], ['x'], castAttribute), node('MatMul', ['x', 'w'], ['logits'])],
    initializers: [tensor('w', 1, [length, classes], floats(w))],
    inputs: [value('tokens', 6, ['batch', length])],
    outputs: [value('logits', 1, ['batch', classes])],
    moreGraph: [],
    more: [],
    opset: [int(2, 17)],
    version: 8,
  };
}

/** The file; `opset_import` stands last, so that no beginning of it is a whole model. */
export function encodeModel(model: Model): Uint8Array {
  const graph = message(
    7,
    ...model.nodes,
    text(2, 'g'),
    ...model.initializers.map((parts) => message(5, ...parts)),
    ...model.inputs.map((parts) => message(11, ...parts)),
    ...model.outputs.map((parts) => message(12, ...parts)),
    ...model.moreGraph,
  );
  const parts = [int(1, model.version), graph, ...model.more, message(8, ...model.opset)];
  return Buffer.concat(parts.map((part) => Uint8Array.from(part)));
}

/**
 * The graph that a program is traced into: ONNX operators on values of fixed shape.
 *
 * Plain data. Lowerings append to it through a `GraphBuilder`, passes turn one graph into another,
 * `encode` writes it as an ONNX file.
 */

/** `int64` and `bool` live inside a graph only; inputs and outputs are `float32` or `int32`. */
export type ElementType = 'float32' | 'int32' | 'int64' | 'bool';

/** Row-major values of a constant; a bool is a byte, 0 or 1. */
export type ConstantData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

export interface Value {
  /** Unique within the graph; becomes the tensor's name in the ONNX file. */
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Present where the value is known before the program runs. */
  readonly data?: ConstantData;
}

/** Whole numbers are ONNX ints; a float is marked, because 1 and 1.0 are different attributes. */
export type Attribute = number | readonly number[] | string | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  /** ONNX operator type. */
  readonly op: string;
  /** The tfjs kernel it comes from and a counter, for people who open the graph in a viewer. */
  readonly name: string;
  /** An absent optional input is undefined. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

/** Nodes are in an order in which every input is known before it is used. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: Readonly<Record<string, Value>>;
  readonly nodes: readonly Node[];
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, i) => dimension === b[i]);
}

/** The shape that NumPy's rules broadcast all of `shapes` to. */
export function broadcastShape(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) =>
    shapes.reduce((dimension, shape) => {
      const own = shape[shape.length - rank + i] ?? 1;
      return own === 1 ? dimension : own;
    }, 1),
  );
}

/** Type and shape of a new node's output; those of its first input if absent. */
export interface OutputType {
  dtype?: ElementType | undefined;
  shape?: readonly number[];
}

/** Appends nodes and constants, and names them after the kernel that is being lowered. */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  #scope = '';
  readonly #used = new Map<string, number>();

  /** Nodes made from here on are named after `kernel` and a counter. */
  enter(kernel: string): void {
    this.#scope = `${kernel}_${this.#count(kernel)}`;
  }

  /** One operator with one output. */
  node(
    op: string,
    inputs: readonly (Value | undefined)[],
    type: OutputType = {},
    attributes: Attributes = {},
  ): Value {
    const [output] = this.nodeWithOutputs(op, inputs, [type], attributes);
    return output!;
  }

  nodeWithOutputs(
    op: string,
    inputs: readonly (Value | undefined)[],
    types: readonly OutputType[],
    attributes: Attributes = {},
  ): Value[] {
    const name = this.#unique(`${this.#scope}/${op}`);
    const first = inputs[0];
    const outputs = types.map(({ dtype = first!.dtype, shape = first!.shape }, i): Value => ({
      name: types.length === 1 ? name : `${name}:${i}`,
      dtype,
      shape: [...shape],
    }));
    this.nodes.push({ op, name, inputs, outputs, attributes });
    return outputs;
  }

  constant(data: ConstantData, shape: readonly number[], dtype: ElementType): Value {
    return { name: this.#unique(`${this.#scope}/constant`), data, shape: [...shape], dtype };
  }

  /** A constant without dimensions. */
  scalar(value: number, dtype: ElementType): Value {
    const name = this.#unique(`${this.#scope}/${value}`);
    return { name, data: typedArray(dtype, [value]), shape: [], dtype };
  }

  /** A vector of int64, the form in which ONNX takes shapes, axes and the like. */
  int64(values: readonly number[]): Value {
    return this.constant(typedArray('int64', values), [values.length], 'int64');
  }

  /** The same number everywhere: a scalar that is broadcast, so that no one has to store it. */
  full(value: number, shape: readonly number[], dtype: ElementType): Value {
    return this.expand(this.scalar(value, dtype), shape);
  }

  expand(x: Value, shape: readonly number[]): Value {
    return sameShape(x.shape, shape) ? x : this.node('Expand', [x, this.int64(shape)], { shape });
  }

  reshape(x: Value, shape: readonly number[]): Value {
    return sameShape(x.shape, shape) ? x : this.node('Reshape', [x, this.int64(shape)], { shape });
  }

  transpose(x: Value, permutation: readonly number[]): Value {
    if (permutation.every((axis, i) => axis === i)) return x;
    const shape = permutation.map((axis) => x.shape[axis]!);
    return this.node('Transpose', [x], { shape }, { perm: permutation });
  }

  cast(x: Value, dtype: ElementType): Value {
    return x.dtype === dtype ? x : this.node('Cast', [x], { dtype }, { to: onnxType(dtype) });
  }

  #count(key: string): number {
    const count = this.#used.get(key) ?? 0;
    this.#used.set(key, count + 1);
    return count;
  }

  #unique(name: string): string {
    const count = this.#count(name);
    return count === 0 ? name : `${name}_${count}`;
  }
}

/** ONNX's number of an element type (TensorProto.DataType). */
export function onnxType(dtype: ElementType): number {
  return { float32: 1, int32: 6, int64: 7, bool: 9 }[dtype];
}

export function typedArray(dtype: ElementType, values: ArrayLike<number>): ConstantData {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'int64':
      return BigInt64Array.from(Array.from(values), (value) => BigInt(value));
    case 'bool':
      return Uint8Array.from(values, (value) => (value ? 1 : 0));
  }
}

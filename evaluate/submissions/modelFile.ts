/**
 * What an ONNX file (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) must be before ONNX
 * Runtime sees it: one graph of known operators, whole in this file, tokens in and logits out.
 */
import { SubmissionError, shown } from './errors.ts';
import { operators } from './operators.ts';
import { WireError, countVarints, readMessage, readVarints, type Field } from './wire.ts';

export const mostModelBytes = 64 * 2 ** 20;
const mostNodes = 50_000;
const mostBatch = 4096;
/** Most messages of a file, and bytes of a name: what is refused is refused soon. */
const mostMessages = 1_000_000;
const mostNameBytes = 4096;

/** Types of tensors and the bytes of a number, by ONNX's code. */
const types = new Map([
  [1, { name: 'float', bytes: 4 }],
  [2, { name: 'uint8', bytes: 1 }],
  [3, { name: 'int8', bytes: 1 }],
  [6, { name: 'int32', bytes: 4 }],
  [7, { name: 'int64', bytes: 8 }],
  [9, { name: 'bool', bytes: 1 }],
  [10, { name: 'float16', bytes: 2 }],
  [11, { name: 'double', bytes: 8 }],
  [16, { name: 'bfloat16', bytes: 2 }],
]);
const floating = [1, 10, 11, 16];

export interface ModelFacts {
  tokens: 'int32' | 'int64';
  /** Examples a call, where the file fixes it. */
  batch: number | undefined;
  /** Floating-point numbers in the file. */
  floats: number;
}

/**
 * @param length tokens an example, all its documents together
 * @throws SubmissionError naming the part of the file, such as `graph.node[3].op_type`
 */
export function checkModel(
  bytes: Uint8Array,
  file: string,
  { length, classes }: { length: number; classes: number },
): ModelFacts {
  const reader = new Reader(bytes, file);
  try {
    return reader.model(length, classes);
  } catch (error) {
    if (error instanceof WireError)
      throw new SubmissionError(file, reader.path, `is no whole ONNX message: ${error.message}`);
    throw error;
  }
}

type Message = Map<number, Field[]>;

interface ValueInfo {
  name: string;
  path: string;
  /** ONNX's code of the type. */
  type: number;
  /** Undefined where a dimension has a name or nothing. */
  dims: (number | undefined)[];
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #file: string;
  /** What is read at the moment. */
  path = 'the model';
  #floats = 0;
  #messages = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#file = file;
  }

  model(length: number, classes: number): ModelFacts {
    const model = readMessage(this.#bytes);
    const version = this.#number(model, 1, 'ir_version');
    if (version === undefined || version < 3 || version > 13)
      throw this.#wrong('ir_version', `is ${shown(version)}, expected 3 to 13`);
    this.#none(model, 20, 'training_info');
    this.#none(model, 25, 'functions');
    const sets = model.get(8) ?? [];
    if (sets.length !== 1)
      throw this.#wrong(
        'opset_import',
        `has ${sets.length} entries, expected one: the standard operators`,
      );
    const set = this.#message(sets[0]!, 'opset_import');
    const domain = this.#text(set, 1, 'opset_import.domain') ?? '';
    if (domain !== '' && domain !== 'ai.onnx')
      throw this.#wrong(
        'opset_import.domain',
        `is ${shown(domain)}, expected the standard operators only`,
      );
    const opset = this.#number(set, 2, 'opset_import.version');
    if (opset === undefined || opset < 7 || opset > 25)
      throw this.#wrong('opset_import.version', `is ${shown(opset)}, expected 7 to 25`);
    const found = this.#only(model, 7, 'graph');
    if (!found) throw this.#wrong('graph', 'is missing');
    return this.#graph(this.#message(found, 'graph'), length, classes);
  }

  #graph(graph: Message, length: number, classes: number): ModelFacts {
    this.#none(graph, 15, 'graph.sparse_initializer');
    const constants = new Set<string>();
    for (const [i, field] of (graph.get(5) ?? []).entries()) {
      const name = this.#tensor(field, `graph.initializer[${i}]`);
      constants.add(name);
    }
    const nodes = graph.get(1) ?? [];
    if (nodes.length > mostNodes)
      throw this.#wrong('graph.node', `has ${nodes.length} entries, expected at most ${mostNodes}`);
    if (nodes.length === 0) throw this.#wrong('graph.node', 'has no entries, expected a model');
    for (const [i, field] of nodes.entries()) this.#node(field, `graph.node[${i}]`);
    const inputs = (graph.get(11) ?? [])
      .map((field, i) => this.#value(field, `graph.input[${i}]`))
      .filter(({ name }) => !constants.has(name));
    const outputs = (graph.get(12) ?? []).map((field, i) =>
      this.#value(field, `graph.output[${i}]`),
    );
    const input = this.#single(inputs, 'graph.input', 'tokens', length);
    if (input.type !== 6 && input.type !== 7)
      throw this.#wrong(
        `${input.path}.type`,
        `is ${types.get(input.type)?.name ?? 'another type'}, expected int32 or int64`,
      );
    const output = this.#single(outputs, 'graph.output', 'logits', classes);
    if (output.type !== 1)
      throw this.#wrong(
        `${output.path}.type`,
        `is ${types.get(output.type)?.name ?? 'another type'}, expected float`,
      );
    return {
      tokens: input.type === 6 ? 'int32' : 'int64',
      batch: input.batch,
      floats: this.#floats,
    };
  }

  /** The one input, or output: [batch, last]. */
  #single(values: ValueInfo[], path: string, name: string, last: number) {
    if (values.length !== 1)
      throw this.#wrong(path, `has ${values.length} entries, expected one, called ${name}`);
    const value = values[0]!;
    if (value.name !== name)
      throw this.#wrong(`${value.path}.name`, `is ${shown(value.name)}, expected ${name}`);
    const { dims } = value;
    if (dims.length !== 2)
      throw this.#wrong(
        `${value.path}.type.shape`,
        `has ${dims.length} dimensions, expected [batch, ${last}]`,
      );
    const [batch, size] = dims;
    if (batch !== undefined && (batch < 1 || batch > mostBatch))
      throw this.#wrong(
        `${value.path}.type.shape.dim[0]`,
        `is ${batch}, expected a name, or 1 to ${mostBatch}`,
      );
    if (size !== undefined && size !== last)
      throw this.#wrong(`${value.path}.type.shape.dim[1]`, `is ${size}, expected ${last}`);
    return { ...value, batch };
  }

  #value(field: Field, path: string): ValueInfo {
    const info = this.#message(field, path);
    const name = this.#text(info, 1, `${path}.name`) ?? '';
    const type = this.#messageOf(info, 2, `${path}.type`);
    const tensor = type && this.#messageOf(type, 1, `${path}.type.tensor_type`);
    if (!tensor || [4, 5, 7, 8, 9].some((other) => type.has(other)))
      throw this.#wrong(`${path}.type`, 'is no tensor, expected one');
    const shape = this.#messageOf(tensor, 2, `${path}.type.shape`);
    const dims = (shape?.get(1) ?? []).map((dim, i) => {
      const size = this.#message(dim, `${path}.type.shape.dim[${i}]`);
      return this.#number(size, 1, `${path}.type.shape.dim[${i}]`);
    });
    return { name, path, type: this.#number(tensor, 1, `${path}.type.elem_type`) ?? 0, dims };
  }

  #node(field: Field, path: string): void {
    const node = this.#message(field, path);
    const domain = this.#text(node, 7, `${path}.domain`) ?? '';
    if (domain !== '' && domain !== 'ai.onnx')
      throw this.#wrong(`${path}.domain`, `is ${shown(domain)}, expected a standard operator`);
    const operator = this.#text(node, 4, `${path}.op_type`) ?? '';
    if (!operators.has(operator))
      throw this.#wrong(
        `${path}.op_type`,
        `is ${shown(operator)}, expected an operator of the standard that computes tensors from tensors`,
      );
    for (const [i, attribute] of (node.get(5) ?? []).entries())
      this.#attribute(attribute, `${path}.attribute[${i}]`);
  }

  #attribute(field: Field, path: string): void {
    const attribute = this.#message(field, path);
    this.#none(attribute, 6, `${path}.g`);
    this.#none(attribute, 11, `${path}.graphs`);
    this.#none(attribute, 21, `${path}.ref_attr_name`);
    this.#none(attribute, 22, `${path}.sparse_tensor`);
    this.#none(attribute, 23, `${path}.sparse_tensors`);
    for (const tensor of attribute.get(5) ?? []) this.#tensor(tensor, `${path}.t`);
    for (const [i, tensor] of (attribute.get(10) ?? []).entries())
      this.#tensor(tensor, `${path}.tensors[${i}]`);
  }

  /** A tensor whose numbers are all here, as many as its shape says; its name. */
  #tensor(field: Field, path: string): string {
    const tensor = this.#message(field, path);
    this.#none(tensor, 13, `${path}.external_data`);
    if (this.#number(tensor, 14, `${path}.data_location`))
      throw this.#wrong(`${path}.data_location`, 'is another file, expected all data in this one');
    this.#none(tensor, 3, `${path}.segment`);
    this.#none(tensor, 6, `${path}.string_data`);
    const code = this.#number(tensor, 2, `${path}.data_type`) ?? 0;
    const type = types.get(code);
    if (!type) {
      const names = [...types.values()].map(({ name }) => name).join(', ');
      throw this.#wrong(`${path}.data_type`, `is ${code}, expected one of ${names}`);
    }
    const dims = this.#numbers(tensor, 1, `${path}.dims`);
    let size = 1;
    for (const [i, dim] of dims.entries()) {
      if (dim < 0 || dim > mostModelBytes)
        throw this.#wrong(`${path}.dims[${i}]`, `is ${dim}, expected 0 to ${mostModelBytes}`);
      size *= dim;
    }
    const there = this.#count(tensor, type.bytes, path);
    if (there !== size)
      throw this.#wrong(`${path}.dims`, `ask for ${size} numbers, but the tensor has ${there}`);
    if (floating.includes(code)) this.#floats += size;
    return this.#text(tensor, 8, `${path}.name`) ?? '';
  }

  /** Numbers that a tensor holds, in whichever field they are. */
  #count(tensor: Message, bytes: number, path: string): number {
    const raw = this.#only(tensor, 9, `${path}.raw_data`);
    let count = raw ? (raw.end - raw.start) / bytes : 0;
    for (const number of [4, 5, 7, 10, 11]) {
      const width = number === 4 ? 4 : number === 10 ? 8 : 0;
      for (const { wire, start, end } of tensor.get(number) ?? []) {
        if (raw) throw this.#wrong(path, 'has its numbers in two places, expected one');
        if (wire !== 2) count += 1;
        else count += width > 0 ? (end - start) / width : countVarints(this.#bytes, start, end);
      }
    }
    return count;
  }

  #wrong(path: string, problem: string): SubmissionError {
    return new SubmissionError(this.#file, path, problem);
  }

  #message(field: Field, path: string): Message {
    this.path = path;
    if (field.wire !== 2) throw this.#wrong(path, 'is no message, expected one');
    if (++this.#messages > mostMessages)
      throw this.#wrong(path, `is the file's part ${mostMessages + 1}, expected fewer`);
    return readMessage(this.#bytes, field.start, field.end);
  }

  /** A field that may stand once: two would be merged by some readers and not by others. */
  #only(message: Message, number: number, path: string): Field | undefined {
    const fields = message.get(number) ?? [];
    if (fields.length > 1)
      throw this.#wrong(path, `stands there ${fields.length} times, expected once`);
    return fields[0];
  }

  #messageOf(message: Message, number: number, path: string): Message | undefined {
    const field = this.#only(message, number, path);
    return field && this.#message(field, path);
  }

  #number(message: Message, number: number, path: string): number | undefined {
    const field = this.#only(message, number, path);
    if (field && field.wire !== 0) throw this.#wrong(path, 'is no number, expected one');
    return field?.value;
  }

  #numbers(message: Message, number: number, path: string): number[] {
    this.path = path;
    return (message.get(number) ?? []).flatMap((field) => {
      if (field.wire === 0) return [field.value];
      if (field.wire !== 2 || field.end - field.start > 1000)
        throw this.#wrong(path, 'is no short list of numbers, expected one');
      return readVarints(this.#bytes, field.start, field.end);
    });
  }

  #text(message: Message, number: number, path: string): string | undefined {
    const field = this.#only(message, number, path);
    if (!field) return undefined;
    if (field.wire !== 2) throw this.#wrong(path, 'is no text, expected one');
    const bytes = field.end - field.start;
    if (bytes > mostNameBytes)
      throw this.#wrong(path, `has ${bytes} bytes, expected at most ${mostNameBytes}`);

    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(
        this.#bytes.subarray(field.start, field.end),
      );
    } catch {
      throw this.#wrong(path, 'is not valid UTF-8');
    }
  }

  #none(message: Message, number: number, path: string): void {
    if (message.has(number))
      throw this.#wrong(path, 'is there, expected none: it is not supported here');
  }
}

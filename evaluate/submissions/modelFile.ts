/**
 * What an ONNX file (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) must be before ONNX
 * Runtime sees it: one graph of operators of the standard, tokens in and logits out.
 */
import type { Precision } from '../training/agreement.ts';
import type { SubmissionError } from './errors.ts';
import { shown } from './errors.ts';
import { refuseOtherFormats } from './fileKind.ts';
import { Messages, type Message } from './messages.ts';
import { isFloating, isReduced, numberTypes, readTensor, type TensorFacts } from './modelTensor.ts';
import { operators, opsets, refusalOf, roundingOperators } from './operators.ts';
import { WireError, type Field } from './wire.ts';

export const mostModelBytes = 64 * 2 ** 20;
const mostNodes = 50_000;
const mostBatch = 4096;
/** Versions of the file format that ONNX Runtime reads here. */
const irVersions = [3, 13] as const;

export interface ModelFacts {
  tokens: 'int32' | 'int64';
  /** Examples per call, if the file fixes it. */
  batch: number | undefined;
  /** Floating-point numbers in the file, and weights that are quantised. */
  floats: number;
  /** Of what the model computes with. */
  precision: Precision;
}

/**
 * @param length tokens per example, all its documents together
 * @throws SubmissionError naming the part of the file, such as `graph.node[3].op_type`
 */
export function checkModel(
  bytes: Uint8Array,
  file: string,
  { length, classes }: { length: number; classes: number },
): ModelFacts {
  refuseOtherFormats(bytes, file);
  const messages = new Messages(bytes, file);
  try {
    return new Reader(messages).model(length, classes);
  } catch (error) {
    if (error instanceof WireError)
      throw messages.wrong(messages.path, `is no whole ONNX message: ${error.message}`);
    throw error;
  }
}

interface ValueInfo {
  name: string;
  path: string;
  /** ONNX's code of the type. */
  type: number;
  /** Undefined if a dimension has a name or nothing. */
  dims: (number | undefined)[];
}

const isStandard = (domain: string) => domain === '' || domain === 'ai.onnx';

class Reader {
  readonly #in: Messages;
  #floats = 0;
  #reduced = false;
  /** Constants that are one truth value. */
  readonly #truths = new Map<string, boolean>();

  constructor(messages: Messages) {
    this.#in = messages;
  }

  model(length: number, classes: number): ModelFacts {
    const { bytes } = this.#in;
    const model = this.#in.message({ wire: 2, value: 0, start: 0, end: bytes.length }, 'the model');
    const version = this.#in.number(model, 1, 'ir_version');
    const [oldest, newest] = irVersions;
    if (version === undefined || version < oldest || version > newest)
      throw this.#wrong(
        'ir_version',
        `is ${shown(version)}, expected ${oldest} to ${newest}; export with opset_version=${opsets[1]} or lower`,
      );
    this.#in.none(model, 20, 'training_info', 'export the model for inference');
    this.#in.none(
      model,
      25,
      'functions',
      'inline them (onnx.inliner.inline_local_functions) and save the result',
    );
    this.#opset(model);
    const found = this.#in.only(model, 7, 'graph');
    if (!found) throw this.#wrong('graph', 'is missing');
    return this.#graph(this.#in.message(found, 'graph'), length, classes);
  }

  /** Other domains may be imported, as converters write; a node that uses one is refused. */
  #opset(model: Message): void {
    const versions = (model.get(8) ?? []).flatMap((field, i) => {
      const set = this.#in.message(field, `opset_import[${i}]`);
      const domain = this.#in.text(set, 1, `opset_import[${i}].domain`) ?? '';
      const version = this.#in.number(set, 2, `opset_import[${i}].version`);
      return isStandard(domain) ? [{ version, path: `opset_import[${i}].version` }] : [];
    });
    if (versions.length !== 1)
      throw this.#wrong(
        'opset_import',
        `names the standard operators ${versions.length} times, expected once`,
      );
    const [{ version, path }] = versions as [(typeof versions)[0]];
    const [first, last] = opsets;
    if (version === undefined || version < first || version > last)
      throw this.#wrong(
        path,
        `is ${shown(version)}, expected ${first} to ${last}: export with opset_version=${last} or lower`,
      );
  }

  #graph(graph: Message, length: number, classes: number): ModelFacts {
    this.#in.none(graph, 15, 'graph.sparse_initializer', 'export dense weights');
    const constants = new Set<string>();
    for (const [i, field] of (graph.get(5) ?? []).entries())
      constants.add(this.#constant(field, `graph.initializer[${i}]`).name);
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
        `is ${numberTypes.get(input.type)?.name ?? 'another type'}, expected int32 or int64`,
      );
    const output = this.#single(outputs, 'graph.output', 'logits', classes);
    if (output.type !== 1)
      throw this.#wrong(
        `${output.path}.type`,
        `is ${numberTypes.get(output.type)?.name ?? 'another type'}, expected float: end the model with .float()`,
      );
    return {
      tokens: input.type === 6 ? 'int32' : 'int64',
      batch: input.batch,
      floats: this.#floats,
      precision: this.#reduced ? 'reduced' : 'float32',
    };
  }

  /** The one input, or output: [batch, last]. */
  #single(values: ValueInfo[], path: string, name: string, last: number) {
    if (values.length !== 1)
      throw this.#wrong(path, `has ${values.length} entries, expected one, called ${name}`);
    const value = values[0]!;
    if (value.name !== name)
      throw this.#wrong(
        `${value.path}.name`,
        `is ${shown(value.name)}, expected ${name}: export with input_names=["tokens"], output_names=["logits"]`,
      );
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
    const info = this.#in.message(field, path);
    const name = this.#in.text(info, 1, `${path}.name`) ?? '';
    const type = this.#in.messageOf(info, 2, `${path}.type`);
    const tensor = type && this.#in.messageOf(type, 1, `${path}.type.tensor_type`);
    if (!tensor || [4, 5, 7, 8, 9].some((other) => type.has(other)))
      throw this.#wrong(`${path}.type`, 'is no tensor, expected one');
    const shape = this.#in.messageOf(tensor, 2, `${path}.type.shape`);
    const dims = (shape?.get(1) ?? []).map((dim, i) => {
      const size = this.#in.message(dim, `${path}.type.shape.dim[${i}]`);
      return this.#in.number(size, 1, `${path}.type.shape.dim[${i}]`);
    });
    return { name, path, type: this.#in.number(tensor, 1, `${path}.type.elem_type`) ?? 0, dims };
  }

  #node(field: Field, path: string): void {
    const node = this.#in.message(field, path);
    const operator = this.#in.text(node, 4, `${path}.op_type`) ?? '';
    const domain = this.#in.text(node, 7, `${path}.domain`) ?? '';
    if (!isStandard(domain)) throw this.#wrong(`${path}.domain`, domainProblem(domain));
    if (!operators.has(operator)) {
      const { problem, advice } = refusalOf(operator);
      throw this.#wrong(
        `${path}.op_type`,
        `is ${shown(operator)}, which ${problem}, expected an operator that computes tensors from tensors; ${advice}`,
      );
    }
    if (roundingOperators.has(operator)) this.#reduced = true;
    const attributes = (node.get(5) ?? []).map((attribute, i) =>
      this.#attribute(attribute, `${path}.attribute[${i}]`),
    );
    const [output = ''] = this.#in.texts(node, 2, `${path}.output`);
    const numbers = new Map(attributes.map(({ name, number }) => [name, number]));
    if (operator === 'Constant') {
      const tensor = attributes.find(({ name }) => name === 'value')?.tensor;
      if (tensor) this.#remember(output, tensor);
    }
    if (operator === 'Cast' && isReduced(numbers.get('to') ?? 0)) this.#reduced = true;
    this.#refuseTraining(operator, node, numbers, path);
  }

  /** A layer that was left in training mode answers by its batch, or by chance. */
  #refuseTraining(
    operator: string,
    node: Message,
    numbers: ReadonlyMap<string, number | undefined>,
    path: string,
  ): void {
    const normalises =
      operator === 'BatchNormalization' &&
      (numbers.get('training_mode') === 1 || (node.get(2) ?? []).length > 1);
    const mode = operator === 'Dropout' && this.#in.texts(node, 1, `${path}.input`)[2];
    if (normalises || (mode && this.#truths.get(mode)))
      throw this.#wrong(
        path,
        `is ${operator} in training mode, expected inference: call model.eval() before the export`,
      );
  }

  #attribute(field: Field, path: string) {
    const attribute = this.#in.message(field, path);
    const noGraphs = 'a graph inside a node is control flow; unroll it, and export by tracing';
    this.#in.none(attribute, 6, `${path}.g`, noGraphs);
    this.#in.none(attribute, 11, `${path}.graphs`, noGraphs);
    this.#in.none(attribute, 21, `${path}.ref_attr_name`, 'it belongs to a function; inline it');
    this.#in.none(attribute, 22, `${path}.sparse_tensor`, 'export dense tensors');
    this.#in.none(attribute, 23, `${path}.sparse_tensors`, 'export dense tensors');
    const tensors = (attribute.get(5) ?? []).map((tensor) => this.#constant(tensor, `${path}.t`));
    for (const [i, tensor] of (attribute.get(10) ?? []).entries())
      this.#constant(tensor, `${path}.tensors[${i}]`);
    return {
      name: this.#in.text(attribute, 1, `${path}.name`) ?? '',
      number: this.#in.number(attribute, 3, `${path}.i`),
      tensor: tensors[0],
    };
  }

  #constant(field: Field, path: string): TensorFacts {
    const tensor = readTensor(this.#in, field, path);
    const { type, size } = tensor;
    const isQuantised = [2, 3, 21, 22, 25, 26].includes(type) && size > 1;
    if (isFloating(type) || isQuantised) this.#floats += size;
    if (isReduced(type)) this.#reduced = true;
    this.#remember(tensor.name, tensor);
    return tensor;
  }

  #remember(name: string, { type, size, first }: TensorFacts): void {
    if (type === 9 && size === 1 && first !== undefined) this.#truths.set(name, first !== 0);
  }

  #wrong(path: string, problem: string): SubmissionError {
    return this.#in.wrong(path, problem);
  }
}

function domainProblem(domain: string): string {
  const advice =
    domain === 'com.microsoft'
      ? 'export without the optimiser of ONNX Runtime, whose fused operators are its own'
      : 'export without custom operators';
  return `is ${shown(domain)}, expected operators of the standard only; ${advice}`;
}

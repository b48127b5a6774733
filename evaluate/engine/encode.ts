/**
 * Writes a graph as an ONNX file. Inputs and outputs keep the names that the program gave them,
 * but for an output called like an input, as a state's next value is: see `outputName`.
 */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { onnxType } from './graph.ts';
import type { Attribute, Graph, Node, Value } from './graph.ts';

/** ONNX 1.15: the newest operator set whose every operator ONNX Runtime's providers know. */
const OPERATOR_SET = 20;
const IR_VERSION = 9;

const schema = protobuf.parse(readFileSync(new URL('./onnx.proto', import.meta.url), 'utf8'), {
  keepCase: true,
}).root;
const ModelProto = schema.lookupType('onnx.ModelProto');
const AttributeType = schema.lookupEnum('onnx.AttributeProto.AttributeType').values;

/** The name of an output in the file, where inputs and outputs share one set of names. */
export function outputName(graph: Pick<Graph, 'inputs'>, name: string): string {
  return graph.inputs.some((input) => input.name === name) ? `next/${name}` : name;
}

/** The bytes of a standalone ONNX model. */
export function encode(graph: Graph): Uint8Array {
  const names = outputNames(graph);
  const nameOf = (value: Value | undefined) =>
    value === undefined ? '' : (names.get(value) ?? value.name);
  const constants = new Set<Value>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) if (input?.data) constants.add(input);
  }
  const copies: Node[] = [];
  const outputs = Object.entries(graph.outputs).map(([key, value]) => {
    const name = outputName(graph, key);
    if (names.get(value) !== name) {
      if (value.data) constants.add(value);
      const copy: Value = { name, dtype: value.dtype, shape: value.shape };
      const node = { op: 'Identity', name: `output/${name}`, attributes: {} };
      copies.push({ ...node, inputs: [value], outputs: [copy] });
    }
    return valueInfo(name, value);
  });
  const nodes = [...graph.nodes, ...copies];
  return ModelProto.encode({
    ir_version: IR_VERSION,
    producer_name: 'reach-arena',
    opset_import: [{ domain: '', version: OPERATOR_SET }],
    graph: {
      name: graph.name,
      node: nodes.map((node) => ({
        name: node.name,
        op_type: node.op,
        input: node.inputs.map(nameOf),
        output: node.outputs.map(nameOf),
        attribute: Object.entries(node.attributes).map(encodeAttribute),
      })),
      initializer: [...constants].map((constant) => ({
        name: nameOf(constant),
        dims: constant.shape,
        data_type: onnxType(constant.dtype),
        raw_data: bytesOf(constant),
      })),
      input: graph.inputs.map((input) => valueInfo(input.name, input)),
      output: outputs,
    },
  }).finish();
}

/**
 * A computed value that is an output takes that output's name. An input, a constant, or a value
 * that already has an output's name cannot: it is copied.
 */
function outputNames(graph: Graph): Map<Value, string> {
  const computed = new Set(graph.nodes.flatMap((node) => node.outputs));
  const names = new Map<Value, string>();
  for (const [name, value] of Object.entries(graph.outputs)) {
    if (computed.has(value) && !names.has(value)) names.set(value, outputName(graph, name));
  }
  return names;
}

function valueInfo(name: string, value: Value) {
  const shape = { dim: value.shape.map((dim_value) => ({ dim_value })) };
  return { name, type: { tensor_type: { elem_type: onnxType(value.dtype), shape } } };
}

function encodeAttribute([name, attribute]: [string, Attribute]) {
  if (typeof attribute === 'number') return { name, type: AttributeType.INT, i: attribute };
  if (typeof attribute === 'string') {
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(attribute) };
  }
  if ('float' in attribute) return { name, type: AttributeType.FLOAT, f: attribute.float };
  return { name, type: AttributeType.INTS, ints: attribute };
}

function bytesOf({ data }: Value): Uint8Array {
  return new Uint8Array(data!.buffer, data!.byteOffset, data!.byteLength);
}

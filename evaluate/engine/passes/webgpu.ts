/**
 * Replaces what ONNX Runtime's WebGPU provider lacks or does badly:
 * - slices and joins of integers, of which it has those of floats only;
 * - splits into many and joins of many, each of which is one buffer of a shader, and WebGPU promises
 *   no more than 8;
 * - sine and cosine, which WebGPU promises to 2^-11 within a turn and not at all beyond.
 */
import { GraphBuilder } from '../graph.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { binary } from '../lowerings/elementwise.ts';
import { concat, pad, slice } from '../lowerings/shapes.ts';
import { Substitution } from './rewrite.ts';

export function webgpu(graph: Graph): Graph {
  const substitution = new Substitution();
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = { ...original, inputs: substitution.inputs(original) };
    const rewrite = rewriteOf(node);
    if (!rewrite) {
      nodes.push(node);
      continue;
    }
    const builder = new GraphBuilder();
    builder.enter(`${node.name}/webgpu`);
    const outputs = [rewrite(builder, node)].flat();
    original.outputs.forEach((output, i) => substitution.replace(output, outputs[i]!));
    nodes.push(...builder.nodes);
  }
  return { ...graph, nodes, outputs: substitution.outputs(graph.outputs) };
}

type Rewrite = (g: GraphBuilder, node: Node) => Value | Value[];

/** Parts in one shader; the whole is one buffer more. */
const MOST_PARTS = 7;

function rewriteOf({ op, inputs, outputs }: Node): Rewrite | undefined {
  const isInteger = inputs[0]?.dtype === 'int32';
  switch (op) {
    case 'Slice':
      return isInteger ? sliceByGather : undefined;
    case 'Split':
      return isInteger || outputs.length > MOST_PARTS ? splitBySlices : undefined;
    case 'Concat':
      if (isInteger) return concatByAddition;
      return inputs.length > MOST_PARTS ? concatInGroups : undefined;
    case 'Sin':
      return (g, node) => sine(g, node.inputs[0]!);
    case 'Cos':
      return (g, node) => {
        const quarter = g.scalar(Math.PI / 2, 'float32');
        return sine(g, binary(g, 'Add', node.inputs[0]!, quarter));
      };
    default:
      return undefined;
  }
}

/** Every `step`-th of x's integers along `axis`, from `start`, `length` of them. */
function take(
  g: GraphBuilder,
  x: Value,
  axis: number,
  start: number,
  length: number,
  step = 1,
): Value {
  const indices = Int32Array.from({ length }, (_, i) => start + i * step);
  const shape = x.shape.map((dimension, i) => (i === axis ? length : dimension));
  return g.node('Gather', [x, g.constant(indices, [length], 'int32')], { shape }, { axis });
}

function sliceByGather(g: GraphBuilder, { inputs, outputs }: Node): Value {
  const [x, starts, , axes, steps] = inputs;
  return Array.from(axes!.data!, Number).reduce((part, axis, i) => {
    const start = Number(starts!.data![i]);
    return take(g, part, axis, start, outputs[0]!.shape[axis]!, Number(steps!.data![i]));
  }, x!);
}

function splitBySlices(g: GraphBuilder, { inputs: [x], outputs, attributes }: Node): Value[] {
  const axis = attributes['axis'] as number;
  let offset = 0;
  return outputs.map(({ shape }) => {
    const start = offset;
    offset += shape[axis]!;
    if (x!.dtype === 'int32') return take(g, x!, axis, start, shape[axis]!);
    const begin = shape.map((_, i) => (i === axis ? start : 0));
    return slice(g, x!, begin, shape);
  });
}

function concatInGroups(g: GraphBuilder, { inputs, attributes }: Node): Value {
  const axis = attributes['axis'] as number;
  let parts = inputs as Value[];
  while (parts.length > 1) {
    const groups: Value[] = [];
    for (let i = 0; i < parts.length; i += MOST_PARTS) {
      groups.push(concat(g, parts.slice(i, i + MOST_PARTS), axis));
    }
    parts = groups;
  }
  return parts[0]!;
}

/** Every part is padded with zeros to the whole, and the sum of those is the whole. */
function concatByAddition(g: GraphBuilder, { inputs, outputs, attributes }: Node): Value {
  const axis = attributes['axis'] as number;
  const total = outputs[0]!.shape[axis]!;
  let offset = 0;
  const padded = inputs.map((input) => {
    const length = input!.shape[axis]!;
    const paddings = input!.shape.map((_, i): [number, number] =>
      i === axis ? [offset, total - offset - length] : [0, 0],
    );
    offset += length;
    return pad(g, input!, paddings);
  });
  return padded.reduce((sum, part) => binary(g, 'Add', sum, part));
}

/** pi in two parts, the first with few enough bits that a few thousand times it is exact. */
const PI_HIGH = 3.140625;
const PI_LOW = Math.PI - PI_HIGH;

/**
 * sin x = (-1)^n sin(x - n pi), for the n that brings the argument within a quarter turn of zero
 * (Cody & Waite 1980), where a polynomial of degree 11 is precise to 1e-7.
 */
function sine(g: GraphBuilder, x: Value): Value {
  const number = (value: number) => g.scalar(value, 'float32');
  const turns = binary(g, 'Add', binary(g, 'Mul', x, number(1 / Math.PI)), number(0.5));
  const n = g.node('Floor', [turns]);
  const high = binary(g, 'Sub', x, binary(g, 'Mul', n, number(PI_HIGH)));
  const r = binary(g, 'Sub', high, binary(g, 'Mul', n, number(PI_LOW)));
  const square = binary(g, 'Mul', r, r);
  const coefficients = [-1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1];
  const series = coefficients
    .slice(1)
    .reduce(
      (sum, coefficient) => binary(g, 'Add', binary(g, 'Mul', sum, square), number(coefficient)),
      number(coefficients[0]!),
    );
  const pairs = g.node('Floor', [binary(g, 'Mul', n, number(0.5))]);
  const odd = binary(g, 'Sub', n, binary(g, 'Mul', pairs, number(2)));
  const signed = binary(g, 'Sub', r, binary(g, 'Mul', binary(g, 'Mul', odd, number(2)), r));
  return binary(g, 'Mul', signed, series);
}

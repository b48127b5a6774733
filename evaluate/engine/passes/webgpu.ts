/**
 * Replaces what ONNX Runtime's WebGPU provider lacks or does badly:
 * - slices and joins of integers, of which it has those of floats only;
 * - sine and cosine, which WebGPU promises to 2^-11 within a turn and not at all beyond.
 */
import { GraphBuilder } from '../graph.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { binary } from '../lowerings/elementwise.ts';
import { pad } from '../lowerings/shapes.ts';
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
    substitution.replace(original.outputs[0]!, rewrite(builder, node));
    nodes.push(...builder.nodes);
  }
  return { ...graph, nodes, outputs: substitution.outputs(graph.outputs) };
}

type Rewrite = (g: GraphBuilder, node: Node) => Value;

function rewriteOf({ op, inputs: [x] }: Node): Rewrite | undefined {
  switch (op) {
    case 'Slice':
      return x!.dtype === 'int32' ? sliceByGather : undefined;
    case 'Concat':
      return x!.dtype === 'int32' ? concatByAddition : undefined;
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

function sliceByGather(g: GraphBuilder, { inputs, outputs }: Node): Value {
  const [x, starts, , axes, steps] = inputs;
  return Array.from(axes!.data!, Number).reduce((part, axis, i) => {
    const length = outputs[0]!.shape[axis]!;
    const start = Number(starts!.data![i]);
    const step = Number(steps!.data![i]);
    const indices = Int32Array.from({ length }, (_, j) => start + j * step);
    const shape = part.shape.map((dimension, j) => (j === axis ? length : dimension));
    return g.node('Gather', [part, g.constant(indices, [length], 'int32')], { shape }, { axis });
  }, x!);
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

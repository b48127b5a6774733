/**
 * Broadcasts late or never. tfjs's gradients often fill a large tensor with one number or repeat a
 * small one (`ones(x.shape)`, the gradient of a mean) before they calculate with it. ONNX's
 * element-wise operators broadcast by themselves: they take the small tensor, and where all of their
 * inputs are small, the repetition moves behind them.
 */
import { broadcastShape, sameShape } from '../graph.ts';
import type { Graph, Node, Value } from '../graph.ts';

/** Operators that work element by element, with one output. */
const elementwise = new Set(
  (
    'Abs Acos Acosh Add And Asin Asinh Atan Atanh Cast Ceil Clip Cos Cosh Div Equal Erf Exp Floor ' +
    'Greater GreaterOrEqual LeakyRelu Less LessOrEqual Log Max Min Mul Neg Not Pow Reciprocal Relu ' +
    'Sigmoid Sin Sinh Sqrt Sub Tan Tanh Where'
  ).split(' '),
);

export function lateBroadcasts(graph: Graph): Graph {
  /** The small value behind each repeated value. */
  const small = new Map<Value, Value>();
  const nodes: Node[] = [];

  for (const node of graph.nodes) {
    const [output] = node.outputs;
    if (node.op === 'Expand') {
      const [x, shape] = node.inputs;
      const value = small.get(x!) ?? x!;
      small.set(output!, value);
      nodes.push({ ...node, inputs: [value, shape] });
    } else if (node.op === 'Reshape' && small.get(node.inputs[0]!)?.shape.length === 0) {
      expand(node, small.get(node.inputs[0]!)!);
    } else if (elementwise.has(node.op)) {
      const inputs = node.inputs.map((input) => small.get(input!) ?? input!);
      const shape = broadcastShape(...inputs.map((input) => input.shape));
      if (sameShape(shape, output!.shape)) {
        nodes.push({ ...node, inputs });
      } else {
        const result = { ...output!, name: `${output!.name}/small`, shape };
        nodes.push({ ...node, name: result.name, inputs, outputs: [result] });
        expand(node, result);
      }
    } else {
      nodes.push(node);
    }
  }
  return { ...graph, nodes };

  /** `node` becomes the repetition of `value`. */
  function expand(node: Node, value: Value): void {
    const [output] = node.outputs;
    const shape: Value = {
      name: `${output!.name}/shape`,
      dtype: 'int64',
      shape: [output!.shape.length],
      data: BigInt64Array.from(output!.shape, (dimension) => BigInt(dimension)),
    };
    small.set(output!, value);
    nodes.push({ ...node, op: 'Expand', inputs: [value, shape], attributes: {} });
  }
}

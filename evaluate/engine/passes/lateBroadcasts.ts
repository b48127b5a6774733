/**
 * Broadcasts late or never. tfjs's gradients often fill a large tensor with one number or repeat a
 * small one (`ones(x.shape)`, the gradient of a mean) before they calculate with it. ONNX's
 * element-wise operators broadcast by themselves: they take the small tensor, and where all of their
 * inputs are small, the repetition moves behind them.
 */
import { broadcastShape, sameShape } from '../graph.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { Substitution, scalarOf } from './rewrite.ts';

/** Operators that work element by element, with one output. */
const elementwise = new Set(
  (
    'Abs Acos Acosh Add And Asin Asinh Atan Atanh Cast Ceil Clip Cos Cosh Div Equal Erf Exp Floor ' +
    'Greater GreaterOrEqual LeakyRelu Less LessOrEqual Log Max Min Mul Neg Not Pow Reciprocal Relu ' +
    'Sigmoid Sin Sinh Sqrt Sub Tan Tanh Where'
  ).split(' '),
);

export function lateBroadcasts(graph: Graph): Graph {
  const substitution = new Substitution();
  /** What each repeated value repeats. */
  const small = new Map<Value, Value>();
  const nodes: Node[] = [];

  for (const original of graph.nodes) {
    const node = { ...original, inputs: substitution.inputs(original) };
    const [output] = node.outputs;
    if (node.op === 'Expand') {
      small.set(output!, small.get(node.inputs[0]!) ?? node.inputs[0]!);
    } else if (node.op === 'Reshape') {
      const scalar = small.get(node.inputs[0]!);
      if (scalar?.shape.length === 0) {
        expand(node, scalar);
        continue;
      }
    } else if (elementwise.has(node.op)) {
      const inputs = node.inputs.map((input) => small.get(input!) ?? input!);
      const shape = broadcastShape(...inputs.map((input) => input.shape));
      if (sameShape(shape, output!.shape)) {
        const same = unchanged(node.op, inputs, output!);
        if (same) substitution.replace(output!, same);
        else nodes.push({ ...node, inputs });
      } else {
        const result = { ...output!, name: `${output!.name}/small`, shape };
        nodes.push({ ...node, name: result.name, inputs, outputs: [result] });
        expand(node, result);
      }
      continue;
    }
    nodes.push(node);
  }
  return { ...graph, nodes, outputs: substitution.outputs(graph.outputs) };

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

/** The input that an operation with a neutral number gives back as it is. */
function unchanged(op: string, [a, b]: Value[], output: Value): Value | undefined {
  const neutral = { Mul: 1, Div: 1, Add: 0, Sub: 0 }[op];
  if (neutral === undefined) return undefined;
  if (scalarOf(b) === neutral && sameShape(a!.shape, output.shape)) return a;
  const commutes = op === 'Mul' || op === 'Add';
  if (commutes && scalarOf(a) === neutral && sameShape(b!.shape, output.shape)) return b;
  return undefined;
}

/**
 * Attention's backward pass with fewer trips through its L x L matrices.
 *
 * With weights P = softmax(S), output O = P V and its gradient dO, tfjs differentiates the softmax as
 * dS = P dP - P rowsum(P dP), where dP = dO V^T. The row sums are those of dO O, which has only as
 * many columns as a head is wide (FlashAttention, Dao et al. 2022, https://arxiv.org/abs/2205.14135,
 * appendix B.2). And dP less its row's sum is still one matrix product:
 * dO V^T - D = [dO, -D] [V, 1]^T. So dS = P times that product, element by element.
 */
import { GraphBuilder, sameShape } from '../graph.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { binary } from '../lowerings/elementwise.ts';
import { matMul, transposeMatrix } from '../lowerings/matmul.ts';
import { reduce } from '../lowerings/reductions.ts';
import { concat } from '../lowerings/shapes.ts';
import { Substitution, producers } from './rewrite.ts';

export function attentionGradient(graph: Graph): Graph {
  const producer = producers(graph);
  const substitution = new Substitution();
  const nodes: Node[] = [];
  /** Products already passed, by their left factor: among them O = P V. */
  const products = new Map<Value, Node[]>();
  for (const original of graph.nodes) {
    const node = { ...original, inputs: substitution.inputs(original) };
    if (node.op === 'MatMul') {
      const [left] = node.inputs;
      products.set(left!, [...(products.get(left!) ?? []), node]);
    }
    const found = match(node, producer, products);
    if (!found) {
      nodes.push(node);
      continue;
    }
    const builder = new GraphBuilder();
    builder.enter(`${node.name}/attention`);
    substitution.replace(original.outputs[0]!, build(builder, found));
    nodes.push(...builder.nodes);
  }
  return { ...graph, nodes, outputs: substitution.outputs(graph.outputs) };
}

interface SoftmaxGradient {
  weights: Value; // P [..., L, L]
  values: Value; // V [..., L, dh]
  output: Value; // O [..., L, dh]
  outputGradient: Value; // dO [..., L, dh]
}

/** Whether `node` is P dP - P rowsum(P dP), the gradient of a softmax whose result mixes values. */
function match(
  node: Node,
  producer: Map<Value, Node>,
  products: Map<Value, Node[]>,
): SoftmaxGradient | undefined {
  if (node.op !== 'Sub') return undefined;
  const weighted = producer.get(node.inputs[0]!);
  const scaled = producer.get(node.inputs[1]!);
  if (weighted?.op !== 'Mul' || scaled?.op !== 'Mul') return undefined;

  for (const [weights, gradient] of bothWays(weighted)) {
    const softmax = producer.get(weights);
    const last = weights.shape.length - 1;
    if (softmax?.op !== 'Softmax' || softmax.attributes['axis'] !== last) continue;
    const sum = bothWays(scaled).find(([factor]) => factor === weights)?.[1];
    if (!sum || !isRowSum(producer.get(sum), weighted.outputs[0]!)) continue;

    const product = producer.get(gradient);
    if (product?.op !== 'MatMul') continue;
    const [outputGradient, transposed] = product.inputs;
    const values = matrixTransposedBy(producer.get(transposed!));
    const mixed = products.get(weights)?.find((candidate) => candidate.inputs[1] === values);
    if (!values || !mixed) continue;
    const output = mixed.outputs[0]!;
    const sameHeads = sameShape(output.shape, outputGradient!.shape);
    const narrow = output.shape[last]! < weights.shape[last]!;
    if (sameHeads && narrow) return { weights, values, output, outputGradient: outputGradient! };
  }
  return undefined;
}

function bothWays({ inputs: [a, b] }: Node): [Value, Value][] {
  return [
    [a!, b!],
    [b!, a!],
  ];
}

function isRowSum(node: Node | undefined, of: Value): boolean {
  const axes = node?.inputs[1]?.data;
  return (
    node?.op === 'ReduceSum' &&
    node.inputs[0] === of &&
    node.attributes['keepdims'] === 1 &&
    axes?.length === 1 &&
    Number(axes[0]) === of.shape.length - 1
  );
}

/** X where the node is the transpose of the matrices in X. */
function matrixTransposedBy(node: Node | undefined): Value | undefined {
  const [x] = node?.inputs ?? [];
  if (node?.op !== 'Transpose' || !x) return undefined;
  const rank = x.shape.length;
  const swapped = x.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return sameShape(node.attributes['perm'] as number[], swapped) ? x : undefined;
}

function build(g: GraphBuilder, { weights, values, output, outputGradient }: SoftmaxGradient) {
  const last = weights.shape.length - 1;
  const rowSums = reduce(g, 'ReduceSum', binary(g, 'Mul', outputGradient, output), [last], true);
  const left = concat(g, [outputGradient, g.node('Neg', [rowSums])], last);
  const ones = g.full(1, [...values.shape.slice(0, -1), 1], 'float32');
  const right = transposeMatrix(g, concat(g, [values, ones], last));
  return binary(g, 'Mul', weights, matMul(g, left, right));
}

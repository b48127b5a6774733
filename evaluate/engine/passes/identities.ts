/**
 * Leaves out nodes that change nothing, and lets one node do the work of two that follow each other:
 * a reshape of a reshape, a transpose that is undone, the split of what was just joined. Gradients
 * are full of them, since each operation's undoes what the operation did.
 *
 * No bit of a result changes but one: x + 0 leaves -0 as it is where the sum would make 0 of it, as
 * ONNX Runtime's own optimiser does.
 */
import { sameShape } from '../graph.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { Substitution, scalarOf } from './rewrite.ts';

export function identities(graph: Graph): Graph {
  const substitution = new Substitution();
  const makers = new Map<Value, Node>();
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    let node: Node = { ...original, inputs: substitution.inputs(original) };
    let simpler = simplerThan(node, makers);
    while (simpler && 'op' in simpler) {
      node = simpler;
      simpler = simplerThan(node, makers);
    }
    if (simpler) {
      simpler.forEach((value, i) => substitution.replace(node.outputs[i]!, value));
    } else {
      nodes.push(node);
      for (const output of node.outputs) makers.set(output, node);
    }
  }
  return { ...graph, nodes, outputs: substitution.outputs(graph.outputs) };
}

/** A node that gives the same with less before it, or the values that are its outputs already. */
type Simpler = Node | readonly Value[] | undefined;
type Makers = ReadonlyMap<Value, Node>;

function simplerThan(node: Node, makers: Makers): Simpler {
  const [x] = node.inputs;
  const before = makers.get(x!);
  switch (node.op) {
    case 'Reshape':
      if (before?.op === 'Reshape') return { ...node, inputs: [before.inputs[0], node.inputs[1]] };
      return sameShape(x!.shape, node.outputs[0]!.shape) ? [x!] : undefined;
    case 'Transpose':
      return transpose(node, before);
    case 'Cast':
      // Whatever a bool becomes in between, it is 0 or 1.
      if (before?.op === 'Cast' && before.inputs[0]!.dtype === 'bool') {
        return { ...node, inputs: before.inputs };
      }
      return x!.dtype === node.outputs[0]!.dtype ? [x!] : undefined;
    case 'Concat':
      return concat(node, makers);
    case 'Split':
      return splitOfConcat(node, before);
    case 'Neg':
      return before?.op === 'Neg' ? [before.inputs[0]!] : undefined;
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return neutral(node);
    default:
      return undefined;
  }
}

const permutationOf = ({ attributes }: Node) => attributes['perm'] as readonly number[];

/**
 * Only transposes that undo each other. One made of two, or a reshape where only axes of one element
 * move, hides from ONNX Runtime a transpose that it takes into a matrix product, which then rounds
 * otherwise.
 */
function transpose(node: Node, before: Node | undefined): Simpler {
  if (before?.op !== 'Transpose') return undefined;
  const first = permutationOf(before);
  const undone = permutationOf(node).every((axis, i) => first[axis] === i);
  return undone ? [before.inputs[0]!] : undefined;
}

/** Parts that are a whole again, and parts that are parts joined along the same axis. */
function concat(node: Node, makers: Makers): Simpler {
  const { axis } = node.attributes;
  const split = makers.get(node.inputs[0]!);
  if (
    split?.op === 'Split' &&
    split.attributes['axis'] === axis &&
    split.outputs.length === node.inputs.length &&
    split.outputs.every((output, i) => output === node.inputs[i])
  ) {
    return [split.inputs[0]!];
  }
  const parts = node.inputs.flatMap((input) => {
    const inner = makers.get(input!);
    return inner?.op === 'Concat' && inner.attributes['axis'] === axis ? inner.inputs : [input];
  });
  return parts.length > node.inputs.length ? { ...node, inputs: parts } : undefined;
}

function splitOfConcat({ outputs, attributes }: Node, before: Node | undefined): Simpler {
  if (before?.op !== 'Concat' || before.attributes['axis'] !== attributes['axis']) return undefined;
  const parts = before.inputs as readonly Value[];
  const same =
    parts.length === outputs.length &&
    parts.every((part, i) => sameShape(part.shape, outputs[i]!.shape));
  return same ? parts : undefined;
}

/** The input that an operation with a neutral number gives back as it is. */
function neutral({ op, inputs: [a, b], outputs: [output] }: Node): Simpler {
  const number = op === 'Mul' || op === 'Div' ? 1 : 0;
  const same = (x: Value) => sameShape(x.shape, output!.shape);
  if (scalarOf(b) === number && same(a!)) return [a!];
  const commutes = op === 'Mul' || op === 'Add';
  return commutes && scalarOf(a) === number && same(b!) ? [b!] : undefined;
}

/** Leaves out every node whose outputs no one uses, such as gradients of constants. */
import type { Graph, Node, Value } from '../graph.ts';

export function deadNodes(graph: Graph): Graph {
  const used = new Set<Value>(Object.values(graph.outputs));
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => used.has(output))) continue;
    for (const input of node.inputs) if (input) used.add(input);
    nodes.push(node);
  }
  return { ...graph, nodes: nodes.reverse() };
}

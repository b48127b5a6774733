/**
 * Computes equal things once: nodes of the same operator, attributes and inputs become one, and so
 * do constants of the same values.
 */
import { createHash } from 'node:crypto';
import type { Graph, Node, Value } from '../graph.ts';
import { Substitution } from './rewrite.ts';

export function commonSubexpressions(graph: Graph): Graph {
  const substitution = new Substitution();
  const constants = new Map<string, Value>();
  const seen = new Map<string, Node>();
  const identities = new Map<Value, number>();
  const identity = (value: Value | undefined): number => {
    if (!value) return -1;
    const known = identities.get(value);
    if (known !== undefined) return known;
    identities.set(value, identities.size);
    return identities.size - 1;
  };

  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    for (const input of original.inputs) {
      if (!input?.data || identities.has(input)) continue;
      const key = constantKey(input);
      const first = constants.get(key);
      if (first) substitution.replace(input, first);
      else constants.set(key, input);
    }
    const node = { ...original, inputs: substitution.inputs(original) };
    const key = JSON.stringify([
      node.op,
      node.attributes,
      node.inputs.map(identity),
      node.outputs.length,
    ]);
    const first = seen.get(key);
    if (first) {
      node.outputs.forEach((output, i) => substitution.replace(output, first.outputs[i]!));
    } else {
      seen.set(key, node);
      nodes.push(node);
    }
  }
  return { ...graph, nodes, outputs: substitution.outputs(graph.outputs) };
}

function constantKey({ data, dtype, shape }: Value): string {
  const bytes = new Uint8Array(data!.buffer, data!.byteOffset, data!.byteLength);
  const content =
    bytes.length <= 64 ? bytes.join() : createHash('sha1').update(bytes).digest('hex');
  return `${dtype}[${shape.join()}]${content}`;
}

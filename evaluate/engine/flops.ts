/**
 * Floating-point operations of a graph's matrix products, two for each multiplication and addition:
 * what the speed of a step is measured against. Element-wise work is not counted.
 */
import { prod } from '../../core/math.ts';
import type { Graph, Node } from './graph.ts';

export function matrixFlops({ nodes }: Graph): number {
  return nodes.reduce((sum, node) => sum + flopsOf(node), 0);
}

function flopsOf({ op, inputs, outputs }: Node): number {
  const [a] = inputs;
  if (op === 'MatMul') return 2 * prod(outputs[0]!.shape) * a!.shape.at(-1)!;
  if (op !== 'Conv') return 0;
  // Each output is a product with one filter: [out, in / groups, ...kernel].
  const filter = inputs[1]!.shape;
  return 2 * prod(outputs[0]!.shape) * prod(filter.slice(1));
}

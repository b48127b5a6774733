/**
 * Floating-point operations of a graph's matrix products, two for each multiplication and addition:
 * what the speed of a step is measured against. Element-wise work is not counted.
 */
import { sizeOf, type Graph, type Node } from './graph.ts';

export function matrixFlops({ nodes }: Graph): number {
  return nodes.reduce((sum, node) => sum + flopsOf(node), 0);
}

function flopsOf({ op, inputs, outputs }: Node): number {
  const [a] = inputs;
  if (op === 'MatMul') return 2 * sizeOf(outputs[0]!.shape) * a!.shape.at(-1)!;
  if (op !== 'Conv') return 0;
  // Each output is a product with one filter: [out, in / groups, ...kernel].
  const filter = inputs[1]!.shape;
  return 2 * sizeOf(outputs[0]!.shape) * sizeOf(filter.slice(1));
}

/**
 * What a lowering is: the translation of one call of one tfjs kernel into ONNX nodes.
 *
 * A lowering sees shapes and types, never numbers, and appends nodes that compute what tfjs's own
 * cpu kernel of that name computes. It leaves cleverness that spans kernels to the passes.
 */
import type { GraphBuilder, Value } from '../graph.ts';

export type Lowering = (
  graph: GraphBuilder,
  inputs: Record<string, Value>,
  attributes: Record<string, unknown>,
) => Value | Value[];

/** By kernel name, as in tfjs's `kernel_names.ts`. */
export type Lowerings = Readonly<Record<string, Lowering>>;

/** Gives a lowering the input names and the attributes that tfjs declares for its kernel. */
export function lowering<Inputs extends string, Attributes = object>(
  lower: (
    graph: GraphBuilder,
    inputs: Record<Inputs, Value>,
    attributes: Attributes,
  ) => Value | Value[],
): Lowering {
  return lower as unknown as Lowering;
}

/**
 * A trained model as a graph that stands alone: tokens in, logits out, the parameters inside as
 * constants under their own names.
 */
import type { Model } from '../../models/backbone/backbone.ts';
import type { Program } from '../engine/engine.ts';
import type { Graph, Value } from '../engine/graph.ts';
import { optimise } from '../engine/passes/all.ts';
import { trace } from '../engine/trace.ts';
import { classifierLayout, type BatchShape } from '../training/programs.ts';

/**
 * @param name of the graph
 * @param flat values of the parameters in the classifier's layout
 * @param shape examples a call, and tokens an example, all its documents together
 */
export function modelGraph(
  name: string,
  model: Model,
  flat: Float32Array,
  { batch, length }: BatchShape,
): Graph {
  const layout = classifierLayout(model);
  const program: Program = {
    name,
    inputs: {
      tokens: { shape: [batch, length], dtype: 'int32' },
      ...Object.fromEntries(
        layout.parameters.map(({ name, shape }) => [name, { shape, dtype: 'float32' }]),
      ),
    },
    build: ({ tokens, ...parameters }) => ({
      logits: model.classify(tokens!, parameters),
    }),
  };
  const { inputs, ...traced } = trace(program);
  const values = new Map<Value, Value>();
  let offset = 0;
  layout.parameters.forEach(({ name }, i) => {
    const input = inputs.find((value) => value.name === name)!;
    const data = flat.slice(offset, (offset += layout.sizes[i]!));
    values.set(input, { ...input, data });
  });
  const known = (value: Value | undefined) => value && (values.get(value) ?? value);
  const graph: Graph = {
    ...traced,
    inputs: inputs.filter((value) => !values.has(value)),
    nodes: traced.nodes.map((node) => ({ ...node, inputs: node.inputs.map(known) })),
  };
  return optimise(graph, 'cpu');
}

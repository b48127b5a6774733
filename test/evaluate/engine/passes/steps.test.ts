/**
 * Training steps of whole models, bit for bit. What ONNX Runtime takes into one matrix product depends
 * on the nodes around it, and with it the rounding: a pass that is exact by itself may change that.
 */
import { expect, test } from 'vitest';
import { createModel } from '../../../../models/backbone/backbone.ts';
import { parseOptions } from '../../../../models/options.ts';
import { findMixer } from '../../../../models/registry.ts';
import { feedsOf } from '../../../../evaluate/training/stepper.ts';
import type { Graph } from '../../../../evaluate/engine/graph.ts';
import { optimise } from '../../../../evaluate/engine/passes/all.ts';
import { commonSubexpressions } from '../../../../evaluate/engine/passes/commonSubexpressions.ts';
import { deadNodes } from '../../../../evaluate/engine/passes/deadNodes.ts';
import { lateBroadcasts } from '../../../../evaluate/engine/passes/lateBroadcasts.ts';
import { createSession } from '../../../../evaluate/engine/session.ts';
import { trace } from '../../../../evaluate/engine/trace.ts';
import { shapeOf } from '../../../../evaluate/plan/spec.ts';
import { presetOf } from '../../../../evaluate/plan/tiers.ts';
import { trainProgram } from '../../../../evaluate/training/programs.ts';

const withoutIdentities = (graph: Graph) =>
  [deadNodes, lateBroadcasts, commonSubexpressions, deadNodes].reduce((g, pass) => pass(g), graph);

test.each(['transformer', 'local', 's4d', 'reformer'])(
  'a step of %s gives the same bits with and without the passes that leave nodes out',
  async (name) => {
    const shape = shapeOf('recall', 'smoke', {});
    const { size, protocol } = presetOf('recall', 'smoke', 0);
    const mixer = findMixer(name);
    const model = createModel(mixer, parseOptions(mixer, {}), shape, size);
    const data = { ...shape, batch: 4 };
    const graph = trace(trainProgram(model, data, protocol));
    const feeds = feedsOf(model, data);
    const [expected, actual] = await Promise.all(
      [withoutIdentities(graph), optimise(graph, 'cpu')].map(async (one) => {
        const executable = await createSession(one, { provider: 'cpu', threads: 1 });
        const outputs = await executable.run(feeds);
        const gradients = await outputs['moment1']!.read();
        const parameters = await outputs['parameters']!.read();
        await executable.dispose();
        return { nodes: one.nodes.length, gradients, parameters };
      }),
    );
    expect(actual!.nodes).toBeLessThan(expected!.nodes);
    expect(actual!.gradients).toEqual(expected!.gradients);
    expect(actual!.parameters).toEqual(expected!.parameters);
  },
);

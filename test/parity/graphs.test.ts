/**
 * The size of every model's training step, as compiled: nodes, floating-point operations of its matrix
 * products and the bytes that it is predicted to need. These do not depend on a clock, so a change that
 * makes a model slower or larger shows here on every machine.
 */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { matrixFlops } from '../../evaluate/engine/flops.ts';
import { predictedBytes } from '../../evaluate/engine/memory.ts';
import { optimise } from '../../evaluate/engine/passes/all.ts';
import { trace } from '../../evaluate/engine/trace.ts';
import { trainProgram } from '../../evaluate/training/programs.ts';
import { createModel } from '../../models/backbone/backbone.ts';
import type { ModelShape } from '../../models/backbone/shape.ts';
import type { Size } from '../../models/backbone/size.ts';
import { parseOptions } from '../../models/options.ts';
import { mixers } from '../../models/registry.ts';

const size: Size = { layers: 2, width: 32, parameters: 60_000, shift: 'learned' };
const shape: ModelShape = {
  length: 256,
  vocabulary: 20,
  classes: 4,
  readout: 'query',
  padded: false,
};
const batch = 8;
const file = new URL('../golden/graphs.json', import.meta.url);

const measured = Object.fromEntries(
  mixers.map((mixer) => {
    const model = createModel(mixer, parseOptions(mixer, {}), shape, size);
    const step = trainProgram(
      model,
      { batch, length: shape.length },
      { clip: 1, weightDecay: 0.01 },
    );
    const graph = optimise(trace(step), 'cpu');
    const facts = {
      nodes: graph.nodes.length,
      flops: matrixFlops(graph),
      bytes: Math.round(predictedBytes(graph)),
    };
    return [mixer.name, facts];
  }),
);

it('makes training steps as large as they were', async () => {
  await expect(
    `${JSON.stringify(measured, null, 2)}\n`,
    'The training step of a model has changed: the lines below name it. If that is meant, say why in ' +
      'the commit and renew test/golden/graphs.json with: npx vitest run test/parity/graphs.test.ts -u',
  ).toMatchFileSnapshot(fileURLToPath(file));
});

import { expect, it } from 'vitest';
import { checkExport } from '../../../evaluate/export/checkExport.ts';
import { modelGraph } from '../../../evaluate/export/modelGraph.ts';
import { encode } from '../../../evaluate/engine/encode.ts';
import { initialValues } from '../../../evaluate/training/flat.ts';
import { classifierLayout } from '../../../evaluate/training/programs.ts';
import { createModel } from '../../../models/backbone/backbone.ts';
import type { ModelShape } from '../../../models/backbone/shape.ts';
import { parseOptions } from '../../../models/options.ts';
import { findMixer } from '../../../models/registry.ts';

const shape: ModelShape = {
  length: 16,
  vocabulary: 12,
  classes: 3,
  readout: 'pool',
  padded: true,
};

it.each(['transformer', 's4d'])('a %s stands alone, with its parameters by name', async (name) => {
  const mixer = findMixer(name);
  const size = { layers: 1, width: 8, parameters: 2500 };
  const model = createModel(mixer, parseOptions(mixer, {}), shape, size);
  const layout = classifierLayout(model);
  // As after training: no two parameters have the same values.
  const parameters = initialValues(layout, 'export').map((value, i) => value + 1e-3 * Math.sin(i));
  const batchShape = { batch: 2, length: 16 };
  const graph = modelGraph('small', model, parameters, batchShape);

  expect(graph.inputs.map(({ name, shape, dtype }) => [name, shape, dtype])).toEqual([
    ['tokens', [2, 16], 'int32'],
  ]);
  expect(Object.keys(graph.outputs)).toEqual(['logits']);
  const constants = new Map(
    graph.nodes.flatMap(({ inputs }) => inputs.flatMap((v) => (v?.data ? [[v.name, v]] : []))),
  );
  for (const { name, shape } of layout.parameters) {
    expect(constants.get(name)?.shape).toEqual(shape);
  }
  const bytes = encode(graph);
  expect(await checkExport(bytes, model, parameters, batchShape, shape.vocabulary)).toBeLessThan(
    1e-5,
  );
  // What the check is for: other parameters give other logits.
  const others = parameters.map((value) => value + 0.1);
  await expect(checkExport(bytes, model, others, batchShape, shape.vocabulary)).rejects.toThrow(
    'The exported file gives other logits than the model',
  );
});

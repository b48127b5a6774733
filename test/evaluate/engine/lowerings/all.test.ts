/** Every lowering computes what tfjs's cpu kernel computes, on the CPU and through WebGPU. */
import tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../../evaluate/engine/engine.ts';
import { lowerings } from '../../../../evaluate/engine/lowerings/all.ts';
import { openEngine } from '../../../../evaluate/engine/open.ts';
import { expectClose, feedsOf, programOf, programOfAll, runProgram } from '../parity.ts';
import type { Case } from '../parity.ts';
import { describeWebgpu } from '../webgpu.ts';
import { convolutionCases } from './convolution.cases.ts';
import { elementwiseCases } from './elementwise.cases.ts';
import { indexingCases } from './indexing.cases.ts';
import { matmulCases } from './matmul.cases.ts';
import { normaliseCases } from './normalise.cases.ts';
import { reductionCases } from './reductions.cases.ts';
import { shapeCases } from './shapes.cases.ts';

const tables: Record<string, Case[]> = {
  elementwise: elementwiseCases,
  shapes: shapeCases,
  reductions: reductionCases,
  matmul: matmulCases,
  indexing: indexingCases,
  normalise: normaliseCases,
  convolution: convolutionCases,
};

let reference: Engine;
beforeAll(async () => {
  reference = await openEngine('reference');
});

describe.each(Object.entries(tables))('%s on the CPU', (_, cases) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine('onnx-cpu');
  });
  afterAll(() => engine.dispose());

  test.each(cases)('$name', async (given) => {
    const program = programOf(given);
    const feeds = feedsOf(given);
    const expected = await runProgram(reference, program, feeds);
    const actual = await runProgram(engine, program, feeds);
    for (const [output, { values, shape }] of Object.entries(expected)) {
      expect(actual[output]!.shape).toEqual(shape);
      expectClose(output, actual[output]!.values, values, given.tolerance);
    }
  });
});

test('the tables reach every lowering', async () => {
  const used = new Set<string>();
  for (const given of Object.values(tables).flat()) {
    const { build, inputs } = programOf(given);
    const feeds = feedsOf(given);
    const { kernelNames } = await tf.profile(() =>
      tf.tidy(() => {
        const tensors = Object.entries(inputs).map(([name, { shape, dtype }]) => [
          name,
          tf.tensor(feeds[name]!, shape, dtype),
        ]);
        const results = build(Object.fromEntries(tensors) as Record<string, tf.Tensor>);
        return Object.values(results)[0]!;
      }),
    );
    for (const name of kernelNames) used.add(name);
  }
  expect(Object.keys(lowerings).filter((name) => !used.has(name))).toEqual([]);
});

await describeWebgpu(() => {
  test.each(Object.entries(tables))('%s', async (table, all) => {
    const cases = all.filter((given) => !given.onlyOnCpu);
    const engine = await openEngine('onnx-webgpu');
    const program = programOfAll(table, cases);
    const feeds = Object.assign({}, ...cases.map((given, i) => feedsOf(given, `case${i}.`)));
    const expected = await runProgram(reference, program, feeds);
    const actual = await runProgram(engine, program, feeds);
    cases.forEach((given, i) => {
      const outputs = Object.keys(expected).filter((name) => name.startsWith(`case${i}.`));
      for (const name of outputs) {
        const { values, shape } = expected[name]!;
        expect(actual[name]!.shape).toEqual(shape);
        expectClose(`${given.name} ${name}`, actual[name]!.values, values, given.tolerance ?? 1e-4);
      }
    });
    await engine.dispose();
  });
});

/** A whole training step of a Transformer: every engine computes what the reference computes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stepper, stepFeeds, stepProgram } from '../../../evaluate/training/stepper.ts';
import type { Engine, Values } from '../../../evaluate/engine/engine.ts';
import { openEngine } from '../../../evaluate/engine/open.ts';
import { expectClose, runProgram } from './parity.ts';
import { describeWebgpu } from './webgpu.ts';

const shape = {
  layers: 2,
  width: 16,
  heads: 2,
  hidden: 24,
  length: 12,
  batch: 3,
  vocabulary: 9,
  classes: 4,
};
const program = stepProgram(shape);
const feeds = stepFeeds(shape);

let expected: Record<string, { values: Values }>;
beforeAll(async () => {
  expected = await runProgram(await openEngine('reference'), program, feeds);
});

/** Loss, norm, and all gradients: after the first step the first moment is a tenth of them. */
function stepTests(name: string): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(name, { threads: 2 });
  });
  afterAll(() => engine.dispose());

  test('loss, gradients and new state agree with the reference within 1e-4', async () => {
    const actual = await runProgram(engine, program, feeds);
    for (const output of ['loss', 'gradientNorm', 'moment1', 'moment2', 'parameters']) {
      expectClose(output, actual[output]!.values, expected[output]!.values, 1e-4);
    }
  });

  test('the loss falls from step to step', async () => {
    const executable = await engine.compile(program);
    const stepper = new Stepper(executable, feeds);
    const losses: number[] = [];
    for (let i = 0; i < 5; i++) losses.push((await stepper.step()).loss);
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    await executable.dispose();
  });
}

describe('onnx-cpu', () => {
  stepTests('onnx-cpu');

  test('the same feeds give the same bytes, run after run, on one thread and on two', async () => {
    // Large enough for threads to share the work.
    const large = { ...shape, width: 32, length: 128, batch: 8, hidden: 64 };
    const run = async (threads: number) =>
      runProgram(await openEngine('onnx-cpu', { threads }), stepProgram(large), stepFeeds(large));
    const first = await run(1);
    for (const threads of [1, 2, 2, 2]) expect(await run(threads)).toEqual(first);
  });

  test('NaN in the parameters shows in the loss, and nothing hangs', async () => {
    const engine = await openEngine('onnx-cpu');
    const parameters = feeds['parameters']!.slice().fill(NaN, 0, 500);
    const { loss, gradientNorm } = await runProgram(engine, program, { ...feeds, parameters });
    expect(loss!.values[0]).toBeNaN();
    expect(gradientNorm!.values[0]).toBeNaN();
  });
});

await describeWebgpu(() => stepTests('onnx-webgpu'));

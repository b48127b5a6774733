/**
 * The twins in PyTorch compute the functions of models/ and take the optimiser's steps: logits at the
 * same parameters, and the losses over some updates on one batch.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findPython } from '../../../evaluate/bench/torch.ts';
import type { Handle, Values } from '../../../evaluate/engine/engine.ts';
import { openEngine } from '../../../evaluate/engine/open.ts';
import { scaleAt } from '../../../evaluate/training/optimiser.ts';
import { predictProgram, trainProgram } from '../../../evaluate/training/programs.ts';
import { createModel, type ModelShape } from '../../../models/backbone.ts';
import { findMixer, parseOptions } from '../../../models/registry.ts';
import { randomParameters, relativeError, stream } from '../../models/parity.ts';

const script = fileURLToPath(
  new URL('../../../leaderboards/twins/same_function.py', import.meta.url),
);
const shape: ModelShape = {
  ...{ length: 67, vocabulary: 7, classes: 3 },
  ...{ readout: 'query', padded: false },
};
const size = { layers: 2, width: 8, parameters: 2500 };
const protocol = { learningRate: 0.01, weightDecay: 0.1, clip: 1 };
const batch = 4;
const steps = 4;

const python = findPython();
if (!python) console.log('Skipped: the twins need torch (Debian: python3-torch).');
describe.skipIf(!python)('a twin', () => {
  it.each<[string, Record<string, unknown>]>([
    ['transformer', { heads: 2, positions: 'learned' }],
    ['transformer', { heads: 2, positions: 'rotary' }],
    ['transformer', { heads: 2, positions: 'sinusoidal' }],
    ['local', { heads: 2, window: 6 }],
    ['local', { heads: 2, window: 6, positions: 'rotary' }],
    ['s4d', { state: 8 }],
    ['lru', { state: 8 }],
  ])('computes what %s %o does, and learns as it does', async (name, given) => {
    const mixer = findMixer(name);
    const options = parseOptions(mixer, given) as Record<string, unknown>;
    const model = createModel(mixer, options, shape, size);
    const random = stream(name);
    const parameters = randomParameters(
      [...model.parameters, ...model.classifierParameters],
      random,
    );
    const draw = (bound: number) => Math.floor(random() * bound);
    const tokens = Int32Array.from({ length: batch * shape.length }, () => 1 + draw(6));
    const labels = Int32Array.from({ length: batch }, () => draw(shape.classes));

    const engine = await openEngine('onnx-cpu', { threads: 1 });
    const batchShape = { batch, length: shape.length };
    const predict = await engine.compile(predictProgram(model, batchShape));
    const train = await engine.compile(trainProgram(model, batchShape, protocol));
    const start = Float32Array.from(Object.values(parameters).flatMap(({ values }) => [...values]));
    const { logits } = await predict.run({ parameters: start, tokens });
    const expected = await logits!.read();
    let state: Record<string, Handle | Values> = {
      ...{ parameters: start, moment1: start.map(() => 0), moment2: start.map(() => 0) },
    };
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const scale = scaleAt(step, { steps, learningRate: protocol.learningRate, warmup: 0 });
      // At the full rate in every step, as the script does.
      scale.learningRate = Float32Array.of(protocol.learningRate);
      const { loss, gradientNorm, ...next } = await train.run({
        ...state,
        ...scale,
        tokens,
        labels,
      });
      losses.push((await loss!.read())[0]!);
      gradientNorm!.dispose();
      state = next;
    }

    const input = {
      model: {
        ...{ name, options, layers: size.layers, width: size.width, hidden: model.feedForward },
        ...{ length: shape.length, vocabulary: shape.vocabulary, classes: shape.classes },
      },
      protocol,
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([key, { shape, values }]) => [
          key,
          { shape, values: [...values] },
        ]),
      ),
      tokens: Array.from({ length: batch }, (_, b) => [
        ...tokens.subarray(b * shape.length, (b + 1) * shape.length),
      ]),
      labels: [...labels],
      steps,
    };
    const printed = execFileSync(python!, ['-B', script], {
      input: JSON.stringify(input),
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    });
    const twin = JSON.parse(printed) as { logits: number[]; losses: number[] };
    expect(relativeError(twin.logits, expected), 'logits').toBeLessThan(1e-4);
    expect(relativeError(twin.losses, losses), 'losses').toBeLessThan(1e-4);
    // Otherwise the losses would say nothing of the optimiser.
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.05);
  });
});

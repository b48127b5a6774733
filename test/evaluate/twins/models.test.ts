/**
 * The twins in PyTorch compute the functions of models/ and take the optimiser's steps: logits at the
 * same parameters, and the losses over some updates on one batch. And they start alike.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findPython } from '../../../evaluate/bench/torch.ts';
import type { Handle, Values } from '../../../evaluate/engine/engine.ts';
import { openEngine } from '../../../evaluate/engine/open.ts';
import { scaleAt } from '../../../evaluate/training/optimiser.ts';
import { predictProgram, trainProgram } from '../../../evaluate/training/programs.ts';
import { createModel, type Model } from '../../../models/backbone/backbone.ts';
import type { ModelShape } from '../../../models/backbone/shape.ts';
import { parseOptions } from '../../../models/options.ts';
import { findMixer } from '../../../models/registry.ts';
import type { Size } from '../../../models/backbone/size.ts';
import { randomParameters, relativeError, sizeOf, stream } from '../../models/parity.ts';

const script = fileURLToPath(new URL('../../../evaluate/twins/same_function.py', import.meta.url));
const shape: ModelShape = {
  ...{ length: 67, vocabulary: 7, classes: 3 },
  ...{ readout: 'query', padded: false },
};
const small: Size = { layers: 2, width: 8, parameters: 2500 };
/** As at the lite tier: enough values of each parameter to know its distribution. */
const lite: Size = { layers: 2, width: 64, parameters: 108_000 };
const protocol = { learningRate: 0.01, weightDecay: 0.1, clip: 1 };
const batchShape = { batch: 4, length: shape.length };

const python = findPython();
if (!python) console.log('Skipped: the twins need torch, see evaluate/bench/peers/README.md.');

interface Case {
  model: Model;
  /** By name: shape and values. */
  parameters: Record<string, { shape: number[]; values: number[] }>;
  tokens: Int32Array;
  labels: Int32Array;
  /** What `Model` in Python takes. */
  twin: Record<string, unknown>;
}

function makeCase(name: string, given: Record<string, unknown>, size: Size): Case {
  const mixer = findMixer(name);
  const options: Record<string, unknown> = parseOptions(mixer, given);
  const model = createModel(mixer, options, shape, size);
  const random = stream(name);
  const drawn = randomParameters([...model.parameters, ...model.classifierParameters], random);
  const draw = (bound: number) => Math.floor(random() * bound);
  const { layers, width } = size;
  const { length, vocabulary, classes } = shape;
  return {
    model,
    parameters: Object.fromEntries(
      Object.entries(drawn).map(([key, { shape, values }]) => [
        key,
        { shape, values: [...values] },
      ]),
    ),
    tokens: Int32Array.from({ length: batchShape.batch * length }, () => 1 + draw(vocabulary - 1)),
    labels: Int32Array.from({ length: batchShape.batch }, () => draw(classes)),
    twin: { name, options, layers, width, hidden: model.feedForward, length, vocabulary, classes },
  };
}

interface Printed {
  /** Mean and standard deviation of each parameter at its own initial values. */
  start: Record<string, [number, number]>;
  logits: number[];
  losses: number[];
}

function runTwin({ twin, parameters, tokens, labels }: Case, steps: number): Printed {
  const { batch, length } = batchShape;
  const input = {
    ...{ model: twin, protocol, parameters, steps, seed: 1, labels: [...labels] },
    tokens: Array.from({ length: batch }, (_, b) => [
      ...tokens.subarray(b * length, (b + 1) * length),
    ]),
  };
  const printed = execFileSync(python!, ['-B', script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  return JSON.parse(printed) as Printed;
}

/** The same by models/ and evaluate/training/. */
async function runOurs({ model, parameters, tokens, labels }: Case, steps: number) {
  const engine = await openEngine('onnx-cpu', { threads: 1 });
  const predict = await engine.compile(predictProgram(model, batchShape));
  const train = await engine.compile(trainProgram(model, batchShape, protocol));
  const start = Float32Array.from(Object.values(parameters).flatMap(({ values }) => values));
  const zeros = new Float32Array(start.length);
  const { logits } = await predict.run({ parameters: start, tokens });
  let state: Record<string, Handle | Values> = {
    ...{ parameters: start, moment1: zeros, moment2: zeros },
  };
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    // At the full rate in every step, as the script does.
    const feeds = { ...state, ...scaleAt(step, protocol.learningRate), tokens, labels };
    const { loss, gradientNorm, ...next } = await train.run(feeds);
    losses.push((await loss!.read())[0]!);
    gradientNorm!.dispose();
    state = next;
  }
  return { logits: await logits!.read(), losses };
}

function meanAndDeviation(values: ArrayLike<number>): [number, number] {
  const all = Array.from(values);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  return [mean, Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length)];
}

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
    const steps = 4;
    const made = makeCase(name, given, small);
    const ours = await runOurs(made, steps);
    const twin = runTwin(made, steps);
    expect(relativeError(twin.logits, ours.logits), 'logits').toBeLessThan(1e-4);
    expect(relativeError(twin.losses, ours.losses), 'losses').toBeLessThan(1e-4);
    // Otherwise the losses would say nothing of the optimiser.
    expect(ours.losses.at(-1)!).toBeLessThan(ours.losses[0]! - 0.05);
  });

  it.each(['transformer', 'local', 's4d', 'lru'])('of %s starts as it does', (name) => {
    const made = makeCase(name, {}, lite);
    const { start } = runTwin(made, 0);
    for (const parameter of [...made.model.parameters, ...made.model.classifierParameters]) {
      const { name, shape, initialise } = parameter;
      const size = sizeOf(shape);
      const [mean, deviation] = meanAndDeviation(initialise(size, stream(`start/${name}`)));
      const [twinMean, twinDeviation] = start[name]!;
      // Five standard errors of the difference, were both normal.
      const error = (5 * Math.SQRT2 * deviation) / Math.sqrt(size) + 1e-6;
      expect(Math.abs(twinMean - mean), `mean of ${name}`).toBeLessThan(error);
      expect(Math.abs(twinDeviation - deviation), `deviation of ${name}`).toBeLessThan(
        error / Math.SQRT2,
      );
    }
  });
});

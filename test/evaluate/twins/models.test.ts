/**
 * The twins in PyTorch compute the functions of models/ and take the optimiser's steps: logits at the
 * same parameters, and the losses over some updates on one batch. And they start alike.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
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
import { peerPython } from '../../peers.ts';

const script = fileURLToPath(new URL('../../../evaluate/twins/same_function.py', import.meta.url));
const common = { length: 67, classes: 3, padded: false } as const;
/** Tokens with several questions, and grey levels that are pooled: as in recall and in image. */
const recall: ModelShape = { ...common, vocabulary: 7, readout: 'query' };
const image: ModelShape = { ...common, vocabulary: 20, readout: 'pool', input: 'levels' };
const places = [3, 40, common.length - 1];
const small: Size = { layers: 2, width: 8, parameters: 2500, shift: 'learned' };
/** As at the lite tier: enough values of each parameter to know its distribution. */
const lite: Size = { layers: 2, width: 64, parameters: 108_000, shift: 'learned' };
const protocol = { learningRate: 0.01, weightDecay: 0.1, clip: 1 };
const batch = 4;

const python = peerPython('twins in PyTorch');

interface Case {
  model: Model;
  /** By name: shape and values. */
  parameters: Record<string, { shape: number[]; values: number[] }>;
  tokens: Int32Array;
  positions: number[] | undefined;
  /** The answers to all questions of a row. */
  labels: Int32Array;
  /** Steps of training. */
  steps: number;
  /** What `Model` in Python takes. */
  twin: Record<string, unknown>;
}

function makeCase(
  shape: ModelShape,
  name: string,
  given: Record<string, unknown>,
  size: Size,
  steps: number,
): Case {
  const mixer = findMixer(name);
  const options: Record<string, unknown> = parseOptions(mixer, given);
  const model = createModel(mixer, options, shape, size);
  const random = stream(name);
  const drawn = randomParameters([...model.parameters, ...model.classifierParameters], random);
  const draw = (bound: number) => Math.floor(random() * bound);
  const { length, vocabulary, classes, readout, input } = shape;
  const positions = shape.readout === 'query' ? places : undefined;
  const questions = positions?.length ?? 1;
  const { layers, width, shift } = size;
  return {
    model,
    parameters: Object.fromEntries(
      Object.entries(drawn).map(([key, { shape, values }]) => [
        key,
        { shape, values: [...values] },
      ]),
    ),
    tokens: Int32Array.from({ length: batch * length }, () => 1 + draw(vocabulary - 1)),
    positions,
    labels: Int32Array.from({ length: batch * questions }, () => draw(classes)),
    steps,
    twin: {
      name,
      options,
      hidden: model.feedForward,
      layers,
      width,
      shift,
      length,
      vocabulary,
      classes,
      readout,
      input,
    },
  };
}

interface Printed {
  /** Mean and standard deviation of each parameter at its own initial values. */
  start: Record<string, [number, number]>;
  logits: number[];
  losses: number[];
}

/** One list a sequence. */
const rowsOf = (values: Int32Array) =>
  Array.from({ length: batch }, (_, b) => {
    const width = values.length / batch;
    return [...values.subarray(b * width, (b + 1) * width)];
  });

/** All cases in one process: to start PyTorch takes seconds. */
function runTwins(cases: readonly Case[]): Printed[] {
  const input = cases.map(({ twin, parameters, tokens, positions, labels, steps }) => ({
    ...{ model: twin, protocol, parameters, steps, seed: 1, places: positions ?? null },
    ...{ tokens: rowsOf(tokens), answers: rowsOf(labels) },
  }));
  const printed = execFileSync(python!, ['-B', script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  return JSON.parse(printed) as Printed[];
}

/** The same by models/ and evaluate/training/. */
async function runOurs({ model, parameters, tokens, positions, labels, steps }: Case) {
  const engine = await openEngine('onnx-cpu', { threads: 1 });
  const shape = { batch, length: common.length };
  const predict = await engine.compile(predictProgram(model, shape));
  const train = await engine.compile(trainProgram(model, { ...shape, positions }, protocol));
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

const models: [string, Record<string, unknown>][] = [
  ['transformer', { heads: 2, positions: 'learned' }],
  ['transformer', { heads: 2, positions: 'rotary' }],
  ['transformer', { heads: 2, positions: 'sinusoidal' }],
  ['local', { heads: 2, window: 6 }],
  ['local', { heads: 2, window: 6, positions: 'rotary' }],
  ['linear-attention', { heads: 2 }],
  ['s4d', { state: 8 }],
  ['lru', { state: 8 }],
  ['long-conv', {}],
  ['gated-deltanet', { heads: 2 }],
];

const shapes = { recall, image };

describe.skipIf(!python)('a twin', () => {
  const trained = Object.entries(shapes).flatMap(([task, shape]) =>
    models.map(([name, given]) => ({
      title: `${name} ${JSON.stringify(given)}, as in ${task},`,
      made: makeCase(shape, name, given, small, 4),
    })),
  );
  const names = [...new Set(models.map(([name]) => name))];
  const fresh = names.flatMap((name) =>
    Object.values(shapes).map((shape) => ({ name, made: makeCase(shape, name, {}, lite, 0) })),
  );
  const printed = new Map<Case, Printed>();
  beforeAll(() => {
    const cases = [...trained, ...fresh].map(({ made }) => made);
    runTwins(cases).forEach((one, i) => printed.set(cases[i]!, one));
  });

  it.each(trained)('of $title computes what it does, and learns as it does', async ({ made }) => {
    const ours = await runOurs(made);
    const twin = printed.get(made)!;
    expect(relativeError(twin.logits, ours.logits), 'logits').toBeLessThan(1e-4);
    expect(relativeError(twin.losses, ours.losses), 'losses').toBeLessThan(1e-4);
    // Otherwise the losses would say nothing of the optimiser.
    expect(Math.max(...ours.losses) - Math.min(...ours.losses)).toBeGreaterThan(0.05);
  });

  it.each(names)('of %s starts as it does', (model) => {
    for (const { made } of fresh.filter(({ name }) => name === model)) {
      const { start } = printed.get(made)!;
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
    }
  });
});

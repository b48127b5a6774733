/**
 * The locality profile of a data set (after Miralles-González et al. 2025,
 * https://arxiv.org/abs/2501.14850): test accuracy of a residual convolution against its reach, trained
 * by the trainer of all runs. A position of it depends on so many tokens to either side and on nothing
 * beyond, so what a small reach attains needs no long dependencies.
 */
import type { Dataset } from '../../generators/store/dataset.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { createModel } from '../../models/backbone/backbone.ts';
import { parseOptions } from '../../models/options.ts';
import { findMixer } from '../../models/registry.ts';
import type { Engine } from '../engine/engine.ts';
import { benchmarkVersion } from '../plan/spec.ts';
import { presetOf } from '../plan/tiers.ts';
import { trainAndTest, type Outcome } from '../training/train.ts';

const model = 'bounded-conv';
const layers = 2;
const hidden = 64;
const batch = 16;

/** Kernels grow with the reach, and the matrices that they are multiplied by with its square. */
const mostReach = 1024;
/** Processor time of all networks, in microseconds, about; see `stepsFor`. */
const budget = 200e6;

type Shape = Dataset['meta']['shape'];

/** Longer sequences get fewer channels, and only every second reach. */
const isLong = ({ length }: Pick<Shape, 'length'>) => length >= 512;
const widthFor = (shape: Pick<Shape, 'length'>) => (isLong(shape) ? 16 : 32);

/** 2, 4, 8, ... and the first that covers the whole length; for long sequences 2, 8, 32, ... */
export function reachesFor(shape: Pick<Shape, 'length'>): number[] {
  const largest = Math.min(mostReach, 2 * Math.ceil((shape.length - 1) / 2));
  const reaches = [];
  for (let reach = 2; reach < largest; reach *= isLong(shape) ? 4 : 2) reaches.push(reach);
  return [...reaches, largest];
}

/** Tokens of a document that the network has to see: at a query, those within its reach. */
const seenTokens = ({ length, readout }: Pick<Shape, 'length' | 'readout'>, reach: number) =>
  readout === 'query' ? Math.min(length, reach + 1) : length;

/** Fewer steps show nothing, more steps change little. */
const [fewestSteps, mostSteps] = [40, 600];

/**
 * Steps of each network, the same for all: as many as are done in about two minutes on two cores; 0
 * where these are too few. A step takes time in proportion to channels and tokens, and to the kernel's
 * length besides.
 */
export function stepsFor(shape: Shape): number {
  const perToken = (12 * widthFor(shape)) / 32;
  const tokens = reachesFor(shape).reduce(
    (sum, reach) => sum + seenTokens(shape, reach) * shape.documents * (1 + reach / 256),
    0,
  );
  const steps = budget / (batch * tokens * perToken);
  return steps < fewestSteps ? 0 : Math.min(mostSteps, 10 * Math.floor(steps / 10));
}

/** That of the leaderboard for the task; pooled read-outs, which learn slowly, take no more than 0.002. */
function learningRateOf({ task, tier, shape }: Dataset['meta']): number {
  const { learningRate } = presetOf(task, tier, shape.maskRatio).protocol;
  return shape.readout === 'pool' ? Math.min(0.002, learningRate) : learningRate;
}

export function profileProtocol(meta: Dataset['meta'], steps: number) {
  const width = widthFor(meta.shape);
  return { model, layers, width, batch, steps, learningRate: learningRateOf(meta) };
}

/**
 * The data set cut to the last tokens of each document: a query's answer depends on no others, and
 * with zeros in their place, which is what convolutions see beyond the edge, it is the same. Earlier
 * questions before the cut are left out.
 */
export function lastTokensOf(dataset: Dataset, tokens: number): Dataset {
  const { meta } = dataset;
  const { length, table } = meta.shape;
  if (tokens >= length) return dataset;
  const cut = length - tokens;
  const asked = table?.asked ?? [];
  const kept = asked.filter((position) => position >= cut);
  const left = asked.length - kept.length;
  const cutTable = table && { ...table, asked: kept.map((position) => position - cut) };
  return {
    ...dataset,
    meta: {
      ...meta,
      shape: { ...meta.shape, length: tokens, ...(cutTable && { table: cutTable }) },
    },
    async split(name) {
      const split = await dataset.split(name);
      const documents = split.inputs.length / length;
      const inputs = split.inputs.slice(0, documents * tokens);
      for (let n = 0; n < documents; n++)
        inputs.set(split.inputs.subarray((n + 1) * length - tokens, (n + 1) * length), n * tokens);
      const answers = split.answers.filter((_, i) => i % asked.length >= left);
      return { ...split, length: tokens, inputs, answers };
    },
  };
}

/** Trains the network of that reach and tests it once. */
export async function trainReach(
  whole: Dataset,
  engine: Engine,
  reach: number,
  steps: number,
  onStep: (step: number) => void,
): Promise<Outcome> {
  const dataset = lastTokensOf(whole, seenTokens(whole.meta.shape, reach));
  const { meta } = dataset;
  const { width, learningRate } = profileProtocol(whole.meta, steps);
  const mixer = findMixer(model);
  const kernel = 2 * Math.ceil(reach / layers) + 1;
  const modelOptions: Record<string, unknown> = parseOptions(mixer, { kernel });
  // Every reach has the same feed-forward width: only the kernels differ.
  const create = (parameters: number) =>
    createModel(mixer, modelOptions, meta.shape, { layers, width, parameters });
  const perChannel = layers * (2 * width + 1);
  const wide = create(10_000_000);
  const parameters = wide.parameterCount + (hidden - wide.feedForward) * perChannel;
  const spec: RunSpec = {
    benchmark: benchmarkVersion,
    task: meta.task,
    tier: meta.tier,
    taskOptions: {},
    dataSeed: meta.seed,
    model,
    modelOptions: modelOptions as RunSpec['modelOptions'],
    size: { layers, width, parameters },
    regime: 'scratch',
    seed: 1,
    protocol: {
      ...{ batch, steps, learningRate, pretrainSteps: 0, pretrainLearningRate: learningRate },
      ...{ warmup: 0.1, weightDecay: 0.01, clip: 1, evaluations: 2, maskRatio: 0 },
    },
  };
  const training = { spec, model: create(parameters), dataset, engine };
  return trainAndTest(training, {
    onStep: (progress) => onStep(progress.step),
    onCheckpoint: async () => {},
    onTest: () => {},
  });
}

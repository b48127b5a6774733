/**
 * One run: (task, model, regime, seed) trained and tested.
 *
 * `scratch` trains on labels; `spt` fine-tunes what was first pretrained on the inputs of the
 * training split alone; `scratch-matched` trains on labels for as many steps as both together. Where
 * the protocol has several learning rates, each is tried from the same start. Steps and learning
 * rate are selected on validation; the test split is opened once, after that.
 */
import type { Dataset, Split } from '../../generators/store/dataset.ts';
import type { Model } from '../../models/backbone/backbone.ts';
import type { GroupResults } from '../../leaderboards/records/groupResults.ts';
import type { DistanceScore, RunSpec, Score } from '../../leaderboards/records/schema.ts';
import type { Engine, Executable } from '../engine/engine.ts';
import { gatherRows, maskTokens, orderOf, shiftTokens } from './batches.ts';
import type { Checkpoint, Progress, Trial } from './checkpoint.ts';
import { initialValues, transfer } from './flat.ts';
import type { Hooks } from './phase.ts';
import { compileStep, type Step } from './microBatches.ts';
import { DivergedError, runPhase } from './phase.ts';
import { accuracyOf, groupsOf, predict, score, scoreByDistance } from './predict.ts';
import { predictTest } from './predictTest.ts';
import {
  classifierLayout,
  predictProgram,
  pretrainGradientProgram,
  pretrainingLayout,
  pretrainProgram,
  trainGradientProgram,
  trainProgram,
} from './programs.ts';

export interface Outcome {
  validation: Score;
  test: Score;
  distances: DistanceScore[];
  selectedStep: number;
  /** The learning rate that was selected, and all that were tried. */
  learningRate: number;
  trials: Trial[];
  /** Predicted class of every test example. */
  predictions: Uint8Array;
  /** Right answers of each sibling group of the test split. */
  groups: GroupResults;
  /** What was tested, flat, in the classifier's layout. */
  parameters: Float32Array;
  progress: Progress;
}

export interface RunHooks extends Hooks {
  /** Called while a split is predicted, with the number of examples done. */
  onTest(done: number, count: number): void;
}

/** Steps of each phase in a regime. */
export function stepsOf({ regime, protocol }: Pick<RunSpec, 'regime' | 'protocol'>) {
  const { steps, pretrainSteps } = protocol;
  if (regime === 'spt') return { pretrain: pretrainSteps, train: steps };
  return { pretrain: 0, train: regime === 'scratch-matched' ? steps + pretrainSteps : steps };
}

/** The learning rates that a run tries on labels: one, or the grid of the ruleset `tuned`. */
export function learningRatesOf({ protocol }: Pick<RunSpec, 'protocol'>): number[] {
  return protocol.learningRates ?? [protocol.learningRate];
}

export function freshProgress(phase: Progress['phase']): Progress {
  return {
    phase,
    step: 0,
    lossSum: 0,
    lossCount: 0,
    curve: [],
    trials: [],
    seconds: 0,
    pretrainSeconds: 0,
    stepMilliseconds: [],
    attempts: 1,
    started: new Date().toISOString(),
  };
}

const seedName = ({ seed }: Pick<RunSpec, 'seed'>) => `run/${seed}`;

/** Two documents stand one after the other: what goes on token by token need not know of them. */
const tokensOf = ({ shape }: Dataset['meta']) => shape.documents * shape.length;

/** Which examples are in the batch of step 0, 1, ... of a phase. */
function batches(spec: RunSpec, train: Split, phase: Progress['phase']) {
  const { batch } = spec.protocol;
  const order = orderOf(train.count, `${seedName(spec)}/${phase}`);
  return (step: number) => Array.from({ length: batch }, (_, b) => order(step * batch + b));
}

/**
 * Self-pretraining: masked modelling for bidirectional models, next tokens for causal ones, on the
 * inputs of the training split.
 *
 * @param microBatch examples a pass; the whole batch where absent
 * @returns the last parameters, and the progress that led to them
 * @throws DivergedError when the loss is no longer finite; the hooks have seen the progress
 */
export async function pretrain(
  spec: RunSpec,
  model: Model,
  dataset: Dataset,
  engine: Engine,
  hooks: Hooks,
  from?: Checkpoint,
  microBatch?: number,
): Promise<Checkpoint> {
  const { protocol } = spec;
  const length = tokensOf(dataset.meta);
  const train = await dataset.split('train');
  const indices = batches(spec, train, 'pretrain');
  const layout = pretrainingLayout(model);
  const progress = from?.progress ?? freshProgress('pretrain');
  const step = await compileStep(
    engine,
    {
      layout,
      optimiser: protocol,
      whole: (batch) => pretrainProgram(model, { batch, length }, protocol),
      gradient: (batch) => pretrainGradientProgram(model, { batch, length }),
    },
    protocol.batch,
    microBatch,
  );
  const parameters = await runPhase(
    {
      name: 'pretrain',
      steps: protocol.pretrainSteps,
      learningRate: protocol.pretrainLearningRate,
      warmup: protocol.warmup,
      evaluations: protocol.evaluations,
      step,
      feeds(index) {
        const tokens = gatherRows(train.inputs, length, indices(index));
        const batch = model.causal
          ? shiftTokens(tokens, dataset.meta.shape.length)
          : maskTokens(tokens, {
              ratio: protocol.maskRatio,
              maskId: model.maskToken,
              name: `${seedName(spec)}/mask/${index}`,
            });
        return { tokens: batch.tokens, targets: batch.targets, weights: batch.weights };
      },
    },
    progress,
    from?.vectors ?? { parameters: initialValues(layout, seedName(spec)) },
    hooks,
  );
  await step.dispose();
  return { progress, vectors: { parameters } };
}

/**
 * Training on labels and the test.
 *
 * @param pretrained what `pretrain` gave, in the regime `spt`
 * @param from a checkpoint to go on from
 * @param microBatch examples a pass; the whole batch where absent
 * @throws DivergedError when the loss is no longer finite at any of the learning rates; the hooks
 *   have seen the progress
 */
export async function trainAndTest(
  spec: RunSpec,
  model: Model,
  dataset: Dataset,
  engine: Engine,
  hooks: RunHooks,
  { pretrained, from, microBatch }: Start = {},
): Promise<Outcome> {
  const { shape } = dataset.meta;
  const { protocol } = spec;
  const length = tokensOf(dataset.meta);
  const train = await dataset.split('train');
  const validation = await dataset.split('val');
  const step = await compileStep(
    engine,
    {
      layout: classifierLayout(model),
      optimiser: protocol,
      whole: (batch) => trainProgram(model, { batch, length }, protocol),
      gradient: (batch) => trainGradientProgram(model, { batch, length }),
    },
    protocol.batch,
    microBatch,
  );
  const batch = step.microBatch ?? protocol.batch;
  const predictor = await engine.compile(predictProgram(model, { batch, length }));
  const progress = from?.progress ?? startOf(pretrained);
  const selected = await selectTrial(
    { spec, model, train, validation, step, predictor, pretrained },
    progress,
    from?.vectors,
    hooks,
  );
  await step.dispose();

  const begun = performance.now();
  const validated = await predict(predictor, selected, validation);
  const test = await dataset.split('test');
  const predictions = await predictTest(predictor, selected, test, (done) =>
    hooks.onTest(done, test.count),
  );
  await predictor.dispose();
  progress.seconds += (performance.now() - begun) / 1000;
  const groups = groupsOf(predictions, test, shape);
  const chosen = progress.trials[progress.chosen!.trial]!;
  return {
    validation: score(groupsOf(validated, validation, shape)),
    test: score(groups),
    distances: scoreByDistance(groups, shape.distances),
    selectedStep: chosen.best!.step,
    learningRate: chosen.learningRate,
    trials: progress.trials,
    predictions,
    groups,
    parameters: selected,
    progress,
  };
}

/** Where a run starts from, and how its batches are gone through. */
interface Start {
  pretrained?: Checkpoint | undefined;
  from?: Checkpoint | undefined;
  microBatch?: number | undefined;
}

/** Progress of a run that begins to train, its pretraining counted in. */
function startOf(pretrained?: Checkpoint): Progress {
  const fresh = freshProgress('train');
  if (!pretrained) return fresh;
  const { curve, seconds, pretrainSeconds, microBatch } = pretrained.progress;
  const before = { curve: [...curve], seconds, pretrainSeconds };
  return { ...fresh, ...before, ...(microBatch !== undefined && { microBatch }) };
}

interface Trials {
  spec: RunSpec;
  model: Model;
  train: Split;
  validation: Split;
  step: Step;
  predictor: Executable;
  pretrained?: Checkpoint | undefined;
}

/** Tries every learning rate that is not done yet; the parameters of the best validation accuracy. */
async function selectTrial(
  { spec, model, train, validation, step, predictor, pretrained }: Trials,
  progress: Progress,
  kept: Checkpoint['vectors'] | undefined,
  hooks: Hooks,
): Promise<Float32Array> {
  const { protocol } = spec;
  const rates = learningRatesOf(spec);
  const indices = batches(spec, train, 'train');
  const length = train.inputs.length / train.count;
  const before = pretrained?.progress.curve ?? [];
  const accuracyOfTrial = (trial: number) => progress.trials[trial]?.best?.accuracy ?? -1;
  const vectors = kept ?? { parameters: startingParameters(spec, model, pretrained) };
  let { chosen, ...state } = vectors;
  let diverged: DivergedError | undefined;
  const withChosen: Hooks = {
    ...hooks,
    onCheckpoint: (take, force) =>
      hooks.onCheckpoint(async () => {
        const checkpoint = await take();
        if (chosen) checkpoint.vectors.chosen = chosen;
        return checkpoint;
      }, force),
  };

  while (progress.trials.length < rates.length) {
    const trial = progress.trials.length;
    const learningRate = rates[trial]!;
    try {
      const best = await runPhase(
        {
          name: 'train',
          steps: stepsOf(spec).train,
          learningRate,
          warmup: protocol.warmup,
          evaluations: protocol.evaluations,
          step,
          feeds(index) {
            const rows = indices(index);
            return {
              tokens: gatherRows(train.inputs, length, rows),
              labels: Int32Array.from(rows, (row) => train.labels[row]!),
            };
          },
          validate: async (parameters) =>
            accuracyOf(await predict(predictor, parameters, validation), validation),
        },
        progress,
        state,
        withChosen,
      );
      progress.trials.push({ learningRate, best: progress.best! });
      // Among equals the earlier one stays.
      if (!progress.chosen || accuracyOfTrial(trial) > accuracyOfTrial(progress.chosen.trial)) {
        progress.chosen = { trial, curve: progress.curve };
        chosen = best;
      }
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      diverged = error;
      if (rates.length > 1) progress.trials.push({ learningRate });
      else throw error;
    }
    if (progress.trials.length === rates.length) break;
    state = { parameters: startingParameters(spec, model, pretrained) };
    Object.assign(progress, { step: 0, lossSum: 0, lossCount: 0, curve: [...before] });
    delete progress.best;
    await withChosen.onCheckpoint(async () => ({ progress, vectors: { ...state } }), true);
  }
  if (!progress.chosen) throw diverged ?? new DivergedError('The loss diverged in every trial.');
  progress.curve = progress.chosen.curve;
  return chosen!;
}

/** Initial values, with the pretrained body where there is one. */
function startingParameters(spec: RunSpec, model: Model, pretrained?: Checkpoint): Float32Array {
  const layout = classifierLayout(model);
  const parameters = initialValues(layout, seedName(spec));
  if (pretrained) {
    transfer(pretrained.vectors.parameters!, pretrainingLayout(model), parameters, layout);
  }
  return parameters;
}

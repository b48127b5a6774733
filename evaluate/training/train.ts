/**
 * One run: (task, model, regime, seed) trained on labels and tested.
 *
 * The regimes:
 *
 *   scratch          labels, until the schedule's rule ends the training
 *   spt              the same, from parameters that were pretrained on the training split's inputs
 *   scratch-matched  labels, for exactly the token-steps that spt of the same seed took in both phases
 *   joint            labels and hidden tokens together, for the same token-steps
 *   augmented        as scratch, with the task's label-preserving changes of the training examples
 *
 * Parameters are selected on validation; the test split is opened once, after that.
 */
import type { Dataset } from '../../generators/store/dataset.ts';
import type { Split } from '../../generators/store/split.ts';
import type { GroupResults } from '../../leaderboards/records/groupResults.ts';
import type { DistanceScore, RunSpec, Score } from '../../leaderboards/records/schema.ts';
import type { Model } from '../../models/backbone/backbone.ts';
import type { Engine, Executable } from '../engine/engine.ts';
import { stepsOf } from './regimes.ts';
import { freshProgress, type Checkpoint, type Progress } from './checkpoint.ts';
import { initialValues, transfer, type Layout } from './flat.ts';
import { compileStep, type Step } from './microBatches.ts';
import {
  jointObjective,
  labelsObjective,
  seedName,
  tokensOf,
  type Objective,
} from './objectives.ts';
import { runPhase, type Hooks } from './phase.ts';
import { accuracyOf, firstRows, groupsOf, predict, score, scoreByDistance } from './predict.ts';
import { predictTest } from './predictTest.ts';
import { classifierLayout, predictProgram, pretrainingLayout } from './programs.ts';
import { endingOf, fixedSchedule, wsdSchedule, type Ending, type WsdRule } from './schedule.ts';

export interface Outcome {
  validation: Score;
  test: Score;
  distances: DistanceScore[];
  selectedStep: number;
  learningRate: number;
  /** How training ended; absent where the protocol has a fixed number of steps. */
  ending?: Ending;
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

export interface Training {
  spec: RunSpec;
  model: Model;
  dataset: Dataset;
  engine: Engine;
  /** Absent: that of the protocol. */
  learningRate?: number | undefined;
  /** Exactly so many steps; the rule of the protocol decides if absent. */
  steps?: number | undefined;
  /** What `pretrain` gave, in the regime `spt`. */
  pretrained?: Checkpoint | undefined;
  /** A checkpoint to go on from. */
  from?: Checkpoint | undefined;
  /** Examples per pass; the whole batch if absent. */
  microBatch?: number | undefined;
}

/** A compiled run on labels. */
export interface Trainer {
  objective: Objective;
  step: Step;
  predictor: Executable;
  validation: Split;
  /** The part of the validation split that is looked at during training. */
  looked: Split;
  rule: WsdRule | undefined;
  /**
   * The parameters of the best look.
   *
   * @param vectors where it goes on; from the initial or pretrained values if absent
   */
  train(
    progress: Progress,
    vectors: Checkpoint['vectors'] | undefined,
    hooks: Hooks,
    learningRate: number,
  ): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Trains on labels and tests.
 *
 * @throws DivergedError when the loss is no longer finite; the hooks have seen the progress
 */
export async function trainAndTest(training: Training, hooks: RunHooks): Promise<Outcome> {
  const { model, dataset, pretrained, from } = training;
  const { shape } = dataset.meta;
  const trainer = await openTrainer(training);
  const { predictor, validation, objective, rule } = trainer;
  const progress = from?.progress ?? startOf(pretrained);
  const selected = await trainer.train(progress, from?.vectors, hooks, rateOf(training));
  await trainer.step.dispose();

  const begun = performance.now();
  const validated = await predict(predictor, selected, validation);
  const test = await dataset.split('test');
  const predictions = await predictTest(predictor, selected, test, (done) =>
    hooks.onTest(done, test.count),
  );
  await predictor.dispose();
  progress.seconds += (performance.now() - begun) / 1000;
  const groups = groupsOf(predictions, test, shape);
  const { step: selectedStep, accuracy } = progress.best!;
  return {
    validation: score(groupsOf(validated, validation, shape)),
    test: score(groups),
    distances: scoreByDistance(groups, shape.distances),
    selectedStep,
    learningRate: rateOf(training),
    ...(rule && { ending: endingOf(rule, progress.end, accuracy) }),
    predictions,
    groups,
    parameters: inLayout(selected, objective.layout, classifierLayout(model)),
    progress,
  };
}

/** Compiles what a run on labels needs. */
export async function openTrainer(training: Training): Promise<Trainer> {
  const { spec, model, dataset, engine, pretrained, microBatch } = training;
  const train = await dataset.split('train');
  const validation = await dataset.split('val');
  const request = { spec, model, dataset, train };
  const objective = spec.regime === 'joint' ? jointObjective(request) : labelsObjective(request);
  const step = await compileStep(engine, objective, objective.rows, microBatch);
  const batch = step.microBatch ?? objective.rows;
  const shape = { batch, length: tokensOf(dataset.meta) };
  const predictor = await engine.compile(predictProgram(model, shape, objective.layout));
  const looked = firstRows(validation, spec.protocol.lookExamples ?? validation.count);
  const rule = ruleOf(training, 1 / dataset.meta.shape.classes, looked.count);
  const steps = training.steps ?? stepsOf(spec).train;
  const schedule = rule ? wsdSchedule(rule) : fixedSchedule({ ...spec.protocol, steps });
  return {
    objective,
    step,
    predictor,
    validation,
    looked,
    rule,
    train: (progress, vectors, hooks, learningRate) =>
      runPhase(
        {
          name: 'train',
          schedule,
          learningRate,
          step,
          feeds: objective.feeds,
          validate: async (parameters) =>
            accuracyOf(await predict(predictor, parameters, looked), looked),
        },
        progress,
        vectors ?? { parameters: startingParameters(spec, model, objective.layout, pretrained) },
        hooks,
      ),
    async dispose() {
      await step.dispose();
      await predictor.dispose();
    },
  };
}

const rateOf = ({ spec, learningRate }: Training) => learningRate ?? spec.protocol.learningRate;

/** The rule that ends a training; undefined for a protocol of benchmark 1.0, which has none. */
function ruleOf({ spec, steps }: Training, chance: number, examples: number): WsdRule | undefined {
  const { protocol } = spec;
  const { lookEvery, patience, decay } = protocol;
  if (lookEvery === undefined || patience === undefined || decay === undefined) return undefined;
  return {
    steps: steps ?? stepsOf(spec).train,
    isMatched: steps !== undefined,
    warmup: Math.round(protocol.steps * protocol.warmup),
    lookEvery,
    patience,
    decay,
    chance,
    examples,
  };
}

/** Progress of a run that begins to train, its pretraining counted in. */
function startOf(pretrained?: Checkpoint): Progress {
  const fresh = freshProgress('train');
  if (!pretrained) return fresh;
  const { curve, seconds, pretrainSeconds, microBatch } = pretrained.progress;
  const before = { curve: [...curve], seconds, pretrainSeconds };
  return { ...fresh, ...before, ...(microBatch !== undefined && { microBatch }) };
}

/** Initial values, with the pretrained body where there is one. */
function startingParameters(
  spec: RunSpec,
  model: Model,
  layout: Layout,
  pretrained?: Checkpoint,
): Float32Array {
  const parameters = initialValues(layout, seedName(spec));
  if (pretrained)
    transfer(pretrained.vectors.parameters!, pretrainingLayout(model), parameters, layout);
  return parameters;
}

/** The values of `target`'s parameters, all of which `source` has. */
function inLayout(values: Float32Array, source: Layout, target: Layout): Float32Array {
  const found = new Float32Array(target.total);
  transfer(values, source, found, target);
  return found;
}

/**
 * One run: (task, model, regime, seed) trained and tested.
 *
 * `scratch` trains on labels; `spt` first pretrains on the inputs of the training split alone, then
 * fine-tunes; `scratch-matched` trains on labels for as many steps as both together. Parameters are
 * selected on validation; the test split is opened once, after that.
 */
import type { Dataset } from '../../generators/dataset.ts';
import type { Model } from '../../models/backbone.ts';
import type { DistanceScore, RunSpec, Score } from '../../leaderboards/schema.ts';
import type { Engine } from '../engine/engine.ts';
import { gatherRows, maskTokens, orderOf, shiftTokens } from './batches.ts';
import type { Checkpoint, Progress } from './checkpoint.ts';
import { initialValues, transfer } from './flat.ts';
import type { Hooks } from './phase.ts';
import { runPhase } from './phase.ts';
import { accuracyOf, predict, score, scoreByDistance } from './predict.ts';
import {
  classifierLayout,
  predictProgram,
  pretrainingLayout,
  pretrainProgram,
  trainProgram,
} from './programs.ts';

export interface Outcome {
  validation: Score;
  test: Score;
  distances: DistanceScore[];
  selectedStep: number;
  /** Predicted class of every test example. */
  predictions: Uint8Array;
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

export function freshProgress(phase: Progress['phase']): Progress {
  return {
    phase,
    step: 0,
    lossSum: 0,
    lossCount: 0,
    curve: [],
    seconds: 0,
    pretrainSeconds: 0,
    stepMilliseconds: [],
    attempts: 1,
    started: new Date().toISOString(),
  };
}

/** @throws DivergedError when the loss is no longer finite; the hooks have seen the progress. */
export async function trainAndTest(
  spec: RunSpec,
  model: Model,
  dataset: Dataset,
  engine: Engine,
  hooks: RunHooks,
  from?: Checkpoint,
): Promise<Outcome> {
  const { protocol } = spec;
  const { shape } = dataset.meta;
  const { distances } = shape;
  // Two documents stand one after the other: whatever goes on token by token need not know of them.
  const length = shape.documents * shape.length;
  const batchShape = { batch: protocol.batch, length };
  const steps = stepsOf(spec);
  const seedName = `run/${spec.seed}`;
  const train = await dataset.split('train');
  const batchAt = (phase: string) => {
    const order = orderOf(train.count, `${seedName}/${phase}`);
    return (step: number) =>
      Array.from({ length: protocol.batch }, (_, b) => order(step * protocol.batch + b));
  };

  const layout = classifierLayout(model);
  const progress = from?.progress ?? freshProgress(steps.pretrain > 0 ? 'pretrain' : 'train');
  let vectors = from?.vectors ?? {
    parameters: initialValues(
      progress.phase === 'pretrain' ? pretrainingLayout(model) : layout,
      seedName,
    ),
  };

  if (progress.phase === 'pretrain') {
    const step = await engine.compile(pretrainProgram(model, batchShape, protocol));
    const indices = batchAt('pretrain');
    const pretrained = await runPhase(
      {
        name: 'pretrain',
        steps: steps.pretrain,
        learningRate: protocol.pretrainLearningRate,
        warmup: protocol.warmup,
        evaluations: protocol.evaluations,
        step,
        feeds(index) {
          const tokens = gatherRows(train.inputs, length, indices(index));
          const {
            tokens: shown,
            targets,
            weights,
          } = model.causal
            ? shiftTokens(tokens, shape.length)
            : maskTokens(tokens, {
                ratio: protocol.maskRatio,
                maskId: model.maskToken,
                name: `${seedName}/mask/${index}`,
              });
          return { tokens: shown, targets, weights };
        },
      },
      progress,
      vectors,
      hooks,
    );
    await step.dispose();
    const parameters = initialValues(layout, seedName);
    transfer(pretrained, pretrainingLayout(model), parameters, layout);
    vectors = { parameters };
    Object.assign(progress, { phase: 'train', step: 0 });
    await hooks.onCheckpoint(async () => ({ progress, vectors }), true);
  }

  const validation = await dataset.split('val');
  const step = await engine.compile(trainProgram(model, batchShape, protocol));
  const predictor = await engine.compile(predictProgram(model, batchShape));
  const indices = batchAt('train');
  const selected = await runPhase(
    {
      name: 'train',
      steps: steps.train,
      learningRate: protocol.learningRate,
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
    vectors,
    hooks,
  );
  await step.dispose();

  const begun = performance.now();
  const validated = await predict(predictor, selected, validation);
  const test = await dataset.split('test');
  const predictions = await predict(predictor, selected, test, (done) =>
    hooks.onTest(done, test.count),
  );
  await predictor.dispose();
  progress.seconds += (performance.now() - begun) / 1000;
  const bootstrap = `bootstrap/${spec.seed}`;
  return {
    validation: score(validated, validation, `${bootstrap}/val`),
    test: score(predictions, test, `${bootstrap}/test`),
    distances: scoreByDistance(predictions, test, distances, `${bootstrap}/test`),
    selectedStep: progress.best!.step,
    predictions,
    progress,
  };
}

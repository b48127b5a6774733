/**
 * Self-pretraining (Amos et al. 2024, https://arxiv.org/abs/2310.02980): masked modelling for
 * bidirectional models, next tokens for causal ones, on the inputs of the training split alone. Where the
 * inputs hold a signal, the model is asked at the end how far it has learned to read it.
 */
import type { Dataset } from '../../generators/store/dataset.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import type { Model } from '../../models/backbone/backbone.ts';
import type { Engine } from '../engine/engine.ts';
import { predictHiddenValues } from './hiddenValues.ts';
import { freshProgress, type Checkpoint } from './checkpoint.ts';
import { initialValues } from './flat.ts';
import { compileStep } from './microBatches.ts';
import { seedName, tokensObjective } from './objectives.ts';
import { runPhase, type Hooks } from './phase.ts';
import { fixedSchedule } from './schedule.ts';

export interface Pretraining {
  spec: RunSpec;
  model: Model;
  dataset: Dataset;
  engine: Engine;
  hooks: Hooks;
  /** Absent: that of the protocol. */
  learningRate?: number | undefined;
  /** A checkpoint to go on from. */
  from?: Checkpoint | undefined;
  /** Examples per pass; the whole batch if absent. */
  microBatch?: number | undefined;
}

/**
 * @returns the last parameters, and the progress that led to them
 * @throws DivergedError when the loss is no longer finite; the hooks have seen the progress
 */
export async function pretrain(of: Pretraining): Promise<Checkpoint> {
  const { spec, model, dataset, engine, hooks, from, microBatch } = of;
  const { protocol } = spec;
  const train = await dataset.split('train');
  const objective = tokensObjective({ spec, model, dataset, train });
  const progress = from?.progress ?? freshProgress('pretrain');
  const step = await compileStep(engine, objective, objective.rows, microBatch);
  const parameters = await runPhase(
    {
      name: 'pretrain',
      schedule: fixedSchedule({ ...protocol, steps: protocol.pretrainSteps }),
      learningRate: of.learningRate ?? protocol.pretrainLearningRate,
      step,
      feeds: objective.feeds,
    },
    progress,
    from?.vectors ?? { parameters: initialValues(objective.layout, seedName(spec)) },
    hooks,
  );
  await step.dispose();
  const begun = performance.now();
  const batch = step.microBatch ?? objective.rows;
  const beforeLabels = await predictHiddenValues({ model, dataset, engine, batch }, parameters);
  if (beforeLabels) {
    progress.beforeLabels = beforeLabels;
    const worked = (performance.now() - begun) / 1000;
    progress.seconds += worked;
    progress.pretrainSeconds += worked;
  }
  return { progress, vectors: { parameters } };
}

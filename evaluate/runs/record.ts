/** Builds the record of a run from its spec, its data and its outcome. */
import { median } from '../../core/math.ts';
import { sha256 } from '../../core/hash.ts';
import type { Meta } from '../../generators/store/meta.ts';
import { arrayPath, arrays } from '../../generators/store/meta.ts';
import type { SplitName } from '../../generators/task.ts';
import type { Model } from '../../models/backbone/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/records/schema.ts';
import type { TuningRecord } from '../../leaderboards/records/tuning.ts';
import type { Progress } from '../training/checkpoint.ts';
import type { Outcome } from '../training/train.ts';
import { learningCost } from '../training/learningCost.ts';
import { stepsOf } from '../training/regimes.ts';
import { idOf, pretrainingIdOf } from '../plan/spec.ts';

/** How a run ended: with a result, or with a reason in one sentence. */
export type Ending =
  { status: 'done'; outcome: Outcome } | { status: 'diverged' | 'failed'; reason: string };

export interface Told {
  spec: RunSpec;
  meta: Meta;
  model: Model;
  progress: Progress;
  ending: Ending;
  /** The tuning stage that chose its learning rate. */
  tuning?: TuningRecord | undefined;
  /** What the pretrained model predicted of the signal in the inputs. */
  beforeLabels?: RunRecord['beforeLabels'];
  provenance: RunRecord['provenance'];
}

export function recordOf(told: Told): Omit<RunRecord, 'predictions' | 'groups'> {
  const { spec, meta, model, progress, ending, tuning, provenance } = told;
  const { shape } = meta;
  const { title, family } = findMixer(spec.model);
  const { microBatch } = progress;
  return {
    schema: 1,
    id: idOf(spec),
    spec,
    ...(spec.regime === 'spt' ? { pretraining: pretrainingIdOf(spec) } : {}),
    ...(tuning && { tuning: tuning.id }),
    status: ending.status,
    ...(ending.status === 'done' ? {} : { reason: ending.reason.slice(0, 500) }),
    task: taskOf(meta),
    model: {
      title,
      family,
      parameters: model.parameterCount,
      positionParameters: model.positionParameterCount,
      feedForward: model.feedForward,
      stateSize: model.stateSize,
      reach: Number.isFinite(model.reach) ? model.reach : null,
    },
    ...(told.beforeLabels && { beforeLabels: told.beforeLabels }),
    ...(ending.status === 'done' ? { result: resultOf(ending.outcome, told) } : {}),
    curve: progress.curve,
    budget: budgetOf(spec, shape, progress),
    provenance: { ...provenance, ...(microBatch !== undefined && { microBatch }) },
    timing: timingOf(progress),
  };
}

/** Token-steps that were done; a failed run, of which no progress is known, has those it was to do. */
function budgetOf(
  spec: RunSpec,
  shape: Meta['shape'],
  { phase, step, curve }: Progress,
): RunRecord['budget'] {
  const perStep = spec.protocol.batch * shape.documents * shape.length;
  const isBegun = step > 0 || curve.length > 0;
  const most = stepsOf(spec);
  const done = isBegun
    ? phase === 'pretrain'
      ? { pretrain: step, train: 0 }
      : { pretrain: most.pretrain, train: step }
    : most;
  const [pretrain, train] = [done.pretrain * perStep, done.train * perStep];
  return { pretrain, train, total: pretrain + train };
}

/** What may differ between two executions of the same work. */
export function timingOf(progress: Progress): RunRecord['timing'] {
  return {
    started: progress.started,
    ended: new Date().toISOString(),
    attempts: progress.attempts,
    seconds: round(progress.seconds),
    pretrainSeconds: round(progress.pretrainSeconds),
    stepMilliseconds: median(progress.stepMilliseconds) || 0,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** The data part of a record. */
export function taskOf(meta: Meta): RunRecord['task'] {
  const { shape } = meta;
  return {
    kind: meta.kind,
    title: meta.title,
    length: shape.length,
    documents: shape.documents,
    classes: shape.classes,
    chance: 1 / shape.classes,
    readout: shape.readout,
    distances: shape.distances,
    siblings: shape.siblings,
    ...(shape.table && { table: tableFactsOf(shape.table) }),
    order: shape.order,
    generatorVersion: meta.generatorVersion,
    ...(meta.source ? { source: meta.source } : {}),
    checksums: checksumsOf(meta),
  };
}

/** The table of a task with questions; a group of a single question has none to be told from. */
function tableFactsOf(table: NonNullable<Meta['shape']['table']>) {
  const { states, questions, question, asked, sets } = table;
  return { states, questions, question, asked: asked.length, sets };
}

function resultOf(outcome: Outcome, { spec, meta, tuning }: Told): RunRecord['result'] {
  const { validation, test, distances, selectedStep, learningRate, ending, progress } = outcome;
  const { shape } = meta;
  const { batch } = spec.protocol;
  const tokensPerStep = batch * shape.documents * shape.length;
  const cost =
    ending && ending.outcome !== 'did not train'
      ? learningCost(progress.curve, {
          best: progress.best!.accuracy,
          chance: 1 / shape.classes,
          tokensPerStep,
          examplesPerStep: spec.regime === 'joint' ? batch / 2 : batch,
          pretrained: stepsOf(spec).pretrain * tokensPerStep,
        })
      : undefined;
  return {
    validation,
    test,
    distances,
    selectedStep,
    learningRate,
    ...(ending && { ending }),
    ...(cost && { learningCost: cost }),
    ...(tuning && {
      trials: tuning.trials.map(({ learningRate, found }) => ({
        learningRate,
        ...(found && { validation: found.accuracy }),
      })),
    }),
  };
}

/** One checksum per split: of the checksums of its files, in their fixed order. */
function checksumsOf(meta: Meta): Record<SplitName, string> {
  const of = (split: SplitName) => {
    const sums = arrays.map((array) => meta.files[arrayPath(split, array)]!.sha256);
    return sha256(sums.join(''));
  };
  return { train: of('train'), val: of('val'), test: of('test') };
}

const round = (seconds: number) => Math.round(seconds * 10) / 10;

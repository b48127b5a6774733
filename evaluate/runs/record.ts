/** The record of a run, from what was asked and what happened. */
import { median } from '../../core/math.ts';
import { sha256 } from '../../core/hash.ts';
import type { Meta } from '../../generators/store/meta.ts';
import { arrayPath, arrays } from '../../generators/store/meta.ts';
import type { SplitName } from '../../generators/task.ts';
import type { Model } from '../../models/backbone/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/records/schema.ts';
import type { Progress } from '../training/checkpoint.ts';
import type { Outcome } from '../training/train.ts';
import { stepsOf } from '../training/train.ts';
import { idOf, pretrainingIdOf } from '../plan/spec.ts';

/** How a run ended: with a result, or with a reason in one sentence. */
export type Ending =
  { status: 'done'; outcome: Outcome } | { status: 'diverged' | 'failed'; reason: string };

export function recordOf(
  spec: RunSpec,
  meta: Meta,
  model: Model,
  progress: Progress,
  ending: Ending,
  provenance: RunRecord['provenance'],
): Omit<RunRecord, 'predictions' | 'groups'> {
  const { shape } = meta;
  const { title, family } = findMixer(spec.model);
  const perStep = spec.protocol.batch * shape.documents * shape.length;
  const steps = stepsOf(spec);
  const { microBatch } = progress;
  return {
    schema: 1,
    id: idOf(spec),
    spec,
    ...(spec.regime === 'spt' ? { pretraining: pretrainingIdOf(spec) } : {}),
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
    ...(ending.status === 'done' ? { result: resultOf(ending.outcome) } : {}),
    curve: progress.curve,
    budget: {
      pretrain: steps.pretrain * perStep,
      train: steps.train * perStep,
      total: (steps.pretrain + steps.train) * perStep,
    },
    provenance: { ...provenance, ...(microBatch !== undefined && { microBatch }) },
    timing: {
      started: progress.started,
      ended: new Date().toISOString(),
      attempts: progress.attempts,
      seconds: round(progress.seconds),
      pretrainSeconds: round(progress.pretrainSeconds),
      stepMilliseconds: median(progress.stepMilliseconds) || 0,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    },
  };
}

/** What a record says of its data. */
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

function resultOf(outcome: Outcome): RunRecord['result'] {
  const { validation, test, distances, selectedStep, learningRate, trials } = outcome;
  return {
    validation,
    test,
    distances,
    selectedStep,
    learningRate,
    trials: trials.map(({ learningRate, best }) => ({
      learningRate,
      ...(best ? { validation: best.accuracy } : {}),
    })),
  };
}

/** One checksum a split: of the checksums of its files, in their fixed order. */
function checksumsOf(meta: Meta): Record<SplitName, string> {
  const of = (split: SplitName) => {
    const sums = arrays.map((array) => meta.files[arrayPath(split, array)]!.sha256);
    return sha256(sums.join(''));
  };
  return { train: of('train'), val: of('val'), test: of('test') };
}

const round = (seconds: number) => Math.round(seconds * 10) / 10;

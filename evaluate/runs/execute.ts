/** Does one run in this process, from its spec to its record on disk; goes on where a checkpoint is. */
import { createHash } from 'node:crypto';
import { openDataset, type Dataset } from '../../generators/dataset.ts';
import type { Meta } from '../../generators/meta.ts';
import { arrayPath, arrays } from '../../generators/meta.ts';
import type { SplitName } from '../../generators/task.ts';
import { createModel, type Model } from '../../models/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/schema.ts';
import type { Engine } from '../engine/engine.ts';
import type { Checkpoint, Progress } from '../training/checkpoint.ts';
import { dropCheckpoint, readCheckpoint, writeCheckpoint } from '../training/checkpoint.ts';
import { DivergedError } from '../training/phase.ts';
import type { Outcome, RunHooks } from '../training/train.ts';
import { freshProgress, pretrain, stepsOf, trainAndTest } from '../training/train.ts';
import { provenanceOf } from './provenance.ts';
import { commandOf, idOf, pretrainingIdOf } from './spec.ts';
import { checkpointPath, pretrainedPath, pretrainingCheckpointPath, writeRecord } from './store.ts';

export interface Place {
  /** Folder of the records. */
  runs: string;
  /** Folder of checkpoints and caches. */
  work: string;
  /** Folder of the run's data set. */
  data: string;
}

export interface Tick {
  phase: 'pretrain' | 'train' | 'test';
  done: number;
  of: number;
  loss?: number;
}

/** Seconds between checkpoints, besides those at each look at the validation split. */
const checkpointEvery = 10;

/** A run's data, model and engine. */
interface Bench {
  spec: RunSpec;
  place: Place;
  dataset: Dataset;
  model: Model;
  engine: Engine;
  onTick: (tick: Tick) => void;
}

async function prepare(
  spec: RunSpec,
  place: Place,
  engine: Engine,
  onTick: (tick: Tick) => void,
): Promise<Bench> {
  const dataset = await openDataset(place.data);
  const { shape } = dataset.meta;
  const model = createModel(findMixer(spec.model), spec.modelOptions, shape, spec.size);
  return { spec, place, dataset, model, engine, onTick };
}

/** Hooks that report ticks and write a checkpoint now and then; `latest` is the progress last seen. */
function hooksFor(path: string, id: string, onTick: (tick: Tick) => void) {
  let last = performance.now();
  const seen: { latest?: Progress } = {};
  const hooks: RunHooks = {
    onStep(progress, steps) {
      seen.latest = progress;
      const loss = progress.lossCount > 0 ? progress.lossSum / progress.lossCount : undefined;
      onTick({ phase: progress.phase, done: progress.step, of: steps, loss });
    },
    async onCheckpoint(take, force) {
      if (!force && performance.now() - last < checkpointEvery * 1000) return;
      await writeCheckpoint(path, id, await take());
      last = performance.now();
    },
    onTest: (done, of) => onTick({ phase: 'test', done, of }),
  };
  return { hooks, seen };
}

/** The checkpoint at `path`, its attempt counted. */
async function goOnFrom(path: string, id: string): Promise<Checkpoint | undefined> {
  const from = await readCheckpoint(path, id);
  if (from) from.progress.attempts++;
  return from;
}

/**
 * The pretraining that `spec` starts from: read where another run has left it, else made and left
 * for others. Goes on where a checkpoint is.
 */
async function pretrained({ spec, place, dataset, model, engine, onTick }: Bench) {
  const id = pretrainingIdOf(spec);
  const path = pretrainedPath(place.work, spec);
  const found = await readCheckpoint(path, id);
  if (found) return found;
  const checkpoint = pretrainingCheckpointPath(place.work, spec);
  const { hooks } = hooksFor(checkpoint, id, onTick);
  const from = await goOnFrom(checkpoint, id);
  const made = await pretrain(spec, model, dataset, engine, hooks, from);
  await writeCheckpoint(path, id, made);
  await dropCheckpoint(checkpoint);
  return made;
}

/** Does the pretraining of an `spt` run and nothing else, for those that will start from it. */
export async function executePretraining(
  spec: RunSpec,
  place: Place,
  engine: Engine,
  onTick: (tick: Tick) => void,
): Promise<void> {
  await pretrained(await prepare(spec, place, engine, onTick));
}

/**
 * Trains, tests and writes the record of `spec`.
 *
 * A diverged run is a result: it is recorded with its reason. Every other error is thrown, and the
 * checkpoint stays for another attempt.
 */
export async function execute(
  spec: RunSpec,
  place: Place,
  engine: Engine,
  threads: number,
  onTick: (tick: Tick) => void,
): Promise<RunRecord> {
  const bench = await prepare(spec, place, engine, onTick);
  const { dataset, model } = bench;
  const { shape } = dataset.meta;
  const path = checkpointPath(place.work, spec);
  const id = idOf(spec);
  const { hooks, seen } = hooksFor(path, id, onTick);
  let outcome: Outcome | undefined;
  let reason: string | undefined;
  try {
    const start = spec.regime === 'spt' ? await pretrained(bench) : undefined;
    const from = await goOnFrom(path, id);
    outcome = await trainAndTest(spec, model, dataset, engine, hooks, { pretrained: start, from });
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    reason = error.message;
  }

  const progress = outcome?.progress ?? seen.latest ?? freshProgress('train');
  const definition = findMixer(spec.model);
  const perStep = spec.protocol.batch * shape.documents * shape.length;
  const steps = stepsOf(spec);
  const record = await writeRecord(
    place.runs,
    {
      schema: 1,
      id,
      spec,
      ...(spec.regime === 'spt' ? { pretraining: pretrainingIdOf(spec) } : {}),
      status: outcome ? 'done' : 'diverged',
      ...(reason ? { reason } : {}),
      task: {
        kind: dataset.meta.kind,
        title: dataset.meta.title,
        length: shape.length,
        documents: shape.documents,
        classes: shape.classes,
        chance: 1 / shape.classes,
        readout: shape.readout,
        distances: shape.distances,
        siblings: shape.siblings,
        order: shape.order,
        generatorVersion: dataset.meta.generatorVersion,
        ...(dataset.meta.source ? { source: dataset.meta.source } : {}),
        checksums: checksumsOf(dataset.meta),
      },
      model: {
        title: definition.title,
        family: definition.family,
        parameters: model.parameterCount,
        positionParameters: model.positionParameterCount,
        feedForward: model.feedForward,
        stateSize: model.stateSize,
        reach: Number.isFinite(model.reach) ? model.reach : null,
      },
      ...(outcome
        ? {
            result: {
              validation: outcome.validation,
              test: outcome.test,
              distances: outcome.distances,
              selectedStep: outcome.selectedStep,
              learningRate: outcome.learningRate,
              trials: outcome.trials.map(({ learningRate, best }) => ({
                learningRate,
                ...(best ? { validation: best.accuracy } : {}),
              })),
            },
          }
        : {}),
      curve: progress.curve,
      budget: {
        pretrain: steps.pretrain * perStep,
        train: steps.train * perStep,
        total: (steps.pretrain + steps.train) * perStep,
      },
      provenance: provenanceOf(engine, threads, commandOf(spec)),
      timing: {
        started: progress.started,
        ended: new Date().toISOString(),
        attempts: progress.attempts,
        seconds: round(progress.seconds),
        pretrainSeconds: round(progress.pretrainSeconds),
        stepMilliseconds: median(progress.stepMilliseconds),
        peakBytes: process.resourceUsage().maxRSS * 1024,
      },
    },
    outcome?.predictions,
  );
  await dropCheckpoint(path);
  return record;
}

/** One checksum a split: of the checksums of its files, in their fixed order. */
function checksumsOf(meta: Meta): Record<SplitName, string> {
  const of = (split: SplitName) => {
    const sums = arrays.map((array) => meta.files[arrayPath(split, array)]!.sha256);
    return createHash('sha256').update(sums.join('')).digest('hex');
  };
  return { train: of('train'), val: of('val'), test: of('test') };
}

const round = (seconds: number) => Math.round(seconds * 10) / 10;

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

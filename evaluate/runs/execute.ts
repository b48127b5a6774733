/** Does one run in this process, from its spec to its record on disk; goes on where a checkpoint is. */
import { createHash } from 'node:crypto';
import { openDataset } from '../../generators/dataset.ts';
import type { Meta } from '../../generators/meta.ts';
import { arrayPath, arrays } from '../../generators/meta.ts';
import type { SplitName } from '../../generators/task.ts';
import { createModel } from '../../models/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/schema.ts';
import type { Engine } from '../engine/engine.ts';
import type { Checkpoint, Progress } from '../training/checkpoint.ts';
import { dropCheckpoint, readCheckpoint, writeCheckpoint } from '../training/checkpoint.ts';
import { DivergedError } from '../training/phase.ts';
import type { Outcome } from '../training/train.ts';
import { freshProgress, stepsOf, trainAndTest } from '../training/train.ts';
import { provenanceOf } from './provenance.ts';
import { commandOf, idOf } from './spec.ts';
import { checkpointPath, writeRecord } from './store.ts';

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
  const dataset = await openDataset(place.data);
  const { shape } = dataset.meta;
  const model = createModel(findMixer(spec.model), spec.modelOptions, shape, spec.size);
  const path = checkpointPath(place.work, spec);
  const id = idOf(spec);
  const from = await readCheckpoint(path, id);
  if (from) from.progress.attempts++;

  let last = performance.now();
  let seen: Progress = from?.progress ?? freshProgress('train');
  const keep = async (take: () => Promise<Checkpoint>, force: boolean) => {
    if (!force && performance.now() - last < checkpointEvery * 1000) return;
    await writeCheckpoint(path, id, await take());
    last = performance.now();
  };
  let outcome: Outcome | undefined;
  let reason: string | undefined;
  try {
    outcome = await trainAndTest(
      spec,
      model,
      dataset,
      engine,
      {
        onStep(progress, steps) {
          seen = progress;
          const loss = progress.lossCount > 0 ? progress.lossSum / progress.lossCount : undefined;
          onTick({ phase: progress.phase, done: progress.step, of: steps, loss });
        },
        onCheckpoint: keep,
        onTest: (done, of) => onTick({ phase: 'test', done, of }),
      },
      from,
    );
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    reason = error.message;
  }

  const progress = outcome?.progress ?? seen;
  const definition = findMixer(spec.model);
  const perStep = spec.protocol.batch * shape.documents * shape.length;
  const steps = stepsOf(spec);
  const { validation, test, distances, selectedStep } = outcome ?? {};
  const record = await writeRecord(
    place.runs,
    {
      schema: 1,
      id,
      spec,
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
              validation: validation!,
              test: test!,
              distances: distances!,
              selectedStep: selectedStep!,
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

/** Does one run in this process, from its spec to its record on disk; goes on where a checkpoint is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openDataset, type Dataset } from '../../generators/store/dataset.ts';
import { createModel, type Model } from '../../models/backbone/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/records/schema.ts';
import type { Engine } from '../engine/engine.ts';
import { holderOf } from '../../core/lock.ts';
import type { Checkpoint, Progress } from '../training/checkpoint.ts';
import { dropCheckpoint, readCheckpoint, writeCheckpoint } from '../training/checkpoint.ts';
import { classifierLayout } from '../training/programs.ts';
import { DivergedError } from '../training/phase.ts';
import type { RunHooks } from '../training/train.ts';
import { freshProgress, pretrain, trainAndTest } from '../training/train.ts';
import { encodeTrained } from '../training/trained.ts';
import { writeWhole } from '../../core/files.ts';
import { provenanceOf } from './provenance.ts';
import { recordOf, type Ending } from './record.ts';
import { commandOf, idOf, pretrainingIdOf } from '../plan/spec.ts';
import {
  checkpointPath,
  holderName,
  lockPath,
  lockRun,
  pretrainedPath,
  pretrainingCheckpointPath,
  trainedPath,
  writeRecord,
} from './store.ts';

export interface Place {
  /** Folder of the records. */
  runs: string;
  /** Folder of checkpoints, locks and caches. */
  work: string;
  /** Folder of the run's data set. */
  data: string;
}

export interface Tick {
  phase: 'pretrain' | 'train' | 'test';
  done: number;
  of: number;
  loss?: number | undefined;
}

/** How a run is done. */
export interface Circumstances {
  place: Place;
  engine: Engine;
  threads: number;
  /** Examples a pass; the whole batch where absent. */
  microBatch?: number | undefined;
  onTick(tick: Tick): void;
  /** Told at once, in one line, what a reader would not expect. */
  onNote?: ((text: string) => void) | undefined;
  /** Aborted to stop after the step at hand, with a checkpoint. */
  stop?: AbortSignal | undefined;
}

/** The run was asked to stop; its checkpoint is written. */
export class StoppedError extends Error {
  override name = 'StoppedError';
}

/** Seconds between checkpoints, besides those at each look at the validation split. */
const checkpointEvery = 10;

/** Seconds between two looks at a pretraining that another process is doing. */
const lookEvery = 0.5;

interface Bench extends Circumstances {
  spec: RunSpec;
  dataset: Dataset;
  model: Model;
}

async function prepare(spec: RunSpec, circumstances: Circumstances): Promise<Bench> {
  const dataset = await openDataset(circumstances.place.data);
  const { shape } = dataset.meta;
  const model = createModel(findMixer(spec.model), spec.modelOptions, shape, spec.size);
  return { ...circumstances, spec, dataset, model };
}

/** Hooks that report ticks and write a checkpoint now and then; `latest` is the progress last seen. */
function hooksFor(path: string, id: string, { onTick, stop }: Circumstances) {
  let last = performance.now();
  const seen: { latest?: Progress } = {};
  const hooks: RunHooks = {
    onStep(progress, steps) {
      seen.latest = progress;
      const loss = progress.lossCount > 0 ? progress.lossSum / progress.lossCount : undefined;
      onTick({ phase: progress.phase, done: progress.step, of: steps, loss });
    },
    async onCheckpoint(take, force) {
      const stopping = stop?.aborted ?? false;
      if (!force && !stopping && performance.now() - last < checkpointEvery * 1000) return;
      await writeCheckpoint(path, id, await take());
      last = performance.now();
      if (stopping) throw new StoppedError('Stopped; its checkpoint is kept.');
    },
    onTest: (done, of) => onTick({ phase: 'test', done, of }),
  };
  return { hooks, seen };
}

/** The checkpoint at `path`, its attempt counted. */
async function goOnFrom(
  path: string,
  id: string,
  { onNote }: Circumstances,
): Promise<Checkpoint | undefined> {
  const from = await readCheckpoint(path, id, onNote);
  if (from) from.progress.attempts++;
  return from;
}

/**
 * The pretraining that the run starts from: read where it is done, else made and left for the other
 * runs that share it. Goes on where a checkpoint is; waits where another process is doing it.
 */
async function pretrained(bench: Bench): Promise<Checkpoint> {
  const { spec, place, dataset, model, engine, microBatch, onNote, stop } = bench;
  const id = pretrainingIdOf(spec);
  const path = pretrainedPath(place.work, spec);
  for (let waits = 0; ; waits++) {
    const found = await readCheckpoint(path, id, onNote);
    if (found) return found;
    const lock = await lockRun(place.work, id, onNote);
    if (!lock) {
      if (waits === 0) {
        const holder = await holderOf(lockPath(place.work, id));
        onNote?.(`waits for its pretraining, which ${holderName(holder)} is doing`);
      }
      if (stop?.aborted) throw new StoppedError('Stopped before its pretraining was done.');
      await sleep(lookEvery * 1000);
      continue;
    }
    try {
      // Another process may have finished between the look and the lock.
      const finished = await readCheckpoint(path, id);
      if (finished) return finished;
      const checkpoint = pretrainingCheckpointPath(place.work, spec);
      const { hooks } = hooksFor(checkpoint, id, bench);
      const from = await goOnFrom(checkpoint, id, bench);
      const made = await pretrain(spec, model, dataset, engine, hooks, from, microBatch);
      await writeCheckpoint(path, id, made);
      await dropCheckpoint(checkpoint);
      return made;
    } finally {
      await lock.release();
    }
  }
}

/** Does the pretraining of an `spt` run and nothing else, for those that will start from it. */
export async function executePretraining(
  spec: RunSpec,
  circumstances: Circumstances,
): Promise<void> {
  await pretrained(await prepare(spec, circumstances)).catch((error: unknown) => {
    // That it diverged is the result of each run that starts from it, which finds out by itself.
    if (!(error instanceof DivergedError)) throw error;
  });
}

/**
 * Trains, tests and writes the record of `spec`.
 *
 * A diverged run is a result: it is recorded with its reason. Every other error is thrown, and the
 * checkpoint stays for another attempt.
 *
 * @throws StoppedError where it was asked to stop
 */
export async function execute(spec: RunSpec, circumstances: Circumstances): Promise<RunRecord> {
  const bench = await prepare(spec, circumstances);
  const { dataset, model, place, engine, threads, microBatch } = bench;
  const path = checkpointPath(place.work, spec);
  const { hooks, seen } = hooksFor(path, idOf(spec), bench);
  let ending: Ending;
  let progress: Progress;
  try {
    const start = spec.regime === 'spt' ? await pretrained(bench) : undefined;
    const from = await goOnFrom(path, idOf(spec), bench);
    const steps = { pretrained: start, from, microBatch };
    const outcome = await trainAndTest(spec, model, dataset, engine, hooks, steps);
    ({ progress } = outcome);
    ending = { status: 'done', outcome };
    const trained = encodeTrained(classifierLayout(model), outcome.parameters, idOf(spec));
    await writeWhole(trainedPath(place.work, spec), trained);
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    progress = seen.latest ?? freshProgress('train');
    ending = { status: 'diverged', reason: error.message };
  }
  const record = await writeRecord(
    place.runs,
    recordOf(
      spec,
      dataset.meta,
      model,
      progress,
      ending,
      provenanceOf(engine, threads, commandOf(spec)),
    ),
    ending.status === 'done' ? ending.outcome : undefined,
  );
  await dropCheckpoint(path);
  return record;
}

/** The bench of a run or a stage: data, model, engine, and hooks that report and write checkpoints. */
import { setTimeout as sleep } from 'node:timers/promises';
import { holderOf } from '../../core/lock.ts';
import { openDataset, type Dataset } from '../../generators/store/dataset.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { createModel, type Model } from '../../models/backbone/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import type { Engine } from '../engine/engine.ts';
import type { Checkpoint, Progress } from '../training/checkpoint.ts';
import { readCheckpoint, writeCheckpoint } from '../training/checkpoint.ts';
import type { RunHooks } from '../training/train.ts';
import { holderName, lockPath, lockRun } from './store.ts';

export interface Place {
  /** Folder of the records. */
  runs: string;
  /** Folder of checkpoints, locks and caches. */
  work: string;
  /** Folder of the run's data set. */
  data: string;
}

export interface Tick {
  phase: 'tune' | 'pretrain' | 'train' | 'test';
  done: number;
  /** The largest number of steps until the end is known. */
  of: number;
  loss?: number;
}

/** How a run is done. */
export interface Circumstances {
  place: Place;
  engine: Engine;
  threads: number;
  /** Examples per pass; the whole batch if absent. */
  microBatch?: number | undefined;
  onTick(tick: Tick): void;
  /** Told at once, in one line, what a reader would not expect. */
  onNote?: ((text: string) => void) | undefined;
  /** Aborted to stop after the current step, with a checkpoint. */
  stop?: AbortSignal | undefined;
}

/** The run was asked to stop; its checkpoint is written. */
export class StoppedError extends Error {
  override name = 'StoppedError';
}

export interface Bench extends Circumstances {
  spec: RunSpec;
  dataset: Dataset;
  model: Model;
}

/** Seconds between checkpoints, besides those at each look at the validation split. */
const checkpointEvery = 10;

/** Seconds between two looks for what another process is making. */
const lookEvery = 0.5;

export async function openBench(spec: RunSpec, circumstances: Circumstances): Promise<Bench> {
  const dataset = await openDataset(circumstances.place.data);
  const { shape } = dataset.meta;
  const model = createModel(findMixer(spec.model), spec.modelOptions, shape, spec.size);
  return { ...circumstances, spec, dataset, model };
}

/**
 * Hooks that report ticks and write a checkpoint now and then; `latest` is the last progress seen.
 *
 * @param tickOf the tick of a progress, if it is not that of a phase by itself
 */
export function hooksFor(
  path: string,
  id: string,
  { onTick, stop }: Circumstances,
  tickOf = (progress: Progress, of: number): Tick => ({
    phase: progress.phase,
    done: progress.step,
    of,
  }),
) {
  let last = performance.now();
  const seen: { latest?: Progress } = {};
  const hooks: RunHooks = {
    onStep(progress, steps) {
      seen.latest = progress;
      const loss = progress.lossCount > 0 ? progress.lossSum / progress.lossCount : undefined;
      onTick({ ...tickOf(progress, steps), ...(loss !== undefined && { loss }) });
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

/** The checkpoint at `path`, with one attempt more. */
export async function resumeFrom(
  path: string,
  id: string,
  { onNote }: Circumstances,
): Promise<Checkpoint | undefined> {
  const from = await readCheckpoint(path, id, onNote);
  if (from) from.progress.attempts++;
  return from;
}

/**
 * What several runs share: read if it exists, else made under the lock of its id. Waits while another
 * process makes it.
 *
 * @param what its id, and its name in a note
 */
export async function shared<T>(
  { place, onNote, stop }: Circumstances,
  what: { id: string; name: string },
  find: () => Promise<T | undefined>,
  make: () => Promise<T>,
): Promise<T> {
  for (let waits = 0; ; waits++) {
    const found = await find();
    if (found !== undefined) return found;
    const lock = await lockRun(place.work, what.id, onNote);
    if (lock) {
      try {
        // Another process may have finished between the look and the lock.
        return (await find()) ?? (await make());
      } finally {
        await lock.release();
      }
    }
    if (waits === 0) {
      const holder = await holderOf(lockPath(place.work, what.id));
      onNote?.(`waits for its ${what.name}, which ${holderName(holder)} is doing`);
    }
    if (stop?.aborted) throw new StoppedError(`Stopped before its ${what.name} was done.`);
    await sleep(lookEvery * 1000);
  }
}

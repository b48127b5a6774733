/**
 * Checkpoints: everything a run needs to go on as if it had never stopped. One file per run, written
 * whole or not at all, with its own checksum; a file that does not match it is set aside.
 */
import { sha256 } from '../../core/hash.ts';
import { readFile, rename, rm } from 'node:fs/promises';
import { writeWhole } from '../../core/files.ts';
import type { BeforeLabels } from '../../leaderboards/records/schema.ts';
import type { EndState } from './schedule.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

export interface CurvePoint {
  phase: 'pretrain' | 'train';
  step: number;
  loss: number;
  validation?: number;
}

/** One learning rate that was tried in a tuning stage. */
export interface Trial {
  learningRate: number;
  /** Best accuracy of a look and the loss on training data up to the last look; absent where it diverged. */
  found?: { accuracy: number; loss: number };
  curve: CurvePoint[];
}

/** Progress of a run, besides its vectors. */
export interface Progress {
  phase: 'pretrain' | 'train';
  /** Steps of the phase that are done. */
  step: number;
  /** Sum and number of losses since the last point of the curve. */
  lossSum: number;
  lossCount: number;
  curve: CurvePoint[];
  /** Best accuracy of a look and the step it was seen at. */
  best?: { step: number; accuracy: number };
  /** State of the rule that ends the phase. */
  end?: EndState;
  /** In a tuning stage, the learning rates that are done with. */
  trials: Trial[];
  /** Seconds of work, all attempts together. */
  seconds: number;
  pretrainSeconds: number;
  stepMilliseconds: number[];
  /** The fewest examples that a gradient was computed of at a time; absent for whole batches. */
  microBatch?: number;
  attempts: number;
  started: string;
  /** After pretraining, where the inputs hold a signal: what the model predicts of it. */
  beforeLabels?: BeforeLabels;
}

export interface Checkpoint {
  progress: Progress;
  vectors: Record<string, Float32Array>;
}

/** Progress of a phase at its beginning. */
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

/** @param id of the run: a checkpoint of another run is refused on reading */
export async function writeCheckpoint(
  path: string,
  id: string,
  { progress, vectors }: Checkpoint,
): Promise<void> {
  const body = encodeSafetensors({
    tensors: vectors,
    metadata: { id, progress: JSON.stringify(progress) },
  });
  await writeWhole(path, Buffer.concat([body, Buffer.from(sha256(body), 'latin1')]));
}

/**
 * The checkpoint at `path`; undefined where there is none, or none that is whole and of this run.
 *
 * @param onNote told why a checkpoint cannot be used, and where it was put
 */
export async function readCheckpoint(
  path: string,
  id: string,
  onNote?: (text: string) => void,
): Promise<Checkpoint | undefined> {
  let file: Uint8Array;
  try {
    file = await readFile(path);
  } catch {
    return undefined;
  }
  const body = file.subarray(0, -64);
  const whole = Buffer.from(file.subarray(-64)).toString('latin1') === sha256(body);
  if (whole) {
    const { tensors, metadata } = decodeSafetensors(body);
    if (metadata.id === id) {
      return { progress: JSON.parse(metadata.progress!) as Progress, vectors: tensors };
    }
  }
  const problem = whole ? 'is of another run' : 'is not whole';
  onNote?.(`begins anew: its checkpoint ${problem}, and is kept as ${path}.broken`);
  await rename(path, `${path}.broken`).catch((error: NodeJS.ErrnoException) => {
    // Another process that reads it may have put it aside meanwhile.
    if (error.code !== 'ENOENT') throw error;
  });
  return undefined;
}

export async function dropCheckpoint(path: string): Promise<void> {
  await rm(path, { force: true });
}

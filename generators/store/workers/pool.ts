/**
 * Where chunks are made: in this thread, or in a pool of worker threads. Whoever asks for them keeps
 * at most `inFlight` chunks waiting, in the order of the rows; so memory does not grow with the
 * data set, and the bytes do not depend on the number of workers.
 */
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Tinypool } from 'tinypool';
import { chunkRows, makeChunk, type Chunk } from '../chunks.ts';
import { DataError, UsageError } from '../../../core/errors.ts';
import { examplesOf, sizeOf, type Meta } from '../meta.ts';
import { tasks } from '../../registry.ts';
import type { MakePart, PartName, TaskDefinition } from '../../task.ts';
import type { Order, Recipe, Result } from './worker.ts';

export interface ChunkMaker {
  /** Chunks to ask for before the first one is there. */
  inFlight: number;
  make(split: PartName, first: number, rows: number): Promise<Chunk>;
  close(): Promise<void>;
}

/** Bytes below which a pool would take longer to start than to work. */
const smallest = 1 << 23;

/**
 * Workers for a data set: those asked for, but no more than there are chunks. If none are asked
 * for, all cores, but no pool where it is not worth it: for small sets, and where examples come
 * from real files, which every worker had to read whole.
 */
export function workersFor(
  task: TaskDefinition,
  options: Record<string, unknown>,
  asked: number | undefined,
): number {
  // Workers find a task by its name.
  if (!tasks.includes(task)) return 1;
  const shape = task.shape(options);
  const chunks = Math.ceil(examplesOf(shape) / chunkRows(shape));
  const worthIt = sizeOf(shape) >= smallest && !task.realData?.isRead(options);
  return Math.min(asked ?? (worthIt ? availableParallelism() : 1), chunks);
}

/** Makes chunks in this thread, one at a time. */
export function inThread(shape: Meta['shape'], example: MakePart): ChunkMaker {
  return {
    inFlight: 1,
    async make(split, first, rows) {
      // Signals and timers get their turn.
      await setImmediate();
      return makeChunk(shape, example, split, first, rows);
    },
    close: async () => undefined,
  };
}

/** Makes chunks in a pool of worker threads. */
export function inWorkers(workers: number, recipe: Recipe): ChunkMaker {
  const pool = new Tinypool({
    filename: new URL('./worker.ts', import.meta.url).href,
    runtime: 'worker_threads',
    minThreads: workers,
    maxThreads: workers,
    workerData: recipe,
    // Those of a test runner, say, are not for the workers.
    execArgv: [],
  });
  return {
    inFlight: 2 * workers,
    async make(split, first, rows) {
      const result = (await pool.run({ split, first, rows } satisfies Order)) as Result;
      if ('chunk' in result) return result.chunk;
      throw new { UsageError, DataError }[result.kind](result.message);
    },
    close: () => pool.destroy(),
  };
}

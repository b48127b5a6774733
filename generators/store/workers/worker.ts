/** A worker thread: opens its task once, by what determines its examples, and makes chunks of it. */
import Tinypool from 'tinypool';
import { makeChunk, type Chunk } from '../chunks.ts';
import { DataError, UsageError } from '../../../core/errors.ts';
import { findTask } from '../../registry.ts';
import { partMaker, type PartName } from '../../task.ts';

/** What determines the examples, as sent to a worker. */
export interface Recipe {
  task: string;
  options: Record<string, unknown>;
  seed: number;
  sources: string;
}

export interface Order {
  split: PartName;
  first: number;
  rows: number;
}

/** A chunk, or an error that a user can act on, whose kind a message between threads would lose. */
export type Result = { chunk: Chunk } | { kind: 'UsageError' | 'DataError'; message: string };

let opened: Promise<(order: Order) => Chunk> | undefined;

async function openTask({ task, options, seed, sources }: Recipe) {
  const found = findTask(task);
  const shape = found.shape(options);
  const example = partMaker(await found.open(options, seed, sources));
  return ({ split, first, rows }: Order) => makeChunk(shape, example, split, first, rows);
}

export default async function work(order: Order): Promise<unknown> {
  opened ??= openTask(Tinypool.workerData as Recipe);
  try {
    const chunk = (await opened)(order);
    const result: Result = { chunk };
    const buffers = Object.values(chunk.arrays).map(({ buffer }) => buffer);
    return Tinypool.move({
      [Tinypool.transferableSymbol]: buffers,
      [Tinypool.valueSymbol]: result,
    } as unknown as Parameters<typeof Tinypool.move>[0]);
  } catch (error) {
    if (error instanceof UsageError || error instanceof DataError)
      return { kind: error.name, message: error.message };
    throw error;
  }
}

/**
 * Writing a data set: its examples, split by split, from where an earlier process has come to.
 * Examples are made group by group and written to rows in another order (`rows.ts`). Memory stays
 * bounded; what is on the disk for certain is written down every few seconds, and the next process
 * that makes the same data set goes on from there.
 */
import { chunkRows, type Chunk } from './chunks.ts';
import { isComplete } from './files.ts';
import { examplesOf, identityOf, metaSchema, type Meta } from './meta.ts';
import { describe, place, totalOf, type Description, type PlaceRequest } from './publish.ts';
import { defaultSources } from '../sources/folder.ts';
import { SplitFiles } from './splitFiles.ts';
import { rowOrder } from './rows.ts';
import {
  countOf,
  partMaker,
  partsOf,
  type PartName,
  type TaskDefinition,
  type TierName,
} from '../task.ts';
import type { Journal, Unfinished } from './workingFolder.ts';
import { inThread, inWorkers, workersFor, type ChunkMaker } from './workers/pool.ts';

export interface Progress {
  split: PartName;
  /** Examples written of this part, and how many it has. */
  done: number;
  total: number;
}

export interface WriteRequest extends PlaceRequest {
  task: TaskDefinition;
  tier: TierName;
  /** Resolved parameters of the task. */
  options: Record<string, unknown>;
  seed: number;
  /** Folder of real data; the default place if absent. */
  sources?: string | undefined;
  /** Threads that make examples; a fitting number if absent. */
  workers?: number | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Milliseconds of work that may be lost when the process is killed; 5000 if absent. */
  checkpointEvery?: number | undefined;
}

/**
 * Makes a data set. On any failure the folder `out` is as it was before.
 * @returns what became of `out`: `kept` where the same data set was there already, whole.
 * @throws DataError if `out` holds something else, or cannot be written.
 */
export async function writeDataset(request: WriteRequest): Promise<'written' | 'kept'> {
  const { task, tier, options, seed } = request;
  const sources = request.sources ?? defaultSources();
  const opened = await task.open(options, seed, sources);
  const shape = task.shape(options);
  const workers = workersFor(task, options, request.workers);
  const parts = {
    task,
    tier,
    options: options as Meta['options'],
    seed,
    shape,
    source: opened.source,
  };
  return place(describe({ ...parts, origin: 'generated' }), request, async (unfinished, meta) => {
    const maker =
      workers > 1
        ? inWorkers(workers, { task: task.name, options, seed, sources })
        : inThread(shape, partMaker(opened));
    try {
      return await fill(unfinished, meta, maker, request);
    } finally {
      await maker.close();
    }
  });
}

/** Writes all parts, from where an earlier process has come to. */
async function fill(
  unfinished: Unfinished,
  description: Description,
  maker: ChunkMaker,
  request: WriteRequest,
): Promise<Meta> {
  const { shape } = description;
  const identity = identityOf(description);
  const left = await unfinished.journal(identity);
  const found = left && (await isComplete(unfinished.data, left)) ? left : undefined;
  const journal: Journal = found ?? { identity, rows: { train: 0, val: 0, test: 0 }, files: {} };
  if (!found) await unfinished.startOver();
  else if (totalOf(found.rows) > 0)
    request.onNote?.({
      kind: 'continued',
      done: totalOf(found.rows),
      total: examplesOf(shape),
    });
  for (const split of partsOf(shape)) {
    const total = countOf(shape, split);
    if (`${split}/inputs.npy` in journal.files) continue;
    const files = await openSplit(unfinished.data, split, description, journal.rows[split] ?? 0);
    const checkpoint = async () => {
      await files.checkpoint();
      journal.rows[split] = files.examples;
      await unfinished.record(journal);
    };
    try {
      let last = performance.now();
      for await (const chunk of chunksFrom(maker, shape, split, files.examples)) {
        files.write(chunk);
        request.onProgress?.({ split, done: files.examples, total });
        if (request.signal?.aborted) {
          await checkpoint();
          request.signal.throwIfAborted();
        }
        if (performance.now() - last < (request.checkpointEvery ?? 5000)) continue;
        await checkpoint();
        last = performance.now();
      }
      Object.assign(journal.files, await files.close());
    } finally {
      await files.abandon();
    }
    journal.rows[split] = total;
    await unfinished.record(journal);
  }
  return metaSchema.parse({ ...description, files: journal.files });
}

/** The files of a part after so many examples; after none if they cannot be continued. */
async function openSplit(
  dir: string,
  split: PartName,
  description: Description,
  examples: number,
): Promise<SplitFiles> {
  const { shape } = description;
  const order = rowOrder(description, split);
  if (examples > 0) {
    const files = await SplitFiles.open(dir, split, shape, { examples, order }).catch(
      () => undefined,
    );
    if (files) return files;
  }
  return SplitFiles.open(dir, split, shape, { order });
}

/** The chunks of a part from an example on, in order; a bounded number of them is on its way. */
async function* chunksFrom(
  maker: ChunkMaker,
  shape: Meta['shape'],
  split: PartName,
  from: number,
): AsyncGenerator<Chunk> {
  const total = countOf(shape, split);
  const rows = chunkRows(shape);
  const coming: Promise<Chunk>[] = [];
  let asked = from;
  do {
    for (; asked < total && coming.length < maker.inFlight; asked += rows) {
      const chunk = maker.make(split, asked, Math.min(rows, total - asked));
      // Reported when its turn comes.
      chunk.catch(() => undefined);
      coming.push(chunk);
    }
    if (coming.length > 0) yield await coming.shift()!;
  } while (coming.length > 0 || asked < total);
}

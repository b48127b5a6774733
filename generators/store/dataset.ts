/**
 * A data set on disk: meta.json and, for each split and the part `signal` where there is one, inputs, labels, groups, members, distances,
 * answers and the task's extra columns as NPY. Splits are read one by one, so that a reader can be
 * shown not to have seen one. A row's place says nothing of the example in it (`rows.ts`).
 */
import { shortHash } from '../../core/hash.ts';
import { join } from 'node:path';
import type { Chunk } from './chunks.ts';
import { checkArray, isComplete, openArray } from './files.ts';
import { arrayPath, arraysOf, identityOf, readMeta, type ArrayName, type Meta } from './meta.ts';
import type { Note } from './publish.ts';
import { splitOf, type Split } from './split.ts';
import { findTask, resolveOptions } from '../registry.ts';
import { defaultCache, defaultSources } from '../sources/folder.ts';
import { countOf, type PartName, type TierName } from '../task.ts';
import { writeDataset, type Progress } from './write.ts';

export interface Dataset {
  dir: string;
  meta: Meta;
  /** Reads a part; the others are not opened. @throws DataError if a file was altered. */
  split(name: PartName): Promise<Split>;
}

/**
 * Opens a data set; reads meta.json only.
 * @param options.check whether to compare checksums when a split is read; true if absent.
 */
export async function openDataset(
  dir: string,
  options: { check?: boolean } = {},
): Promise<Dataset> {
  const meta = await readMeta(dir);
  const readArray = async (part: PartName, array: ArrayName) => {
    const file = await openArray(dir, meta, part, array);
    try {
      if (options.check ?? true) await checkArray(file, dir, meta, arrayPath(part, array));
      return await file.read(0, file.rows);
    } finally {
      await file.close();
    }
  };
  return {
    dir,
    meta,
    async split(name) {
      const read: Chunk['arrays'] = {};
      for (const array of arraysOf(meta.shape)) read[array] = await readArray(name, array);
      return splitOf(meta.shape, name, countOf(meta.shape, name), read);
    },
  };
}

export interface DatasetRequest {
  task: string;
  tier: TierName;
  /** Overrides of the tier's parameters. */
  options?: Record<string, unknown> | undefined;
  seed: number;
  sources?: string | undefined;
  /** Folder of data sets; `data/cache` if absent. */
  cache?: string | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  onNote?: ((note: Note) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The folder of a data set in the cache, made first where it is not there. The folder's name holds
 * a hash of all that determines the bytes. Processes may ask at once: one makes it, the others wait.
 */
export async function ensureDataset(request: DatasetRequest): Promise<string> {
  const task = findTask(request.task);
  const options = resolveOptions(task, request.tier, request.options);
  const sources = request.sources ?? defaultSources();
  const identity = identityOf({
    task: task.name,
    origin: 'generated',
    generatorVersion: task.version,
    options: options as Meta['options'],
    seed: request.seed,
    source: task.realData?.isRead(options) ? await task.realData.identify(sources) : undefined,
  });
  const out = join(
    request.cache ?? defaultCache,
    `${task.name}-${request.tier}-${shortHash(identity)}`,
  );
  const meta = await readMeta(out).catch(() => undefined);
  if (meta && (await isComplete(out, meta))) return out;
  await writeDataset({ ...request, task, options, sources, out });
  return out;
}

/**
 * A data set on disk: meta.json and, for each split, inputs, labels, groups and distances as NPY.
 * It is made in a temporary folder that takes its final name in one step, so a folder of that name
 * is always whole; splits are read one by one, so a reader can be shown not to have seen one.
 */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import project from '../package.json' with { type: 'json' };
import { DataError, reasonOf } from './errors.ts';
import { NpyFile, NpyWriter, allocate, unsignedType, type NpyType } from './npy.ts';
import {
  arrayPath,
  arrays,
  identityOf,
  metaSchema,
  readMeta,
  shortHash,
  type ArrayName,
  type Meta,
} from './meta.ts';
import { findTask, resolveOptions } from './registry.ts';
import { defaultCache, defaultSources } from './sources.ts';
import { splits, type SplitName, type TaskDefinition, type TierName } from './task.ts';

export interface Split {
  name: SplitName;
  /** Examples, N. */
  count: number;
  /** Tokens a sequence, L. */
  length: number;
  inputs: Uint8Array | Uint16Array; // [N, L], row-major
  labels: Uint8Array | Uint16Array; // [N]
  groups: Int32Array; // [N]
  distances: Int32Array; // [N]
}

export interface Dataset {
  dir: string;
  meta: Meta;
  /** Reads a split; the others are not opened. @throws DataError if a file was altered. */
  split(name: SplitName): Promise<Split>;
}

/** Numbers in which each array is kept. */
export function arrayTypes(shape: Meta['shape']): Record<ArrayName, NpyType> {
  return {
    inputs: unsignedType(shape.vocabulary),
    labels: unsignedType(shape.classes),
    groups: 'i4',
    distances: 'i4',
  };
}

/** Shape that an array of a split has. */
export function arrayShape(shape: Meta['shape'], split: SplitName, array: ArrayName): number[] {
  const count = shape.counts[split];
  return array === 'inputs' ? [count, shape.length] : [count];
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
  const read = async (split: SplitName, array: ArrayName) => {
    const path = arrayPath(split, array);
    const file = await openArray(dir, meta, split, array);
    try {
      if ((options.check ?? true) && (await file.sha256()) !== meta.files[path]!.sha256)
        throw new DataError(
          `${file.path} was altered: its sha256 is not the one in meta.json; make the data set again.`,
        );
      return await file.read(0, file.rows);
    } finally {
      await file.close();
    }
  };
  return {
    dir,
    meta,
    split: async (name) => ({
      name,
      count: meta.shape.counts[name],
      length: meta.shape.length,
      inputs: (await read(name, 'inputs')) as Split['inputs'],
      labels: (await read(name, 'labels')) as Split['labels'],
      groups: (await read(name, 'groups')) as Int32Array,
      distances: (await read(name, 'distances')) as Int32Array,
    }),
  };
}

/** Opens an array's file after its type and shape agree with meta.json. */
export async function openArray(
  dir: string,
  meta: Meta,
  split: SplitName,
  array: ArrayName,
): Promise<NpyFile> {
  const file = await NpyFile.open(join(dir, arrayPath(split, array)));
  const describe = (type: string, shape: number[]) => `${type} of shape (${shape.join(', ')})`;
  const found = describe(file.type, file.shape);
  const expected = describe(arrayTypes(meta.shape)[array], arrayShape(meta.shape, split, array));
  if (found === expected) return file;
  await file.close();
  throw new DataError(`${file.path} holds ${found}, but meta.json says ${expected}.`);
}

export interface Progress {
  split: SplitName;
  /** Examples written of this split, and how many it has. */
  done: number;
  total: number;
}

export interface WriteRequest {
  task: TaskDefinition;
  tier: TierName;
  /** Resolved parameters of the task. */
  options: Record<string, unknown>;
  seed: number;
  /** Folder of real data; the default place if absent. */
  sources?: string | undefined;
  /** Folder to be made. */
  out: string;
  /** Whether a different data set there may be replaced. */
  force?: boolean | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Aborted to stop: what was written is removed. */
  signal?: AbortSignal | undefined;
}

/**
 * Makes a data set. On any failure the folder `out` is as it was before.
 * @returns what became of `out`: `kept` where the same data set was there already, whole.
 * @throws DataError if `out` holds something else, or cannot be written.
 */
export async function writeDataset(request: WriteRequest): Promise<'written' | 'kept'> {
  const out = resolve(request.out);
  const { task, options, seed } = request;
  const opened = await task.open(options, seed, request.sources ?? defaultSources());
  const identity = identityOf({
    task: task.name,
    generatorVersion: task.version,
    options: options as Meta['options'],
    seed,
    source: opened.source,
  });
  if ((await whatIsAt(out, identity, request.force)) === 'same') return 'kept';

  const temporary = `${out}.tmp-${hostname()}-${process.pid}-${shortHash(`${process.hrtime.bigint()}`)}`;
  await makeFolder(temporary);
  try {
    await fill(temporary, request, opened);
    return await settle(temporary, out, identity, request.force);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw new DataError(`Cannot make a folder in ${dirname(path)}: ${reasonOf(error)}.`);
  });
}

/** Writes all splits and, last, meta.json. */
async function fill(
  dir: string,
  request: WriteRequest,
  opened: Awaited<ReturnType<TaskDefinition['open']>>,
): Promise<void> {
  const { task, tier, options, seed } = request;
  const shape = task.shape(options);
  const files: Meta['files'] = {};
  for (const split of splits) {
    await makeFolder(join(dir, split));
    const writers = await openWriters(dir, split, shape);
    try {
      await writeExamples(writers, split, shape, opened.example, request);
      for (const array of arrays) files[arrayPath(split, array)] = await writers[array].close();
    } finally {
      for (const array of arrays) await writers[array].abandon();
    }
  }
  const meta = metaSchema.parse({
    schema: 1,
    task: task.name,
    kind: task.kind,
    title: task.title,
    tier,
    options,
    seed,
    generatorVersion: task.version,
    shape,
    source: opened.source,
    package: project.version,
    files,
  } satisfies Record<keyof Meta, unknown>);
  await writeText(join(dir, 'meta.json'), JSON.stringify(meta, null, 2) + '\n');
}

type Writers = Record<ArrayName, NpyWriter>;

async function openWriters(dir: string, split: SplitName, shape: Meta['shape']): Promise<Writers> {
  const writers: Partial<Writers> = {};
  try {
    for (const array of arrays)
      writers[array] = await NpyWriter.create(
        join(dir, arrayPath(split, array)),
        arrayTypes(shape)[array],
        arrayShape(shape, split, array),
      );
  } catch (error) {
    for (const writer of Object.values(writers)) await writer.abandon();
    throw error;
  }
  return writers as Writers;
}

/** Examples that are made before they are handed to the files. */
const batch = 256;

async function writeExamples(
  writers: Writers,
  split: SplitName,
  shape: Meta['shape'],
  example: (
    split: SplitName,
    index: number,
  ) => ReturnType<Awaited<ReturnType<TaskDefinition['open']>>['example']>,
  { onProgress, signal }: WriteRequest,
): Promise<void> {
  const total = shape.counts[split];
  for (let first = 0; first < total; first += batch) {
    signal?.throwIfAborted();
    const count = Math.min(batch, total - first);
    const inputs = allocate(writers.inputs.type, count * shape.length);
    const labels = allocate(writers.labels.type, count);
    const groups = allocate('i4', count);
    const distances = allocate('i4', count);
    for (let row = 0; row < count; row++) {
      const made = example(split, first + row);
      inputs.set(made.tokens, row * shape.length);
      labels[row] = made.label;
      groups[row] = made.group;
      distances[row] = made.distance;
    }
    await writers.inputs.write(inputs);
    await writers.labels.write(labels);
    await writers.groups.write(groups);
    await writers.distances.write(distances);
    onProgress?.({ split, done: first + count, total });
  }
}

async function writeText(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
  }
}

/** Whether `meta` and the sizes of all files agree; a check of the bytes is left to the reader. */
async function isWhole(dir: string, meta: Meta): Promise<boolean> {
  const sizes = await Promise.all(
    Object.keys(meta.files).map((path) => stat(join(dir, path)).catch(() => undefined)),
  );
  return Object.values(meta.files).every(({ bytes }, i) => sizes[i]?.size === bytes);
}

/**
 * What stands at the place of a new data set: nothing, the same one, or one that may be replaced.
 * @throws DataError for anything else, which is never touched.
 */
async function whatIsAt(
  out: string,
  identity: string,
  force = false,
): Promise<'nothing' | 'same' | 'replaceable'> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new DataError(`Cannot write to ${out}: ${reasonOf(error)}.`);
  });
  if (names === undefined || names.length === 0) return 'nothing';
  const meta = await readMeta(out).catch(() => undefined);
  if (meta === undefined)
    throw new DataError(
      `${out} is not empty and holds no data set; name a new folder, nothing was changed there.`,
    );
  if (identityOf(meta) === identity) return (await isWhole(out, meta)) ? 'same' : 'replaceable';
  if (force) return 'replaceable';
  throw new DataError(
    `${out} holds another data set (${meta.task}, tier ${meta.tier}, seed ${meta.seed}); name another folder, or replace it with --force.`,
  );
}

/** Gives the finished folder its name. Of two that finish at once the first one stays. */
async function settle(
  temporary: string,
  out: string,
  identity: string,
  force?: boolean,
): Promise<'written' | 'kept'> {
  const found = await whatIsAt(out, identity, force);
  if (found === 'same') {
    await rm(temporary, { recursive: true, force: true });
    return 'kept';
  }
  const old = `${temporary}-old`;
  if (found === 'replaceable') await rename(out, old);
  try {
    await rename(temporary, out);
  } catch (error) {
    if (found === 'replaceable') await rename(old, out);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return settle(temporary, out, identity, force);
    throw new DataError(`Cannot give ${basename(out)} its name: ${reasonOf(error)}.`);
  }
  await rm(old, { recursive: true, force: true });
  return 'written';
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
  signal?: AbortSignal | undefined;
}

/**
 * The folder of a data set in the cache, made first where it is not there. The folder's name holds
 * a hash of all that determines the bytes. Processes may ask at once: each makes its own, and the
 * first to finish gives it its name.
 */
export async function ensureDataset(request: DatasetRequest): Promise<string> {
  const task = findTask(request.task);
  const options = resolveOptions(task, request.tier, request.options);
  const sources = request.sources ?? defaultSources();
  const identity = identityOf({
    task: task.name,
    generatorVersion: task.version,
    options: options as Meta['options'],
    seed: request.seed,
    source: await task.identify?.(sources),
  });
  const out = join(
    request.cache ?? defaultCache,
    `${task.name}-${request.tier}-${shortHash(identity)}`,
  );
  const meta = await readMeta(out).catch(() => undefined);
  if (meta && (await isWhole(out, meta))) return out;
  await writeDataset({ ...request, task, options, sources, out });
  return out;
}

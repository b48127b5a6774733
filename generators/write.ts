/**
 * Writing a data set: in a temporary folder beside its place, which takes its final name in one
 * step. So a folder of that name is always whole, and memory does not grow with the examples.
 */
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import project from '../package.json' with { type: 'json' };
import { DataError, reasonOf } from './errors.ts';
import { isIntact } from './files.ts';
import {
  arrayPath,
  arrayShape,
  arrayTypes,
  arrays,
  identityOf,
  metaSchema,
  readMeta,
  type ArrayName,
  type Meta,
} from './meta.ts';
import { NpyWriter, allocate } from './npy.ts';
import { defaultSources } from './sources/places.ts';
import {
  splits,
  type MakeExample,
  type SplitName,
  type TaskDefinition,
  type TierName,
} from './task.ts';

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
  await clearLeftovers(out);
  if ((await whatIsAt(out, identity, request.force)) === 'same') return 'kept';

  const temporary = temporaryName(out);
  try {
    await mkdir(temporary, { recursive: true }).catch((error: unknown) => {
      throw new DataError(`Cannot make the folder ${out}: ${reasonOf(error)}.`);
    });
    await fill(temporary, request, opened);
    return await settle(temporary, out, identity, request.force);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    if (!(error instanceof DataError)) throw error;
    throw new DataError(
      `${error.message.replaceAll(temporary, out)} The data set was not made (it takes ${megabytes(task.shape(options))} MB); what was there is unchanged.`,
    );
  }
}

/** Size of the arrays. */
function megabytes(shape: Meta['shape']): string {
  const examples = splits.reduce((sum, split) => sum + shape.counts[split], 0);
  const input = shape.length * (shape.vocabulary <= 0x100 ? 1 : 2);
  return ((examples * (input + 9)) / 1e6).toFixed(1);
}

const prefix = (out: string) => `${basename(out)}.tmp-${hostname()}-`;
let made = 0;

function temporaryName(out: string): string {
  return join(dirname(out), `${prefix(out)}${process.pid}-${made++}`);
}

/**
 * Removes what processes of this machine left beside `out` when they were killed. One that died
 * while it replaced a data set has moved the old one away: that is put back.
 */
async function clearLeftovers(out: string): Promise<void> {
  const names = await readdir(dirname(out)).catch(() => [] as string[]);
  for (const name of names) {
    if (!name.startsWith(prefix(out))) continue;
    if (isAlive(Number.parseInt(name.slice(prefix(out).length), 10))) continue;
    const leftover = join(dirname(out), name);
    if (name.endsWith('-old') && !names.includes(basename(out)))
      await rename(leftover, out).catch(() => undefined);
    else await rm(leftover, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Writes all splits and, last, meta.json. */
async function fill(
  dir: string,
  request: WriteRequest,
  opened: { example: MakeExample; source?: string },
): Promise<void> {
  const { task, tier, options, seed } = request;
  const shape = task.shape(options);
  const files: Meta['files'] = {};
  for (const split of splits) {
    await mkdir(join(dir, split)).catch((error: unknown) => {
      throw new DataError(`Cannot make the folder ${join(dir, split)}: ${reasonOf(error)}.`);
    });
    const writers = await openWriters(dir, split, shape);
    try {
      await writeExamples(writers, split, shape, opened.example, request);
      for (const array of arrays) files[arrayPath(split, array)] = await writers[array].close();
    } finally {
      for (const array of arrays) await writers[array].abandon();
    }
  }
  const meta = metaSchema.parse({
    schema: 2,
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
  if (identityOf(meta) === identity) return (await isIntact(out, meta)) ? 'same' : 'replaceable';
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

/**
 * The place of a data set: what stands there, and how a new one gets there. It is filled in a
 * working folder beside its place, which takes its final name in one step; so a folder of that name
 * is always whole, and on any failure it is as it was before.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../core/files.ts';
import project from '../../package.json' with { type: 'json' };
import { DataError, reasonOf } from '../../core/errors.ts';
import { realPlace } from '../../core/folders.ts';
import { isComplete, isIntact } from './files.ts';
import type { Holder } from '../../core/lock.ts';
import { examplesOf, identityOf, readMeta, schema, sizeOf, type Meta } from './meta.ts';
import type { PartName, TaskDefinition } from '../task.ts';
import { Unfinished } from './workingFolder.ts';

/** What a person may want to be told of. */
export type Note =
  | { kind: 'waiting'; holder: Holder | undefined }
  | { kind: 'continued'; done: number; total: number };

export interface PlaceRequest {
  /** Folder to be made. */
  out: string;
  /** Whether a different data set there may be replaced. */
  force?: boolean | undefined;
  onNote?: ((note: Note) => void) | undefined;
  /** Aborted to stop: what is finished by then is kept for the next time. */
  signal?: AbortSignal | undefined;
}

/** Examples of some parts of a data set together. */
export const totalOf = (counts: { [Part in PartName]?: number | undefined }) =>
  Object.values(counts).reduce((sum: number, count) => sum + (count ?? 0), 0);

/** meta.json without its files. */
export type Description = Omit<Meta, 'files'>;

/** What meta.json says of a data set before its files are there. */
export function describe(
  given: Pick<Meta, 'origin' | 'tier' | 'options' | 'seed' | 'shape' | 'source'> & {
    task: TaskDefinition;
  },
): Description {
  const { task, ...rest } = given;
  return {
    schema,
    task: task.name,
    kind: task.kind,
    title: task.title,
    generatorVersion: task.version,
    package: project.version,
    ...rest,
  };
}

/**
 * Puts a data set at its place: looks what is there, takes the working folder, has it filled, and
 * gives it its name.
 * @param make fills the working folder, and returns what meta.json is to say.
 */
export async function place(
  description: Description,
  request: PlaceRequest,
  make: (unfinished: Unfinished, description: Description) => Promise<Meta>,
): Promise<'written' | 'kept'> {
  const out = await realPlace(request.out);
  const identity = identityOf(description);
  const dir = Unfinished.pathOf(out, identity);
  await Unfinished.clearOthers(out, dir);
  if ((await whatIsAt(out, identity, request.force)) === 'same') {
    const left = (await readdir(dir).catch(() => undefined)) && (await takeAtOnce(dir, out));
    await left?.discard();
    return 'kept';
  }
  const unfinished = (await Unfinished.take(dir, out, {
    signal: request.signal,
    onWait: (holder) => request.onNote?.({ kind: 'waiting', holder }),
  }))!;
  try {
    const found = await whatIsAt(out, identity, request.force);
    if (found !== 'same') {
      const meta = await finished(unfinished, identity);
      if (!meta) await writeMeta(unfinished, await make(unfinished, description));
    }
    const outcome = found === 'same' ? 'kept' : await settle(unfinished, out, identity, request);
    await unfinished.discard();
    return outcome;
  } catch (error) {
    await leave(unfinished, identity, error, request);
    if (!(error instanceof DataError)) throw error;
    throw new DataError(await explain(error, unfinished, description, out));
  }
}

const takeAtOnce = (dir: string, out: string) =>
  Unfinished.take(dir, out, { wait: false }).catch(() => undefined);

/** The working folder's meta.json, if only the last step, the name, is missing. */
async function finished(unfinished: Unfinished, identity: string): Promise<Meta | undefined> {
  if (!(await unfinished.journal(identity))) return undefined;
  const meta = await readMeta(unfinished.data).catch(() => undefined);
  return meta && identityOf(meta) === identity && (await isComplete(unfinished.data, meta))
    ? meta
    : undefined;
}

/** After a failure: keeps what the next process can go on with, removes everything else. */
async function leave(
  unfinished: Unfinished,
  identity: string,
  error: unknown,
  { signal }: PlaceRequest,
): Promise<void> {
  const rows = (await unfinished.journal(identity))?.rows;
  const resumable = (signal?.aborted ?? false) || error instanceof DataError;
  if (resumable && rows && totalOf(rows) > 0) await unfinished.keep();
  else await unfinished.discard();
}

async function explain(
  error: DataError,
  unfinished: Unfinished,
  description: Description,
  out: string,
): Promise<string> {
  const rows = (await unfinished.journal(identityOf(description)))?.rows;
  const bytes = sizeOf(description.shape);
  // Not known of what is being imported.
  const size = bytes > 0 ? ` (it takes ${(bytes / 1e6).toFixed(1)} MB)` : '';
  const message = error.message.replaceAll(unfinished.data, out);
  if (!rows) return `${message} The data set was not made${size}; what was there is unchanged.`;
  return `${message} The data set is not finished${size}; what was there is unchanged. ${totalOf(rows)} of ${examplesOf(description.shape)} examples are kept in ${unfinished.dir}: the same command goes on from there.`;
}

async function writeMeta(unfinished: Unfinished, meta: Meta): Promise<void> {
  const path = join(unfinished.data, 'meta.json');
  const text = JSON.stringify(meta, null, 2) + '\n';
  await writeWhole(path, text, join(unfinished.dir, 'meta.json-new'));
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
      `${out} is not empty and holds no data set that this version can read; name a new folder, nothing was changed there.`,
    );
  if (identityOf(meta) === identity) return (await isIntact(out, meta)) ? 'same' : 'replaceable';
  if (force) return 'replaceable';
  throw new DataError(
    `${out} holds another data set (${meta.task}, tier ${meta.tier}, seed ${meta.seed}); name another folder, or replace it with --force.`,
  );
}

/** Gives the finished folder its name. Of two that finish at once the first one stays. */
async function settle(
  unfinished: Unfinished,
  out: string,
  identity: string,
  { force }: PlaceRequest,
): Promise<'written' | 'kept'> {
  for (;;) {
    const found = await whatIsAt(out, identity, force);
    if (found === 'same') return 'kept';
    if (await unfinished.settle(found === 'replaceable')) return 'written';
  }
}

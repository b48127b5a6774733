/**
 * A finished data set in other formats. Like a data set itself, an export is made in a working
 * folder and gets its name in one step; `export.json` in it says what it is.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { DataError, UsageError, unknown, reasonOf } from '../../core/errors.ts';
import { makeFolders, realPlace } from '../../core/folders.ts';
import { readExamples } from './examples.ts';
import type { WriteFormat } from './formats/format.ts';
import { writeJsonl } from './formats/jsonl.ts';
import { lraLayout, writeLra } from './formats/lra.ts';
import { writeParquet } from './formats/parquet.ts';
import { writePictures } from './formats/pictureFolder.ts';
import { writeTsv } from './formats/tsv.ts';
import { identityOf, readMeta, type Meta } from './meta.ts';
import { findTask } from '../registry.ts';
import type { PartName, TaskDefinition } from '../task.ts';
import { Unfinished } from './workingFolder.ts';

const writers = {
  tsv: writeTsv,
  jsonl: writeJsonl,
  parquet: writeParquet,
  png: writePictures,
  lra: writeLra,
} satisfies Record<string, WriteFormat>;

export type FormatName = keyof typeof writers;

/** All formats; `npy` is the one that is always there, and that verification and trainers read. */
export const formatNames = ['npy', ...(Object.keys(writers) as FormatName[])] as const;

/**
 * Names of formats, several joined by commas, each once and without `npy`.
 * @throws UsageError for an unknown one, or one that the task does not have.
 */
export function formatsFrom(given: string[], task: TaskDefinition, shape: Meta['shape']) {
  const names = new Set(given.flatMap((text) => text.split(',')).map((name) => name.trim()));
  for (const name of names) {
    if (!(formatNames as readonly string[]).includes(name))
      throw new UsageError(unknown('format', name, formatNames));
    if (name === 'lra') lraLayout(task);
    if (name === 'png' && !shape.picture)
      throw new UsageError(`The examples of ${task.name} are no pictures; choose another format.`);
  }
  names.delete('npy');
  return [...names] as FormatName[];
}

const noteSchema = z.object({ format: z.string(), identity: z.string() });

/**
 * Writes the data set in `dir` to the folder `out` in another format.
 * @param force whether another export there may be replaced.
 * @throws DataError if `out` holds something else, or cannot be written.
 */
export async function exportDataset(
  dir: string,
  format: FormatName,
  out: string,
  force = false,
): Promise<'written' | 'kept'> {
  const meta = await readMeta(dir);
  const task = findTask(meta.task);
  const place = await realPlace(out);
  const identity = JSON.stringify([format, identityOf(meta), meta.files]);
  const working = Unfinished.pathOf(place, identity);
  await Unfinished.clearOthers(place, working);
  const found = await whatIsAt(place, identity, force);
  if (found === 'same') return 'kept';
  await makeFolders(dirname(place));
  const unfinished = (await Unfinished.take(working, place))!;
  try {
    await unfinished.startOver();
    const examples = (part: PartName) => readExamples(dir, meta, part);
    await writers[format](unfinished.data, { meta, task, examples });
    const { tier, seed, origin, source, options, shape } = meta;
    const note = { format, task: task.name, tier, seed, origin, source, options, shape, identity };
    const path = join(unfinished.data, 'export.json');
    await writeFile(path, JSON.stringify(note, null, 2) + '\n').catch((error: unknown) => {
      throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
    });
    if (!(await unfinished.settle((await whatIsAt(place, identity, force)) !== 'nothing')))
      throw new DataError(
        `Something else has come to ${out} meanwhile; nothing was changed there.`,
      );
    return 'written';
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(
      `${error.message.replaceAll(unfinished.data, place)} Nothing was exported.`,
    );
  } finally {
    await unfinished.discard();
  }
}

/** @throws DataError for anything but an export, and for another one without `force`. */
async function whatIsAt(
  out: string,
  identity: string,
  force: boolean,
): Promise<'nothing' | 'same' | 'replaceable'> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new DataError(`Cannot write to ${out}: ${reasonOf(error)}.`);
  });
  if (names === undefined || names.length === 0) return 'nothing';
  const text = await readFile(join(out, 'export.json'), 'utf8').catch(() => 'null');
  let note: z.output<typeof noteSchema>;
  try {
    note = noteSchema.parse(JSON.parse(text));
  } catch {
    throw new DataError(
      `${out} is not empty and holds no export; name a new folder, nothing was changed there.`,
    );
  }
  if (note.identity === identity) return 'same';
  if (force) return 'replaceable';
  throw new DataError(
    `${out} holds another export (${note.format.slice(0, 20)}); name another folder, or replace it with --force.`,
  );
}

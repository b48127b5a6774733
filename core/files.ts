/** Files that exist whole or not at all: written under a temporary name, flushed, then renamed. */
import { lstat, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError, reasonOf } from './errors.ts';
import { makeFolders, realPlace } from './folders.ts';

/**
 * Writes `data` to `path`, and makes its folder if there is none.
 *
 * @param temporary path beside `path` under which the file is written first
 * @throws DataError if it cannot be written; nothing is left behind, and an old file stays
 */
export function writeWhole(
  path: string,
  data: string | Uint8Array,
  temporary = temporaryOf(path),
): Promise<void> {
  return writeVia(
    path,
    async (to) => {
      const file = await open(to, 'w');
      try {
        await file.writeFile(data);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    temporary,
  );
}

/**
 * Has `write` write a temporary file, which is then flushed and renamed to `path`; for files that
 * are too large to be held in memory. Throws as `writeWhole`.
 */
export async function writeVia(
  path: string,
  write: (temporary: string) => Promise<void>,
  temporary = temporaryOf(path),
): Promise<void> {
  try {
    await makeFolders(dirname(path));
    const place = await plainPlace(path);
    await write(temporary);
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof DataError) throw error;
    throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
  }
}

/**
 * Removes what processes that were killed left of writing these files. Nobody else may be writing them:
 * the caller holds the lock of the work that does.
 */
export async function removeTemporaries(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const files = await readdir(dirname(path)).catch(() => []);
    const left = files.filter((file) => file.startsWith(`${basename(path)}.tmp-`));
    for (const file of left) await rm(join(dirname(path), file), { force: true });
  }
}

/**
 * Sees, before any work, that a file that a user names can be written.
 * @param force whether a file that exists there may be replaced
 * @throws DataError if something exists at `path` and must stay
 */
export async function claimFile(path: string, force: boolean): Promise<void> {
  const place = await plainPlace(path);
  if (!force && (await lstat(place).catch(() => undefined)))
    throw new DataError(`${path} exists: name a new file, or replace it with --force.`);
}

/** Where a file of that name is written: through links. @throws DataError for what is no plain file */
async function plainPlace(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile())
    throw new DataError(
      `${path} is ${found.isDirectory() ? 'a folder' : 'a device or a pipe'}, expected a file; name another place.`,
    );
  return realPlace(path);
}

const temporaryOf = (path: string) => `${path}.tmp-${process.pid}`;

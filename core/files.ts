/** Files that exist whole or not at all: written under a temporary name, flushed, then renamed. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DataError, reasonOf } from './errors.ts';
import { makeFolders } from './folders.ts';

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
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof DataError) throw error;
    throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
  }
}

const temporaryOf = (path: string) => `${path}.tmp-${process.pid}`;

/**
 * Folders: making them with all that lead to them, and finding where a path leads.
 *
 * Node's own recursive mkdir never ends below /proc and the like, where a folder that is missing cannot be
 * made and is not refused for good. So folders are made here one by one, each once.
 */
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DataError, reasonOf } from './errors.ts';

/** Makes the folder at `path` and those above it. @throws DataError naming the one that cannot be made. */
export async function makeFolders(path: string): Promise<void> {
  const missing: string[] = [];
  let at = resolve(path);
  for (;;) {
    const found = await stat(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw new DataError(`Cannot make the folder ${path}: ${at}: ${reasonOf(error)}.`);
    });
    if (found && !found.isDirectory())
      throw new DataError(`Cannot make the folder ${path}: ${at} is a file; name another place.`);
    if (found) break;
    missing.push(at);
    at = dirname(at);
  }
  for (const folder of missing.reverse())
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      // Another process made it in the meantime.
      if (error.code === 'EEXIST') return;
      const reason =
        error.code === 'ENOENT' ? `no folder can be made in ${dirname(folder)}` : reasonOf(error);
      throw new DataError(`Cannot make the folder ${folder}: ${reason}; name another place.`);
    });
}

/**
 * The absolute path that `path` leads to, through links, whether or not its last part exists; so that
 * what is written beside it and renamed stands where the link points, and the link stays.
 * @throws DataError for a link that leads nowhere.
 */
export async function realPlace(path: string): Promise<string> {
  const place = resolve(path);
  const real = await realpath(place).catch(() => undefined);
  if (real !== undefined) return real;
  if (await lstat(place).catch(() => undefined))
    throw new DataError(
      `${path} is a link to something that does not exist; make that folder, or name another place.`,
    );
  const parent = dirname(place);
  return parent === place ? place : join(await realPlace(parent), basename(place));
}

/**
 * Tries a folder before work begins whose results will be written there: makes it if it is missing,
 * and a file in it, which is removed again.
 *
 * @param what the folder is for, such as `records`
 * @throws DataError with the path and the system's reason
 */
export async function tryFolder(path: string, what: string): Promise<void> {
  await makeFolders(path);
  const trial = join(path, `.trial-${randomUUID()}`);
  try {
    await writeFile(trial, '');
  } catch (error) {
    throw new DataError(
      `The folder for ${what}, ${resolve(path)}, cannot be written: ${reasonOf(error)}; name another place.`,
    );
  } finally {
    await rm(trial, { force: true });
  }
}

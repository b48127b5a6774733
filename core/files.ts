/** Files that are there whole or not at all: written under a temporary name, flushed, renamed. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunError, messageOf } from './exitCode.ts';

/** Writes `data` to `path`; on failure nothing is left behind and the old file, if any, stays. */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp-${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new RunError(`Cannot write ${path}: ${messageOf(error)}. Nothing was changed there.`);
  }
}

/** Text files written as a stream, line by line or in larger pieces. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DataError, reasonOf } from '../../../core/errors.ts';

/** Writes pieces of text, or what a transformation makes of them. @throws DataError naming the file. */
export async function writeStream(
  path: string,
  pieces: AsyncIterable<unknown>,
  ...through: NodeJS.ReadWriteStream[]
): Promise<void> {
  try {
    // Flushed, so that a finished file is on the disk.
    const file = createWriteStream(path, { flags: 'wx', flush: true });
    await pipeline([Readable.from(pieces), ...through, file]);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
  }
}

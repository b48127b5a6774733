/**
 * Files of a gzipped tar archive, one after the other and without unpacking it. An archive is data
 * from strangers: names that lead out of its folder, files larger than they can be and archives
 * that end too soon are errors, and no more than one file is in memory at a time.
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { DataError, reasonOf } from '../../core/errors.ts';

export interface ArchivedFile {
  /** Path inside the archive, with `/`. */
  path: string;
  bytes: Buffer;
}

/**
 * The regular files that `wanted` asks for, in the archive's order.
 * @param largest bytes that a wanted file may have.
 * @throws DataError naming the archive and what is wrong with it.
 */
export async function* archivedFiles(
  archive: string,
  wanted: (path: string) => boolean,
  largest: number,
): AsyncGenerator<ArchivedFile> {
  const entries = extract();
  const flow = pipeline(createReadStream(archive), createGunzip(), entries);
  // Failures of the flow end the loop below with the same error.
  flow.catch(() => undefined);
  try {
    for await (const entry of entries) {
      const path = entry.header.name.replace(/^(\.\/)+/, '');
      if (path.startsWith('/') || path.split(/[/\\]/).includes('..'))
        throw new DataError(
          `${archive} holds the path ${JSON.stringify(path.slice(0, 100))}, which leads out of its folder; get the official archive.`,
        );
      if (entry.header.type !== 'file' || !wanted(path)) {
        entry.resume();
        continue;
      }
      if (entry.header.size > largest)
        throw new DataError(
          `${archive} claims ${entry.header.size} bytes for ${path}, expected at most ${largest}; get the official archive.`,
        );
      const parts: Buffer[] = [];
      for await (const part of entry) parts.push(part as Buffer);
      yield { path, bytes: Buffer.concat(parts) };
    }
    await flow;
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(
      `Cannot read ${archive}: ${whatIsWrong(error)}; get the official archive again.`,
    );
  } finally {
    entries.destroy();
  }
}

function whatIsWrong(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR' || message === 'Unexpected end of data') return 'it is cut off';
  if (code?.startsWith('Z_')) return `it is not a whole gzip file (${message})`;
  if (/tar header/i.test(message)) return 'it is not a tar archive inside';
  return reasonOf(error);
}

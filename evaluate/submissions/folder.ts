/**
 * A submission's folder: plain files only, none larger than its kind allows, and nothing outside it
 * is ever opened. Links, pipes, devices and sub-folders are refused before anything is read.
 */
import { constants } from 'node:fs';
import { lstat, open, opendir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { reasonOf } from '../../core/errors.ts';
import { SubmissionError, shown } from './errors.ts';

/** Most entries of a folder: one file for each result, submission.json and README.md. */
const mostEntries = 66;

export class Folder {
  readonly path: string;
  readonly name: string;
  readonly files: ReadonlySet<string>;

  private constructor(path: string, files: ReadonlySet<string>) {
    this.path = path;
    this.name = basename(path);
    this.files = files;
  }

  /** @throws SubmissionError where the folder has anything but plain files */
  static async open(dir: string): Promise<Folder> {
    const path = resolve(dir);
    const name = basename(path);
    const found = await lstat(path).catch((error: unknown) => {
      throw new SubmissionError(name, 'the folder', `cannot be read: ${reasonOf(error)}`);
    });
    if (!found.isDirectory())
      throw new SubmissionError(
        name,
        'the path',
        'is not a folder, expected one with submission.json',
      );
    const files = new Set<string>();
    for await (const entry of await opendir(path)) {
      if (!entry.isFile()) {
        const what = entry.isSymbolicLink()
          ? 'a link'
          : entry.isDirectory()
            ? 'a folder'
            : 'no file';
        throw new SubmissionError(
          name,
          `entry ${shown(entry.name)}`,
          `is ${what}, expected plain files only`,
        );
      }
      files.add(entry.name);
      if (files.size > mostEntries)
        throw new SubmissionError(
          name,
          'the folder',
          `has more than ${mostEntries} files, expected fewer`,
        );
    }
    return new Folder(path, files);
  }

  /** Nothing that nobody asked for: what is published is what was checked. */
  expectOnly(names: readonly string[]): void {
    const expected = new Set([...names, 'submission.json', 'README.md']);
    const other = [...this.files].find((file) => !expected.has(file));
    if (other !== undefined)
      throw new SubmissionError(
        this.name,
        `file ${shown(other)}`,
        'is not named in submission.json, expected only files that are, and README.md',
      );
  }

  /**
   * The bytes of a file.
   *
   * @throws SubmissionError where it is missing, no plain file, empty or larger than `most` bytes
   */
  async read(file: string, most: number): Promise<Buffer> {
    const wrong = (problem: string) => new SubmissionError(file, 'the file', problem);
    if (!this.files.has(file)) throw wrong('is missing from the folder');
    // Whatever stands there by now: no link is followed, no pipe waited for.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const handle = await open(join(this.path, file), flags).catch((error: unknown) => {
      throw wrong(`cannot be read: ${reasonOf(error)}`);
    });
    try {
      const { size, ...stat } = await handle
        .stat()
        .then((s) => ({ size: s.size, isFile: s.isFile() }));
      if (!stat.isFile) throw wrong('is not a plain file');
      if (size === 0) throw wrong('is empty');
      if (size > most) throw wrong(`has ${size} bytes, expected at most ${most}`);
      const bytes = Buffer.alloc(size);
      for (let done = 0; done < size;) {
        const { bytesRead } = await handle.read(bytes, done, size - done, done);
        if (bytesRead === 0) throw wrong('ended while it was read');
        done += bytesRead;
      }
      return bytes;
    } finally {
      await handle.close();
    }
  }
}

/** @throws SubmissionError naming the first byte that is no UTF-8 */
export function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SubmissionError(file, 'the text', 'is not valid UTF-8');
  }
}

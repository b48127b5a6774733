/** The array files of one split while they are written, all of them to the same row. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chunk } from './chunks.ts';
import { DataError, reasonOf } from '../../core/errors.ts';
import { arrayPath, arrayShape, arrayType, arraysOf, type Meta } from './meta.ts';
import { NpyWriter } from '../../core/npyWriter.ts';
import type { SplitName } from '../task.ts';

export class SplitFiles {
  /** Rows written so far. */
  rows: number;
  private readonly split: SplitName;
  private readonly writers: Map<string, NpyWriter>;

  private constructor(split: SplitName, writers: Map<string, NpyWriter>, rows: number) {
    this.split = split;
    this.writers = writers;
    this.rows = rows;
  }

  /**
   * Opens the files of a split below `dir`: new ones, or after `rows` finished rows those there.
   * @throws DataError if they cannot be made, or cannot be continued.
   */
  static async open(
    dir: string,
    split: SplitName,
    shape: Meta['shape'],
    rows = 0,
  ): Promise<SplitFiles> {
    const writers = new Map<string, NpyWriter>();
    try {
      if (rows === 0) await rm(join(dir, split), { recursive: true, force: true });
      await mkdir(join(dir, split), { recursive: true }).catch((error: unknown) => {
        throw new DataError(`Cannot make the folder ${join(dir, split)}: ${reasonOf(error)}.`);
      });
      for (const array of arraysOf(shape)) {
        const path = join(dir, arrayPath(split, array));
        const type = arrayType(shape, array);
        const full = arrayShape(shape, shape.counts[split], array);
        writers.set(
          array,
          rows > 0
            ? await NpyWriter.resume(path, type, full, rows)
            : await NpyWriter.create(path, type, full),
        );
      }
    } catch (error) {
      for (const writer of writers.values()) await writer.abandon();
      throw error;
    }
    return new SplitFiles(split, writers, rows);
  }

  async write(chunk: Chunk): Promise<void> {
    for (const [array, writer] of this.writers) await writer.write(chunk.arrays[array]!);
    this.rows += chunk.rows;
  }

  /** Brings all rows so far to the disk. */
  async checkpoint(): Promise<void> {
    for (const writer of this.writers.values()) await writer.checkpoint();
  }

  /** Finishes the files with the rows that they have. @returns what meta.json says of them. */
  async close(): Promise<Meta['files']> {
    const files: Meta['files'] = {};
    for (const [array, writer] of this.writers)
      files[arrayPath(this.split, array)] = await writer.close(this.rows);
    return files;
  }

  async abandon(): Promise<void> {
    for (const writer of this.writers.values()) await writer.abandon();
  }
}

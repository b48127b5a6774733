/** The array files of one part of a data set while they are written, all of them with the same examples. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chunk } from './chunks.ts';
import { DataError, reasonOf } from '../../core/errors.ts';
import { arrayPath, arrayShape, arrayType, arraysOf, type Meta } from './meta.ts';
import { NpyWriter } from '../../core/npyWriter.ts';
import type { Permutation } from '../../core/permutation.ts';
import { countOf, type PartName } from '../task.ts';

export class SplitFiles {
  /** Examples written so far. */
  examples: number;
  private readonly part: PartName;
  private readonly writers: Map<string, NpyWriter>;
  private readonly order: Permutation | undefined;

  private constructor(
    part: PartName,
    writers: Map<string, NpyWriter>,
    { examples, order }: { examples: number; order: Permutation | undefined },
  ) {
    this.part = part;
    this.writers = writers;
    this.examples = examples;
    this.order = order;
  }

  /**
   * Opens the files of a part below `dir`: new ones, or those there if `examples` are finished.
   * @param order of the rows; that of the examples if absent, whose number may then be found out last.
   * @throws DataError if they cannot be made, or cannot be continued.
   */
  static async open(
    dir: string,
    part: PartName,
    shape: Meta['shape'],
    { examples = 0, order }: { examples?: number; order?: Permutation } = {},
  ): Promise<SplitFiles> {
    const writers = new Map<string, NpyWriter>();
    try {
      if (examples === 0) await rm(join(dir, part), { recursive: true, force: true });
      await mkdir(join(dir, part), { recursive: true }).catch((error: unknown) => {
        throw new DataError(`Cannot make the folder ${join(dir, part)}: ${reasonOf(error)}.`);
      });
      for (const array of arraysOf(shape)) {
        const path = join(dir, arrayPath(part, array));
        const type = arrayType(shape, array);
        const full = arrayShape(shape, countOf(shape, part), array);
        writers.set(
          array,
          examples > 0
            ? await NpyWriter.resume(path, type, full)
            : await NpyWriter.create(path, type, full),
        );
      }
    } catch (error) {
      for (const writer of writers.values()) await writer.abandon();
      throw error;
    }
    return new SplitFiles(part, writers, { examples, order });
  }

  /** Writes the next examples into their rows. @throws DataError if there is no room. */
  write(chunk: Chunk): void {
    const { examples: first, order } = this;
    const rows = order
      ? Float64Array.from({ length: chunk.rows }, (_, i) => order.placeOf(first + i))
      : first;
    for (const [array, writer] of this.writers) writer.write(chunk.arrays[array]!, rows);
    this.examples += chunk.rows;
  }

  /** Brings all examples so far to the disk. */
  async checkpoint(): Promise<void> {
    for (const writer of this.writers.values()) await writer.checkpoint();
  }

  /** Finishes the files with the examples that they have. @returns what meta.json says of them. */
  async close(): Promise<Meta['files']> {
    const files: Meta['files'] = {};
    for (const [array, writer] of this.writers)
      files[arrayPath(this.part, array)] = await writer.close(this.examples);
    return files;
  }

  async abandon(): Promise<void> {
    for (const writer of this.writers.values()) await writer.abandon();
  }
}

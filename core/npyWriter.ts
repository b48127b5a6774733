/** Writing NPY files piece by piece, with a checksum and with checkpoints. */
import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { DataError, reasonOf } from './errors.ts';
import {
  blockBytes,
  bytesOf,
  encodeHeader,
  hashFile,
  product,
  readFully,
  swapped,
  types,
  type NpyArray,
  type NpyType,
} from './npy.ts';

/**
 * Writes an array in as many pieces as one likes; memory stays bounded. What was written up to a
 * checkpoint is on the disk, and another writer can go on from there.
 */
export class NpyWriter {
  readonly path: string;
  readonly type: NpyType;
  readonly shape: number[];
  private readonly file: FileHandle;
  private readonly hash: Hash = createHash('sha256');
  private readonly block = Buffer.allocUnsafe(blockBytes);
  private filled = 0;
  /** Bytes in the file. */
  private bytes = 0;

  private constructor(path: string, type: NpyType, shape: number[], file: FileHandle) {
    this.path = path;
    this.type = type;
    this.shape = shape;
    this.file = file;
  }

  /** @throws DataError if the file cannot be made, or is there already. */
  static async create(path: string, type: NpyType, shape: number[]): Promise<NpyWriter> {
    const file = await open(path, 'wx+').catch((error: unknown) => {
      throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
    });
    const writer = new NpyWriter(path, type, shape, file);
    await writer.push(encodeHeader(type, shape));
    return writer;
  }

  /**
   * Goes on with a file of which `rows` rows are finished; what follows them is cut off.
   * @throws DataError if it is not such a file.
   */
  static async resume(
    path: string,
    type: NpyType,
    shape: number[],
    rows: number,
  ): Promise<NpyWriter> {
    const file = await open(path, 'r+').catch((error: unknown) => {
      throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
    });
    try {
      const header = encodeHeader(type, shape);
      const size = header.length + rows * product(shape.slice(1)) * bytesOf(type);
      const writer = new NpyWriter(path, type, shape, file);
      const start = Buffer.alloc(header.length);
      await readFully(path, file, start, 0);
      if (!start.equals(header)) throw new DataError(`${path} has the header of another array.`);
      if ((await file.stat()).size < size)
        throw new DataError(`${path} has fewer rows than the ${rows} that were finished.`);
      await hashFile(path, file, size, writer.hash);
      await file.truncate(size);
      writer.bytes = size;
      return writer;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Adds the next numbers, in row-major order. */
  async write(numbers: NpyArray): Promise<void> {
    const typed =
      numbers instanceof types[this.type].array ? numbers : types[this.type].array.from(numbers);
    const view = Buffer.from(typed.buffer, typed.byteOffset, typed.byteLength);
    const big = endianness() === 'BE';
    await this.push(big ? swapped(Buffer.from(view), bytesOf(this.type)) : view);
  }

  private async push(bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      const copied = bytes.copy(this.block, this.filled, from);
      from += copied;
      this.filled += copied;
      if (this.filled === this.block.length) await this.flush();
    }
  }

  private async flush(): Promise<void> {
    const full = this.block.subarray(0, this.filled);
    await this.writeAt(full, this.bytes);
    this.hash.update(full);
    this.bytes += full.length;
    this.filled = 0;
  }

  private async writeAt(bytes: Buffer, position: number): Promise<void> {
    try {
      for (let from = 0; from < bytes.length;) {
        const { bytesWritten } = await this.file.write(bytes, from, undefined, position + from);
        from += bytesWritten;
      }
    } catch (error) {
      throw new DataError(`Cannot write ${this.path}: ${reasonOf(error)}.`);
    }
  }

  /** Brings everything so far to the disk, and not only into its cache. */
  async checkpoint(): Promise<void> {
    await this.flush();
    await this.file.sync().catch((error: unknown) => {
      throw new DataError(`Cannot write ${this.path}: ${reasonOf(error)}.`);
    });
  }

  /**
   * Finishes the file, on the disk and not only in its cache.
   * @param rows there are, where the shape given at the beginning did not know it yet.
   */
  async close(rows = this.shape[0]!): Promise<{ sha256: string; bytes: number }> {
    try {
      const shape = [rows, ...this.shape.slice(1)];
      const header = encodeHeader(this.type, shape);
      const expected = header.length + product(shape) * bytesOf(this.type);
      await this.flush();
      if (this.bytes !== expected)
        throw new DataError(
          `${this.path} got ${this.bytes} bytes where its shape (${shape.join(', ')}) needs ${expected}.`,
        );
      let { hash } = this;
      if (rows !== this.shape[0]) {
        // Of the same length, since headers are filled up to a multiple of 64 bytes.
        await this.writeAt(header, 0);
        hash = await hashFile(this.path, this.file, this.bytes);
      }
      await this.checkpoint();
      return { sha256: hash.digest('hex'), bytes: this.bytes };
    } finally {
      await this.file.close();
    }
  }

  /** Lets go of the file without finishing it. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
  }
}

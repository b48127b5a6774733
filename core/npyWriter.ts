/**
 * Writing NPY files in rows that come in any order, with checkpoints.
 *
 * The file has its full size from the beginning, unless its rows are not known yet. Small arrays are held in memory and written whole;
 * rows of larger ones go to their place in the file at once, so memory does not grow with the file.
 */
import { writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { DataError, reasonOf } from './errors.ts';
import { prod } from './math.ts';
import {
  bytesOf,
  encodeHeader,
  hashFile,
  readFully,
  swapped,
  types,
  type NpyArray,
  type NpyType,
} from './npy.ts';

/** Bytes up to which an array is held in memory while it is written. */
const heldBytes = 1 << 25;

export class NpyWriter {
  readonly path: string;
  readonly type: NpyType;
  readonly shape: number[];
  private readonly file: FileHandle;
  private readonly rowBytes: number;
  /** Bytes of the header. */
  private readonly start: number;
  /** The whole array, where it is small. */
  private readonly held: Buffer | undefined;

  private constructor(path: string, type: NpyType, shape: number[], file: FileHandle) {
    this.path = path;
    this.type = type;
    this.shape = shape;
    this.file = file;
    this.rowBytes = prod(shape.slice(1)) * bytesOf(type);
    this.start = encodeHeader(type, shape).length;
    const size = shape[0]! * this.rowBytes;
    if (size > 0 && size <= heldBytes) this.held = Buffer.alloc(size);
  }

  /** @throws DataError if the file cannot be made, or is there already. */
  static async create(path: string, type: NpyType, shape: number[]): Promise<NpyWriter> {
    const file = await open(path, 'wx+').catch((error: unknown) => {
      throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
    });
    const writer = new NpyWriter(path, type, shape, file);
    try {
      await writer.setSize();
      writer.writeAt(encodeHeader(type, shape), 0);
      return writer;
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  }

  /**
   * Goes on with a file that another writer has begun and brought to the disk.
   * @throws DataError if it is not such a file.
   */
  static async resume(path: string, type: NpyType, shape: number[]): Promise<NpyWriter> {
    const file = await open(path, 'r+').catch((error: unknown) => {
      throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
    });
    try {
      const header = encodeHeader(type, shape);
      const writer = new NpyWriter(path, type, shape, file);
      const found = Buffer.alloc(header.length);
      await readFully(path, file, found, 0);
      if (!found.equals(header)) throw new DataError(`${path} has the header of another array.`);
      if ((await file.stat()).size !== writer.size())
        throw new DataError(
          `${path} does not have the ${writer.size()} bytes that its shape needs.`,
        );
      if (writer.held) await readFully(path, file, writer.held, writer.start);
      return writer;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private size(rows = this.shape[0]!): number {
    return this.start + rows * this.rowBytes;
  }

  private async setSize(): Promise<void> {
    await this.file.truncate(this.size()).catch((error: unknown) => {
      throw new DataError(`Cannot write ${this.path}: ${reasonOf(error)}.`);
    });
  }

  /**
   * Writes rows.
   * @param numbers of the rows, row-major.
   * @param places of the rows in the file; a single number where they stand side by side from there.
   */
  write(numbers: NpyArray, places: number | ArrayLike<number>): void {
    const typed =
      numbers instanceof types[this.type].array ? numbers : types[this.type].array.from(numbers);
    const view = Buffer.from(typed.buffer, typed.byteOffset, typed.byteLength);
    const big = endianness() === 'BE';
    const bytes = big ? swapped(Buffer.from(view), bytesOf(this.type)) : view;
    if (typeof places === 'number') return this.put(bytes, places);
    for (let row = 0; row < places.length; row++)
      this.put(bytes.subarray(row * this.rowBytes, (row + 1) * this.rowBytes), places[row]!);
  }

  private put(bytes: Buffer, row: number): void {
    if (this.held) bytes.copy(this.held, row * this.rowBytes);
    else this.writeAt(bytes, this.size(row));
  }

  private writeAt(bytes: Buffer, position: number): void {
    try {
      for (let from = 0; from < bytes.length;)
        from += writeSync(this.file.fd, bytes, from, bytes.length - from, position + from);
    } catch (error) {
      throw new DataError(`Cannot write ${this.path}: ${reasonOf(error)}.`);
    }
  }

  /** Brings everything so far to the disk, and not only into its cache. */
  async checkpoint(): Promise<void> {
    if (this.held) this.writeAt(this.held, this.start);
    await this.file.sync().catch((error: unknown) => {
      throw new DataError(`Cannot write ${this.path}: ${reasonOf(error)}.`);
    });
  }

  /**
   * Finishes the file, on the disk and not only in its cache.
   * @param rows there are, where the shape given at the beginning had none yet.
   */
  async close(rows = this.shape[0]!): Promise<{ sha256: string; bytes: number }> {
    try {
      // Of the same length, since headers are filled up to a multiple of 64 bytes.
      if (rows !== this.shape[0])
        this.writeAt(encodeHeader(this.type, [rows, ...this.shape.slice(1)]), 0);
      await this.checkpoint();
      const bytes = this.size(rows);
      const hash = await hashFile(this.path, this.file, bytes);
      return { sha256: hash.digest('hex'), bytes };
    } finally {
      await this.file.close();
    }
  }

  /** Lets go of the file without finishing it. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
  }
}

/**
 * NumPy's file format NPY (numpy.lib.format, versions 1 to 3): arrays of numbers, row-major and
 * little-endian. Read whole or by rows; a reader believes nothing of the header before it agrees
 * with the size of the file. `npyWriter.ts` writes them.
 */
import { createHash, type Hash } from 'node:crypto';
import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { DataError, reasonOf } from './errors.ts';
import { prod } from './math.ts';

export const types = {
  u1: { array: Uint8Array, descr: '|u1' },
  i1: { array: Int8Array, descr: '|i1' },
  u2: { array: Uint16Array, descr: '<u2' },
  i2: { array: Int16Array, descr: '<i2' },
  u4: { array: Uint32Array, descr: '<u4' },
  i4: { array: Int32Array, descr: '<i4' },
  f4: { array: Float32Array, descr: '<f4' },
  f8: { array: Float64Array, descr: '<f8' },
} as const;

export type NpyType = keyof typeof types;
export type NpyArray<T extends NpyType = NpyType> = InstanceType<(typeof types)[T]['array']>;

export interface NpyHeader {
  type: NpyType;
  shape: number[];
  /** Bytes before the first number. */
  offset: number;
}

const magic = '\x93NUMPY';
/** Longest header that is looked at; NumPy's own are 118 bytes for arrays of few dimensions. */
const longestHeader = 65_536;
export const blockBytes = 1 << 20;

/** Bytes a number takes. */
export const bytesOf = (type: NpyType) => types[type].array.BYTES_PER_ELEMENT;

/** The smallest unsigned type that holds 0 to bound - 1. */
export function unsignedType(bound: number): 'u1' | 'u2' | 'u4' {
  return bound <= 0x100 ? 'u1' : bound <= 0x10000 ? 'u2' : 'u4';
}

/** An array of zeros of that type. */
export function allocate<T extends NpyType>(type: T, length: number): NpyArray<T> {
  return new types[type].array(length) as NpyArray<T>;
}

export function encodeHeader(type: NpyType, shape: number[]): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '${types[type].descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // NumPy pads so that the numbers begin at a multiple of 64 bytes.
  const text = dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11) + '\n';
  const header = Buffer.alloc(10 + text.length);
  header.write(magic, 'latin1');
  header[6] = 1;
  header.writeUInt16LE(text.length, 8);
  header.write(text, 10, 'latin1');
  return header;
}

function parseHeader(text: string): { type: NpyType; shape: number[] } | string {
  const dict = /^\{(.*)\}\s*$/s.exec(text)?.[1];
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(dict ?? '')?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(dict ?? '')?.[1];
  const sizes = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(dict ?? '')?.[1];
  if (descr === undefined || order === undefined || sizes === undefined)
    return 'its header is not one that NumPy writes';
  const type = (Object.keys(types) as NpyType[]).find(
    (name) => descr === types[name].descr || (bytesOf(name) === 1 && descr.slice(1) === name),
  );
  if (type === undefined)
    return `it holds numbers of type ${descr.slice(0, 20)}, expected one of ${Object.keys(types).join(', ')} (little-endian)`;
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  if (order === 'True' && shape.length > 1) return 'its order is column-major, expected row-major';
  return { type, shape };
}

/** Swaps to or from little-endian in place, on the machines that need it. */
export function swapped(bytes: Buffer, size: number): Buffer {
  if (endianness() === 'LE' || size === 1) return bytes;
  return size === 2 ? bytes.swap16() : size === 4 ? bytes.swap32() : bytes.swap64();
}

/** A whole array as the bytes of a file; its type is the one of `data`. */
export function encodeNpy(data: NpyArray, shape: number[]): Buffer {
  const type = (Object.keys(types) as NpyType[]).find((name) => data instanceof types[name].array)!;
  if (prod(shape) !== data.length)
    throw new RangeError(`${data.length} numbers do not fill the shape (${shape.join(', ')}).`);
  const header = encodeHeader(type, shape);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([header, swapped(Buffer.from(bytes), bytesOf(type))]);
}

/**
 * A whole array from the bytes of a file.
 * @throws DataError naming the file `path` and what is wrong with it
 */
export function decodeNpy(
  bytes: Uint8Array,
  path: string,
): { type: NpyType; shape: number[]; data: NpyArray } {
  const all = Buffer.copyBytesFrom(bytes);
  const { from, to } = textRange(path, all.subarray(0, 12), all.length);
  const { type, shape } = headerFrom(path, all.subarray(from, to), to, all.length);
  // A buffer of its own, because numbers of several bytes lie at multiples of their size.
  const { buffer } = new Uint8Array(swapped(all.subarray(to), bytesOf(type)));
  return { type, shape, data: new types[type].array(buffer) };
}

/** An array on disk, read by rows (first dimension) or whole. */
export class NpyFile {
  readonly path: string;
  readonly type: NpyType;
  readonly shape: number[];
  private readonly offset: number;
  private readonly file: FileHandle;

  private constructor(path: string, header: NpyHeader, file: FileHandle) {
    this.path = path;
    this.type = header.type;
    this.shape = header.shape;
    this.offset = header.offset;
    this.file = file;
  }

  /** @throws DataError naming the file and what is wrong with it. */
  static async open(path: string): Promise<NpyFile> {
    const file = await open(path, 'r').catch((error: unknown) => {
      throw new DataError(`Cannot read ${path}: ${reasonOf(error)}.`);
    });
    try {
      return new NpyFile(path, await readHeader(path, file), file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Numbers a row: the product of all dimensions but the first. */
  get rowLength(): number {
    return prod(this.shape.slice(1));
  }

  get rows(): number {
    return this.shape[0] ?? 1;
  }

  /** Rows `first` to `first + count - 1` as one array, row-major. */
  async read(first: number, count: number): Promise<NpyArray> {
    const rowBytes = this.rowLength * bytesOf(this.type);
    const bytes = Buffer.alloc(count * rowBytes);
    await readFully(this.path, this.file, bytes, this.offset + first * rowBytes);
    swapped(bytes, bytesOf(this.type));
    return new types[this.type].array(bytes.buffer, bytes.byteOffset, count * this.rowLength);
  }

  /** Rows at these places, one after the other, row-major. Reads without waiting for other work. */
  gather(places: ArrayLike<number>): NpyArray {
    const rowBytes = this.rowLength * bytesOf(this.type);
    const bytes = Buffer.alloc(places.length * rowBytes);
    for (let i = 0; i < places.length; i++) {
      const position = this.offset + places[i]! * rowBytes;
      for (let done = 0; done < rowBytes;) {
        const into = i * rowBytes + done;
        const read = readSync(this.file.fd, bytes, into, rowBytes - done, position + done);
        if (read === 0) throw new DataError(`${this.path} ended while it was read.`);
        done += read;
      }
    }
    swapped(bytes, bytesOf(this.type));
    return new types[this.type].array(
      bytes.buffer,
      bytes.byteOffset,
      places.length * this.rowLength,
    );
  }

  /** Bytes of the whole file. */
  async bytes(): Promise<number> {
    return (await this.file.stat()).size;
  }

  /** Checksum of the whole file as it is on the disk. */
  async sha256(): Promise<string> {
    const hash = await hashFile(this.path, this.file, await this.bytes());
    return hash.digest('hex');
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

const wrong = (path: string, what: string) =>
  new DataError(`${path} is not a whole NPY file: ${what}.`);

/** Bytes of a file of `size` bytes, from its first 12, between which the header's text lies. */
function textRange(path: string, start: Buffer, size: number): { from: number; to: number } {
  if (start.length < 12 || start.toString('latin1', 0, 6) !== magic)
    throw wrong(path, 'it does not begin with the magic bytes \\x93NUMPY');
  const version = start[6]!;
  if (version < 1 || version > 3)
    throw wrong(path, `its format version is ${version}, expected 1 to 3`);
  const from = version === 1 ? 10 : 12;
  const length = version === 1 ? start.readUInt16LE(8) : start.readUInt32LE(8);
  if (length > longestHeader)
    throw wrong(path, `its header claims ${length} bytes, at most ${longestHeader} are read`);
  if (from + length > size) throw wrong(path, `it ends inside its header, after ${size} bytes`);
  return { from, to: from + length };
}

/** The header whose text ends at `offset` of a file of `size` bytes, which it must account for. */
function headerFrom(path: string, text: Buffer, offset: number, size: number): NpyHeader {
  const header = parseHeader(text.toString('latin1'));
  if (typeof header === 'string') throw wrong(path, header);
  const expected = offset + prod(header.shape) * bytesOf(header.type);
  if (expected !== size)
    throw wrong(
      path,
      `it has ${size} bytes, but ${expected} are needed for ${header.type} of shape (${header.shape.join(', ')})`,
    );
  return { ...header, offset };
}

async function readHeader(path: string, file: FileHandle): Promise<NpyHeader> {
  const { size } = await file.stat();
  const start = Buffer.alloc(Math.min(size, 12));
  await readFully(path, file, start, 0);
  const { from, to } = textRange(path, start, size);
  const text = Buffer.alloc(to - from);
  await readFully(path, file, text, from);
  return headerFrom(path, text, to, size);
}

export async function readFully(
  path: string,
  file: FileHandle,
  into: Buffer,
  position: number,
): Promise<void> {
  for (let done = 0; done < into.length;) {
    const want = Math.min(into.length - done, 1 << 28);
    const { bytesRead } = await file
      .read(into, done, want, position + done)
      .catch((error: unknown) => {
        throw new DataError(`Cannot read ${path}: ${reasonOf(error)}.`);
      });
    if (bytesRead === 0) throw new DataError(`${path} ended while it was read.`);
    done += bytesRead;
  }
}

/** Feeds the first `size` bytes of a file to a hash. */
export async function hashFile(
  path: string,
  file: FileHandle,
  size: number,
  hash = createHash('sha256'),
): Promise<Hash> {
  const block = Buffer.allocUnsafe(Math.min(size, blockBytes));
  for (let at = 0; at < size; at += blockBytes) {
    const part = block.subarray(0, Math.min(blockBytes, size - at));
    await readFully(path, file, part, at);
    hash.update(part);
  }
  return hash;
}

/** Reads a whole array. @throws DataError naming the file and what is wrong with it. */
export async function readNpy(
  path: string,
): Promise<{ type: NpyType; shape: number[]; data: NpyArray }> {
  const file = await NpyFile.open(path);
  try {
    return { type: file.type, shape: file.shape, data: await file.read(0, file.rows) };
  } finally {
    await file.close();
  }
}

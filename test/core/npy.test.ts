import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NpyFile, allocate, encodeNpy, readNpy, type NpyType } from '../../core/npy.ts';
import { NpyWriter } from '../../core/npyWriter.ts';
import { temporaryFolder } from '../generators/support.ts';

const dir = temporaryFolder();
let files = 0;
const fresh = () => join(dir, `${files++}.npy`);

/** A file with this header text, in this version, before these bytes. */
function handmade(text: string, data: Buffer, version = 1): string {
  const size = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) size.writeUInt16LE(text.length);
  else size.writeUInt32LE(text.length);
  const path = fresh();
  writeFileSync(
    path,
    Buffer.concat([
      Buffer.from(`\x93NUMPY${String.fromCharCode(version, 0)}`, 'latin1'),
      size,
      Buffer.from(text),
      data,
    ]),
  );
  return path;
}

const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe('NPY', () => {
  it('is what NumPy writes', () => {
    // numpy.save of numpy.arange(6, dtype='uint16').reshape(2, 3).
    const expected = Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'),
      Buffer.from(`{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }`.padEnd(117) + '\n'),
      Buffer.from([0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0]),
    ]);
    expect(encodeNpy(Uint16Array.of(0, 1, 2, 3, 4, 5), [2, 3])).toEqual(expected);
  });

  it('gives back what was written, row by row from the last, and its checksum', async () => {
    const types: NpyType[] = ['u1', 'i1', 'u2', 'i2', 'u4', 'i4', 'f4', 'f8'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...types),
        fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 0, maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (type, numbers, columns) => {
          const rows = Math.floor(numbers.length / columns);
          const data = allocate(type, rows * columns);
          data.set(numbers.slice(0, data.length));
          const path = fresh();
          const writer = await NpyWriter.create(path, type, [rows, columns]);
          for (let row = rows - 1; row >= 0; row--)
            writer.write(data.subarray(row * columns, (row + 1) * columns), row);
          const { sha256, bytes } = await writer.close();
          const written = readFileSync(path);
          expect(written).toEqual(encodeNpy(data, [rows, columns]));
          expect(bytes).toBe(written.length);
          expect(sha256).toBe(createHash('sha256').update(written).digest('hex'));
          expect(await readNpy(path)).toEqual({ type, shape: [rows, columns], data });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is read by rows', async () => {
    const path = fresh();
    writeFileSync(
      path,
      encodeNpy(
        Int32Array.from({ length: 30 }, (_, i) => i - 7),
        [10, 3],
      ),
    );
    const file = await NpyFile.open(path);
    expect(Array.from(await file.read(4, 2))).toEqual([5, 6, 7, 8, 9, 10]);
    await file.close();
  });

  it('is read in the variants that NumPy allows', async () => {
    const data = Buffer.from([1, 0, 2, 0]);
    for (const path of [
      handmade(header('<u2', '(2,)'), data, 2),
      handmade(header('<u2', '(2,)'), data, 3),
      handmade(header('<u2', '(2,)', 'True'), data),
      handmade(
        `{"x": 1}`.replace('"x": 1', `'shape':(2,),'fortran_order':False,'descr':'<u2'`),
        data,
      ),
    ])
      expect((await readNpy(path)).data).toEqual(Uint16Array.of(1, 2));
  });

  it('that is cut off anywhere, or grown, is refused with the name of the file', async () => {
    const whole = encodeNpy(Uint16Array.of(1, 2, 3), [3]);
    for (let size = 0; size <= whole.length + 1; size++) {
      if (size === whole.length) continue;
      const path = fresh();
      writeFileSync(path, Buffer.concat([whole, Buffer.alloc(1)]).subarray(0, size));
      await expect(readNpy(path)).rejects.toThrow(path);
    }
  });

  it.each([
    [
      'not magic',
      () => {
        const path = fresh();
        writeFileSync(path, 'Hello, I am a text file.');
        return path;
      },
      'magic',
    ],
    ['unknown version', () => handmade(header('<u2', '(0,)'), Buffer.alloc(0), 9), 'version is 9'],
    [
      'gigantic header',
      () => {
        const path = handmade('x', Buffer.alloc(0), 2);
        const bytes = readFileSync(path);
        bytes.writeUInt32LE(0xffffffff, 8);
        writeFileSync(path, bytes);
        return path;
      },
      'claims 4294967295 bytes',
    ],
    [
      'gigantic shape',
      () => handmade(header('<u2', '(99999999999, 99999999999)'), Buffer.alloc(8)),
      'are needed for u2',
    ],
    [
      'overflowing shape',
      () => handmade(header('<u2', `(${'9'.repeat(400)},)`), Buffer.alloc(8)),
      'Infinity are needed',
    ],
    ['header that is no dict', () => handmade('import os', Buffer.alloc(8)), 'header'],
    ['objects', () => handmade(header('|O', '(1,)'), Buffer.alloc(8)), 'type |O'],
    ['big-endian', () => handmade(header('>i4', '(2,)'), Buffer.alloc(8)), 'type >i4'],
    [
      'column-major',
      () => handmade(header('<i4', '(1, 2)', 'True'), Buffer.alloc(8)),
      'column-major',
    ],
    ['missing', () => join(dir, 'none.npy'), 'does not exist'],
    ['folder', () => dir, 'folder'],
  ])('refuses: %s', async (_, path, message) => {
    const place = path();
    const reading = readNpy(place);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(place);
  });

  it('survives any damage of its header', async () => {
    const whole = encodeNpy(Uint16Array.of(1, 2, 3), [3]);
    await fc.assert(
      fc.asyncProperty(fc.nat(127), fc.nat(255), async (at, byte) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        const path = fresh();
        writeFileSync(path, bytes);
        const read = await readNpy(path).catch((error: unknown) => error as Error);
        if (read instanceof Error) expect(read.message).toContain(path);
        else expect(read.data.byteLength).toBe(6);
      }),
      { numRuns: 200 },
    );
  });

  it('notices a file that shrinks while it is read', async () => {
    const path = fresh();
    writeFileSync(path, encodeNpy(new Uint8Array(1000), [1000]));
    const file = await NpyFile.open(path);
    truncateSync(path, 500);
    await expect(file.read(0, 1000)).rejects.toThrow('ended while it was read');
    await file.close();
  });

  it('takes rows in any order, large arrays straight to the file, and goes on with the same bytes', async () => {
    for (const rows of [300, 9_000_000]) {
      const data = Int32Array.from({ length: rows }, (_, i) => (i * 7) % 1000);
      const path = fresh();
      const [first, second] = [Int32Array.of(2, 0, 1), Int32Array.of(rows - 1, 5)];
      const pick = (places: Int32Array) => places.map((place) => data[place]!);
      const writer = await NpyWriter.create(path, 'i4', [rows]);
      writer.write(pick(first), first);
      await writer.checkpoint();
      await writer.abandon();
      const resumed = await NpyWriter.resume(path, 'i4', [rows]);
      resumed.write(pick(second), second);
      resumed.write(data.subarray(3, 5), 3);
      resumed.write(data.subarray(6, rows - 1), 6);
      const { sha256 } = await resumed.close();
      const expected = encodeNpy(data, [rows]);
      expect(sha256).toBe(createHash('sha256').update(expected).digest('hex'));
      expect(readFileSync(path).equals(expected)).toBe(true);
    }
  });

  it('learns the number of rows at the end', async () => {
    const path = fresh();
    const writer = await NpyWriter.create(path, 'u2', [0, 2]);
    writer.write(Uint16Array.of(1, 2, 3, 4), 0);
    writer.write(Uint16Array.of(5, 6), 2);
    await writer.close(3);
    expect(await readNpy(path)).toEqual({
      ...{ type: 'u2', shape: [3, 2] },
      data: Uint16Array.of(1, 2, 3, 4, 5, 6),
    });
  });

  it('does not overwrite, nor go on with another array or a part of one', async () => {
    const path = fresh();
    const writer = await NpyWriter.create(path, 'u1', [4]);
    await writer.close();
    await expect(NpyWriter.create(path, 'u1', [4])).rejects.toThrow(path);
    await expect(NpyWriter.resume(path, 'u1', [5])).rejects.toThrow('header of another array');
    truncateSync(path, 130);
    await expect(NpyWriter.resume(path, 'u1', [4])).rejects.toThrow('the 132 bytes');
    expect(() => encodeNpy(Uint8Array.of(1), [2])).toThrow(RangeError);
  });
});

/**
 * A table of words in an NPY file (numpy.lib.format, versions 1 to 3), as NumPy saves lists of mixed
 * values: two-dimensional, UCS-4 strings of one length, in either byte order and row- or column-major.
 */
import { DataError } from '../../../core/errors.ts';

/** @throws DataError naming the file, if it is something else or not whole. */
export function wordTable(bytes: Buffer, path: string): string[][] {
  const wrong = (what: string) =>
    new DataError(
      `${path} is an NPY file, but no table of words: ${what}; expected lines of text.`,
    );
  if (bytes.length < 12) throw wrong('it ends inside its header');
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw wrong(`its format version is ${version}`);
  const text = version === 1 ? 10 : 12;
  const start = text + (version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  if (bytes.length < start) throw wrong('it ends inside its header');
  const header = bytes.toString('latin1', text, start);
  const descr = /'descr'\s*:\s*'([^']{0,20})'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d\s,]{0,40})\)/.exec(header)?.[1];
  const [, endian, length] = /^([<>=|]?)U(\d{1,4})$/.exec(descr ?? '') ?? [];
  if (length === undefined)
    throw wrong(`it holds ${descr ?? 'values'} that are no Unicode strings`);
  const shape = (sizes ?? '').split(',').flatMap((size) => (size.trim() ? [Number(size)] : []));
  if (order === undefined || shape.length !== 2) throw wrong(`its shape is (${sizes ?? ''})`);
  const [rows, columns] = shape as [number, number];
  const wordBytes = 4 * Number(length);
  const expected = start + wordBytes * rows * columns;
  if (bytes.length !== expected)
    throw wrong(
      `it has ${bytes.length} bytes, expected ${expected} for ${rows} x ${columns} words`,
    );
  const code = (at: number) => (endian === '>' ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const word = (index: number) => {
    let letters = '';
    const first = start + wordBytes * index;
    for (let at = first; at < first + wordBytes; at += 4) {
      const point = code(at);
      if (point === 0) break;
      letters += point < 0x80 ? String.fromCharCode(point) : '?';
    }
    return letters;
  };
  return Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_, c) =>
      word(order === 'True' ? c * rows + r : r * columns + c),
    ),
  );
}

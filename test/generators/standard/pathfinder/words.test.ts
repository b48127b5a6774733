import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordTable } from '../../../../generators/standard/pathfinder/words.ts';

const letters = 12;
interface Layout {
  version: 1 | 2 | 3;
  endian: '<' | '>';
  fortran: boolean;
}

/** An NPY file of these words in the given layout, as NumPy writes it. */
function encode(words: string[][], { version, endian, fortran }: Layout): Buffer {
  const [rows, columns] = [words.length, words[0]!.length];
  const order = fortran ? 'True' : 'False';
  const text = `{'descr': '${endian}U${letters}', 'fortran_order': ${order}, 'shape': (${rows}, ${columns}), }\n`;
  const head = Buffer.alloc(version === 1 ? 10 : 12);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(text.length, 8);
  else head.writeUInt32LE(text.length, 8);
  const body = Buffer.alloc(4 * letters * rows * columns);
  words.forEach((row, r) =>
    row.forEach((word, c) => {
      const first = 4 * letters * (fortran ? c * rows + r : r * columns + c);
      Array.from(word).forEach((letter, i) => {
        const code = letter.codePointAt(0)!;
        if (endian === '>') body.writeUInt32BE(code, first + 4 * i);
        else body.writeUInt32LE(code, first + 4 * i);
      });
    }),
  );
  return Buffer.concat([head, Buffer.from(text, 'latin1'), body]);
}

const layouts = fc.record<Layout>({
  version: fc.constantFrom(1, 2, 3),
  endian: fc.constantFrom('<', '>'),
  fortran: fc.boolean(),
});
const tables = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 11 }))
  .chain(([rows, columns]) => {
    const word = fc.stringMatching(/^[!-~]{0,12}$/);
    const row = fc.array(word, { minLength: columns, maxLength: columns });
    return fc.array(row, { minLength: rows, maxLength: rows });
  });

describe('a table of words in an NPY file', () => {
  it('is read in every layout that NumPy writes', () => {
    fc.assert(
      fc.property(tables, layouts, (words, layout) => {
        expect(wordTable(encode(words, layout), 'x.npy')).toEqual(words);
      }),
    );
  });

  it('is refused by a sentence that names it, where it is cut off anywhere', () => {
    const whole = encode([['a', 'b']], { version: 2, endian: '<', fortran: false });
    for (let end = 6; end < whole.length; end++)
      expect(() => wordTable(whole.subarray(0, end), 'x.npy')).toThrow(
        /^x\.npy is an NPY file, but no table of words: it (ends inside its header|has \d+ bytes)/,
      );
  });

  it.each([
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", 'it holds <f8 that are no'],
    ["{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }", 'its shape is (2,)'],
  ])('is refused where the header is %s', (text, message) => {
    const head = Buffer.from('\x93NUMPY\x01\x00__', 'latin1');
    head.writeUInt16LE(text.length, 8);
    const file = Buffer.concat([head, Buffer.from(text), Buffer.alloc(32)]);
    expect(() => wordTable(file, 'x.npy')).toThrow(message);
  });
});

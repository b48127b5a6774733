/**
 * Lines of a text file, plain or gzipped (by its name), one after the other. A file is data from
 * strangers: a line longer than it can be, a broken archive or text that is not UTF-8 is an error,
 * and no more than one line and one chunk are in memory at a time.
 *
 * Editors and converters leave marks that mean nothing, which are not part of a line here: a byte
 * order mark before the first line, several carriage returns at the end of a line (Python's csv module
 * writes two on Windows), and blank lines at the end of the file.
 */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DataError, reasonOf } from '../../core/errors.ts';

export interface Line {
  /** From 1. */
  number: number;
  /** Without the line's end: LF, after any number of carriage returns. */
  bytes: Buffer;
}

const [lineFeed, carriageReturn] = [10, 13];
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * @param longest bytes that a line may have.
 * @throws DataError naming the file, and the line where it is one.
 */
export async function* linesOf(path: string, longest: number): AsyncGenerator<Line> {
  const chunks = path.endsWith('.gz') ? createGunzip() : new PassThrough();
  const flow = pipeline(createReadStream(path), chunks);
  // Failures of the flow end the loop below with the same error.
  flow.catch(() => undefined);
  let number = 0;
  let begun: Buffer[] = [];
  let size = 0;
  const add = (part: Buffer) => {
    size += part.length;
    if (size > longest + 1)
      throw new DataError(
        `${path}, line ${number + 1} has more than the ${longest} bytes that a line can have.`,
      );
    begun.push(part);
  };
  const finish = (): Line => {
    number++;
    let bytes = begun.length === 1 ? begun[0]! : Buffer.concat(begun);
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === carriageReturn) end--;
    const marked = number === 1 && bytes.subarray(0, 3).equals(byteOrderMark);
    bytes = bytes.subarray(marked ? 3 : 0, end);
    if (!isUtf8(bytes))
      throw new DataError(`${path}, line ${number} is not valid UTF-8; get the file again.`);
    begun = [];
    size = 0;
    return { number, bytes };
  };
  let blank = 0;
  /** The line, after the blank lines before it, so that those at the end of the file never come. */
  function* due(line: Line): Generator<Line> {
    if (line.bytes.length === 0) {
      blank++;
      return;
    }
    for (; blank > 0; blank--) yield { number: line.number - blank, bytes: Buffer.alloc(0) };
    yield line;
  }
  try {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      let start = 0;
      for (let stop; (stop = chunk.indexOf(lineFeed, start)) >= 0; start = stop + 1) {
        add(chunk.subarray(start, stop));
        yield* due(finish());
      }
      if (start < chunk.length) add(chunk.subarray(start));
    }
    await flow;
    if (size > 0) yield* due(finish());
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`Cannot read ${path}: ${whatIsWrong(error)}.`);
  } finally {
    chunks.destroy();
  }
}

function whatIsWrong(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return 'it is cut off; get it again';
  if (code?.startsWith('Z_')) return `it is not a whole gzip file (${message}); get it again`;
  return reasonOf(error);
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../generators/sources/lines.ts';
import { temporaryFolder } from '../support.ts';

async function read(name: string, content: string | Buffer, longest = 100): Promise<string[]> {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  const lines: string[] = [];
  for await (const { number, bytes } of linesOf(path, longest)) {
    lines.push(bytes.toString());
    expect(number).toBe(lines.length);
  }
  return lines;
}

describe('lines', () => {
  it('end with LF or CRLF, the last one also with the file', async () => {
    const text = 'a\tb\r\n\nÄ word\nlast';
    expect(await read('x.tsv', text)).toEqual(['a\tb', '', 'Ä word', 'last']);
    expect(await read('x.tsv', text + '\n')).toEqual(['a\tb', '', 'Ä word', 'last']);
    expect(await read('x.tsv.gz', gzipSync(text))).toEqual(['a\tb', '', 'Ä word', 'last']);
    expect(await read('x.tsv', '')).toEqual([]);
  });

  it('have no byte order mark, no carriage returns and no blank lines at the end', async () => {
    expect(await read('x.tsv', '\ufeffa\tb\r\r\nc\r\r\n')).toEqual(['a\tb', 'c']);
    expect(await read('x.tsv', 'a\n\r\n\n')).toEqual(['a']);
    expect(await read('x.tsv', 'a\n\n\nb\n\n')).toEqual(['a', '', '', 'b']);
    expect(await read('x.tsv', 'a\n\ufeffb\n')).toEqual(['a', '\ufeffb']);
  });

  it('go over the bounds of chunks', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `${i} ${'ö'.repeat(i % 90)}`);
    expect(await read('x.tsv.gz', gzipSync(lines.join('\n')), 300)).toEqual(lines);
  });

  it('are refused where they are too long, before they are whole', async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20, 'x'));
    await expect(read('x.gz', bomb)).rejects.toThrow(/x\.gz, line 1 has more than the 100 bytes/);
    expect(await read('x', `${'x'.repeat(100)}\r\n`)).toHaveLength(1);
    await expect(read('x', `${'x'.repeat(102)}\n`)).rejects.toThrow('line 1 has more than the 100');
  });

  it.each([
    ['x', Buffer.from([10, 0xff, 10]), 'line 2 is not valid UTF-8'],
    ['x.gz', gzipSync('a line\n'.repeat(1000)).subarray(0, 30), 'it is cut off'],
    ['x.gz', Buffer.from('not gzip'), 'it is not a whole gzip file'],
  ])('%s with wrong bytes are refused', async (name, content, message) => {
    await expect(read(name, content)).rejects.toThrow(message);
  });
});

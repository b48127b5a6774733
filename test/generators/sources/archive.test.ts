import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { archivedFiles } from '../../../generators/sources/archive.ts';
import { archive, temporaryFolder } from '../support.ts';

const dir = temporaryFolder();
let files = 0;

function file(bytes: Buffer): string {
  const path = join(dir, `${files++}.tar.gz`);
  writeFileSync(path, bytes);
  return path;
}

async function read(
  path: string,
  wanted = (name: string) => name.endsWith('.txt'),
  largest = 1000,
) {
  const found: Record<string, string> = {};
  for await (const { path: name, bytes } of archivedFiles(path, wanted, largest))
    found[name] = bytes.toString();
  return found;
}

describe('an archive', () => {
  it('gives the files that are wanted, and skips the rest whatever its size', async () => {
    const path = file(
      await archive({ 'a/1.txt': 'one', 'a/big.bin': Buffer.alloc(200_000), './a/2.txt': 'two' }),
    );
    expect(await read(path)).toEqual({ 'a/1.txt': 'one', 'a/2.txt': 'two' });
  });

  it('may be left early', async () => {
    const path = file(await archive({ '1.txt': 'one', '2.txt': Buffer.alloc(900_000) }));
    for await (const { path: name } of archivedFiles(path, () => true, 1e6)) {
      expect(name).toBe('1.txt');
      break;
    }
  });

  it.each(['../../etc/passwd.txt', '/etc/passwd.txt', 'a/../../b.txt', '..\\b.txt'])(
    'with the path %s is refused',
    async (name) => {
      const path = file(await archive({ [name]: 'x' }));
      await expect(read(path)).rejects.toThrow('leads out of its folder');
      await expect(read(path)).rejects.toThrow(path);
    },
  );

  it('that claims a gigantic file is refused before it is read', async () => {
    const tar = gunzipSync(await archive({ 'a.txt': 'x' }));
    tar.write('77777777777\0', 124, 'latin1'); // size: 8 GB, octal
    let sum = 8 * 32;
    for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += tar[i]!;
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    await expect(read(file(gzipSync(tar)))).rejects.toThrow('claims 8589934591 bytes for a.txt');
  });

  it('is refused where it is cut off, at any place', async () => {
    const whole = await archive({ 'a.txt': 'x'.repeat(500), 'b.txt': 'y' });
    for (const size of [5, 30, whole.length - 9, whole.length - 1])
      await expect(read(file(whole.subarray(0, size)))).rejects.toThrow('it is cut off');
    const tar = gunzipSync(whole).subarray(0, 700);
    await expect(read(file(gzipSync(tar)))).rejects.toThrow('it is cut off');
  });

  it('is refused where it is something else', async () => {
    await expect(read(file(Buffer.from('<html>404</html>')))).rejects.toThrow(
      'not a whole gzip file',
    );
    await expect(read(file(gzipSync(Buffer.alloc(2000, 'x'))))).rejects.toThrow(
      'not a tar archive',
    );
    const damaged = await archive({ 'a.txt': 'x'.repeat(500) });
    damaged[damaged.length - 6]! ^= 1;
    await expect(read(file(damaged))).rejects.toThrow('not a whole gzip file');
    await expect(read(join(dir, 'none.tar.gz'))).rejects.toThrow('does not exist');
    await expect(read(dir)).rejects.toThrow('it is a folder');
  });

  it('gives links and folders to nobody', async () => {
    const tar = pack();
    tar.entry({ name: 'a.txt', type: 'symlink', linkname: '/etc/passwd' });
    tar.entry({ name: 'b.txt', type: 'directory' });
    tar.finalize();
    const parts: Buffer[] = [];
    for await (const part of tar) parts.push(part as Buffer);
    expect(await read(file(gzipSync(Buffer.concat(parts))))).toEqual({});
  });
});

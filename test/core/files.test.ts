import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimFile, removeTemporaries, writeWhole } from '../../core/files.ts';
import { temporaryFolder } from '../generators/support.ts';

const dir = temporaryFolder();

describe('a file that a user names', () => {
  it('is new, or replaced only by force', async () => {
    const path = join(dir, 'x.csv');
    await claimFile(path, false);
    await writeWhole(path, 'one');
    await expect(claimFile(path, false)).rejects.toThrow(
      `${path} exists: name a new file, or replace it with --force.`,
    );
    await claimFile(path, true);
  });

  it('is no folder and no device, by force or not, and these stay', async () => {
    mkdirSync(join(dir, 'folder'));
    for (const [path, kind] of [
      [join(dir, 'folder'), 'a folder'],
      ['/dev/null', 'a device or a pipe'],
    ] as const) {
      await expect(claimFile(path, true)).rejects.toThrow(`${path} is ${kind}, expected a file`);
      await expect(writeWhole(path, 'x')).rejects.toThrow(`${path} is ${kind}`);
    }
    expect(existsSync('/dev/null')).toBe(true);
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('is written where a link leads, and the link stays', async () => {
    const [target, link] = [join(dir, 'target.txt'), join(dir, 'link.txt')];
    writeFileSync(target, 'old');
    symlinkSync(target, link);
    await writeWhole(link, 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });
});

describe('what a killed process left', () => {
  it('is removed, and nothing else', async () => {
    const path = join(dir, 'left', 'a.npy');
    await writeWhole(path, 'whole');
    const others = ['b.npy.tmp-7', 'a.npy.broken'].map((name) => join(dir, 'left', name));
    for (const other of [...others, `${path}.tmp-7`, `${path}.tmp-12`]) writeFileSync(other, 'x');
    await removeTemporaries([path, join(dir, 'nowhere', 'c')]);
    expect([path, ...others].filter((file) => !existsSync(file))).toEqual([]);
    expect(existsSync(`${path}.tmp-7`) || existsSync(`${path}.tmp-12`)).toBe(false);
  });
});

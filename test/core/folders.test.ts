import {
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolders, realPlace, tryFolder } from '../../core/folders.ts';
import { temporaryFolder } from '../generators/support.ts';

const root = realpathSync(temporaryFolder());

describe('folders', () => {
  it('are made with those above them, by many at a time', async () => {
    const path = join(root, 'a/b/c');
    await Promise.all(Array.from({ length: 8 }, () => makeFolders(path)));
    expect(statSync(path).isDirectory()).toBe(true);
    await makeFolders(path);
  });

  it('are refused below a file and where no folder can be made, without waiting', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(makeFolders(join(root, 'file/x'))).rejects.toThrow('file is a file');
    if (process.platform === 'linux')
      await expect(makeFolders('/proc/none/x')).rejects.toThrow(
        'Cannot make the folder /proc/none: no folder can be made in /proc; name another place.',
      );
  });
});

describe('a folder for results', () => {
  it('is made and left empty, or refused with its path and the reason', async () => {
    const path = join(root, 'results/new');
    await tryFolder(path, 'records');
    expect(readdirSync(path)).toEqual([]);
    if (process.platform === 'linux')
      await expect(tryFolder('/proc', 'records')).rejects.toThrow(
        'The folder for records, /proc, cannot be written: ',
      );
  });
});

describe('the place that a path leads to', () => {
  it('follows links to folders, also above what does not exist yet', async () => {
    mkdirSync(join(root, 'target'));
    symlinkSync(join(root, 'target'), join(root, 'link'));
    expect(await realPlace(join(root, 'link'))).toBe(join(root, 'target'));
    expect(await realPlace(join(root, 'link/new/x'))).toBe(join(root, 'target/new/x'));
    expect(await realPlace(join(root, 'new'))).toBe(join(root, 'new'));
  });

  it('is none for a link that leads nowhere', async () => {
    symlinkSync(join(root, 'missing'), join(root, 'dangling'));
    await expect(realPlace(join(root, 'dangling'))).rejects.toThrow('is a link to something');
  });
});

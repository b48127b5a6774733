import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isLocked, tryLock } from '../../../evaluate/runs/lock.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach-lock-'));
  path = join(folder, 'locks', 'a');
});
afterEach(() => rm(folder, { recursive: true }));

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid!;
}

const holder = (pid: number, host = hostname()) => JSON.stringify({ host, pid });

it('is held by one, and free after release', async () => {
  expect(await isLocked(path)).toBe(false);
  const lock = await tryLock(path);
  expect(lock).toBeDefined();
  expect(await isLocked(path)).toBe(true);
  expect(await tryLock(path)).toBeUndefined();
  await lock!.release();
  expect(await isLocked(path)).toBe(false);
  expect(await tryLock(path)).toBeDefined();
});

it('goes to one of many who ask at once, also where a dead process left it', async () => {
  for (const left of [undefined, holder(await deadPid())]) {
    if (left !== undefined) await writeFile(path, left);
    const locks = await Promise.all(Array.from({ length: 20 }, () => tryLock(path)));
    const held = locks.filter((lock) => lock !== undefined);
    expect(held).toHaveLength(1);
    expect(await readFile(path, 'utf8')).toBe(holder(process.pid));
    await held[0]!.release();
  }
  expect(await readdir(join(folder, 'locks'))).toEqual([]);
});

it('of another machine is respected until it was not touched for a while', async () => {
  const first = await tryLock(path);
  await first!.release();
  await writeFile(path, holder(1, 'another-machine'));
  expect(await tryLock(path)).toBeUndefined();
  const before = new Date(Date.now() - 100_000);
  await utimes(path, before, before);
  expect(await isLocked(path)).toBe(false);
  expect(await tryLock(path)).toBeDefined();
});

it('that is not yet written is somebody’s', async () => {
  const first = await tryLock(path);
  await first!.release();
  await writeFile(path, '');
  expect(await tryLock(path)).toBeUndefined();
});

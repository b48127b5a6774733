import { spawn } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { acquireLock, isLocked, tryLock } from '../../core/lock.ts';
import { temporaryFolder } from '../generators/support.ts';

const dir = temporaryFolder();
let locks = 0;
const fresh = () => join(dir, `lock${locks++}`);
const left = (pid: number, host = hostname(), token = 'theirs') =>
  JSON.stringify({ pid, host, token });
const elsewhere = left(1, `not-${hostname()}`);
const longAgo = new Date(Date.now() - 100_000);

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid!;
}

describe('a lock', () => {
  it('is held by one at a time, and handed on', async () => {
    const path = fresh();
    const held: number[] = [];
    let inside = 0;
    await Promise.all(
      [0, 1, 2, 3].map(async (who) => {
        const lock = await acquireLock(path);
        expect(++inside).toBe(1);
        await lock.verify();
        await new Promise((done) => setTimeout(done, 5));
        held.push(who);
        inside--;
        await lock.release();
      }),
    );
    expect(held.sort()).toEqual([0, 1, 2, 3]);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is seen as long as it is held', async () => {
    const path = fresh();
    expect(await isLocked(path)).toBe(false);
    const lock = await tryLock(path);
    expect(await isLocked(path)).toBe(true);
    expect(await tryLock(path)).toBeUndefined();
    await lock!.release();
    expect(await isLocked(path)).toBe(false);
    expect(await tryLock(path)).toBeDefined();
  });

  it('goes to one of many who ask at once, again and again, wherever a dead process left it', async () => {
    const pid = await deadPid();
    for (let round = 0; round < 100; round++) {
      const path = fresh();
      if (round > 0) writeFileSync(path, left(pid, hostname(), `dead-${round}`));
      // Who was to succeed died of it, too.
      if (round % 3 === 1) writeFileSync(`${path}.after-dead-${round}`, left(pid));
      const all = await Promise.all(Array.from({ length: 20 }, () => tryLock(path)));
      const held = all.filter((lock) => lock !== undefined);
      expect(held).toHaveLength(1);
      expect(await held[0]!.isHeld()).toBe(true);
      await held[0]!.release();
      expect(readdirSync(dir).filter((name) => join(dir, name).startsWith(path))).toEqual([]);
    }
  });

  it('tells whose place it takes', async () => {
    const path = fresh();
    const pid = await deadPid();
    writeFileSync(path, left(pid));
    const dead: unknown[] = [];
    const lock = await tryLock(path, (holder) => dead.push(holder?.pid));
    expect(dead).toEqual([pid]);
    await lock!.release();
  });

  it('is cleared of what others left that died while they tried to take it', async () => {
    const path = fresh();
    const pid = await deadPid();
    for (const name of [`${path}-theirs`, `${path}.after-gone`]) writeFileSync(name, left(pid));
    const lock = await tryLock(path, () => expect.unreachable('it was free'));
    const names = readdirSync(dir).filter((name) => join(dir, name).startsWith(path));
    expect(names.map((name) => join(dir, name))).toEqual([path]);
    await lock!.release();
  });

  it('is not waited for any longer than is wanted', async () => {
    const path = fresh();
    const lock = await acquireLock(path);
    const stop = new AbortController();
    const waiting = acquireLock(path, {
      signal: stop.signal,
      onWait: (holder) => {
        expect(holder).toMatchObject({ pid: process.pid, host: hostname() });
        stop.abort(new Error('enough'));
      },
    });
    await expect(waiting).rejects.toThrow('enough');
    await lock.release();
  });

  it('of another machine is respected while it is touched, and dead when it is not', async () => {
    const path = fresh();
    writeFileSync(path, elsewhere);
    let beats = 0;
    const alive = setInterval(() => {
      utimesSync(path, new Date(), new Date());
      if (++beats === 8) clearInterval(alive);
    }, 50);
    const started = performance.now();
    const lock = await acquireLock(path, { patience: 1500 });
    expect(beats).toBe(8);
    expect(performance.now() - started).toBeGreaterThan(1500);
    await lock.release();
    expect(existsSync(path)).toBe(false);
  });

  it('of another machine is dead after 90 seconds', async () => {
    const path = fresh();
    writeFileSync(path, elsewhere);
    expect([await isLocked(path), await tryLock(path)]).toEqual([true, undefined]);
    utimesSync(path, longAgo, longAgo);
    expect(await isLocked(path)).toBe(false);
    expect(await tryLock(path)).toBeDefined();
  });

  it('of this process from an earlier life is dead at once', async () => {
    const path = fresh();
    writeFileSync(path, left(process.pid));
    await (await tryLock(path))!.release();
  });

  it('that is not yet written, or damaged, is somebody’s until it is old', async () => {
    for (const text of ['', 'null', '{"pid":1', left(1, hostname(), '../elsewhere')]) {
      const path = fresh();
      writeFileSync(path, text);
      expect(await tryLock(path)).toBeUndefined();
      utimesSync(path, longAgo, longAgo);
      await (await tryLock(path))!.release();
    }
  });

  it('is touched without a change of what it says', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const path = fresh();
      const lock = (await tryLock(path))!;
      const text = readFileSync(path, 'utf8');
      utimesSync(path, longAgo, longAgo);
      vi.advanceTimersByTime(15_000);
      await vi.waitFor(() => expect(statSync(path).mtimeMs).toBeGreaterThan(Date.now() - 50_000));
      expect(readFileSync(path, 'utf8')).toBe(text);
      await lock.release();
    } finally {
      vi.useRealTimers();
    }
  });

  it('that was taken over is noticed, and not taken away from its new holder', async () => {
    const path = fresh();
    const lock = (await tryLock(path))!;
    writeFileSync(path, elsewhere);
    await expect(lock.verify()).rejects.toThrow('Another process has taken over');
    await lock.release();
    expect(existsSync(path)).toBe(true);
  });
});

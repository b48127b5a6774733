import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../generators/lock.ts';
import { temporaryFolder } from './support.ts';

const dir = temporaryFolder();
let locks = 0;
const fresh = () => join(dir, `lock${locks++}`);
const elsewhere = JSON.stringify({ pid: 1, host: `not-${hostname()}`, token: 'theirs' });

describe('a lock', () => {
  it('is held by one at a time, and handed on', async () => {
    const path = fresh();
    const held: number[] = [];
    let inside = 0;
    await Promise.all(
      [0, 1, 2, 3].map(async (who) => {
        const lock = (await acquireLock(path))!;
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

  it('is not waited for if that is not wanted, or no longer', async () => {
    const path = fresh();
    const lock = (await acquireLock(path))!;
    expect(await acquireLock(path, { wait: false })).toBeUndefined();
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

  it('of another machine is respected while its time moves, and dead when it stands still', async () => {
    const path = fresh();
    writeFileSync(path, elsewhere);
    let beats = 0;
    const alive = setInterval(() => {
      const now = new Date(Date.now() + ++beats * 1000);
      utimesSync(path, now, now);
      if (beats === 8) clearInterval(alive);
    }, 50);
    const started = performance.now();
    const lock = (await acquireLock(path, { patience: 1500 }))!;
    expect(beats).toBe(8);
    expect(performance.now() - started).toBeGreaterThan(1500);
    await lock.release();
    expect(existsSync(path)).toBe(false);
  });

  it('of this process from an earlier life is dead at once', async () => {
    const path = fresh();
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), token: 'old' }));
    await (await acquireLock(path))!.release();
  });

  it('that was taken over is noticed, and not taken away from its new holder', async () => {
    const path = fresh();
    const lock = (await acquireLock(path))!;
    writeFileSync(path, elsewhere);
    await expect(lock.verify()).rejects.toThrow('Another process has taken over');
    await lock.release();
    expect(existsSync(path)).toBe(true);
  });
});

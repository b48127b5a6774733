/**
 * One run, one worker: a lock is a file made by exclusive create, which says who holds it and is
 * touched while he lives. So processes, and machines that share a file system, divide a manifest
 * among themselves without a manager.
 *
 * A lock is stale where its process is gone from this machine, or where it was not touched for a
 * while (another machine's, that died).
 */
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

/** Seconds after which an untouched lock is nobody's, and between two touches. */
const staleAfter = 90;
const touchEvery = 15;

export interface Lock {
  release(): Promise<void>;
}

/** Takes the lock at `path`; undefined where somebody holds it. */
export async function tryLock(path: string): Promise<Lock | undefined> {
  await mkdir(dirname(path), { recursive: true });
  if (!(await create(path)) && !((await clearStale(path)) && (await create(path)))) {
    return undefined;
  }
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, touchEvery * 1000);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      await rm(path, { force: true });
    },
  };
}

/** Whether somebody alive holds the lock at `path`. */
export async function isLocked(path: string): Promise<boolean> {
  const holder = await readHolder(path);
  return holder !== undefined && !isStale(holder);
}

interface Holder {
  text: string;
  /** Seconds since the last touch. */
  age: number;
}

async function create(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(JSON.stringify({ host: hostname(), pid: process.pid }));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const { mtimeMs } = await stat(path);
    return { text: await readFile(path, 'utf8'), age: (Date.now() - mtimeMs) / 1000 };
  } catch {
    return undefined;
  }
}

function isStale({ text, age }: Holder): boolean {
  if (age > staleAfter) return true;
  let who: { host?: unknown; pid?: unknown };
  try {
    who = JSON.parse(text) as typeof who;
  } catch {
    // Made a moment ago and not yet written, or cut off: age will tell.
    return false;
  }
  return who.host === hostname() && typeof who.pid === 'number' && !isAlive(who.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Moves a stale lock away; of two that try, the one that moved a fresh lock puts it back. */
async function clearStale(path: string): Promise<boolean> {
  const found = await readHolder(path);
  if (!found) return true;
  if (!isStale(found)) return false;
  const aside = `${path}.stale-${hostname()}-${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
  const moved = await readFile(aside, 'utf8').catch(() => '');
  const mine = moved === found.text;
  if (!mine) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  return mine;
}

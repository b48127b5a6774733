/**
 * A lock between processes, on one machine or on several that share a disk: a file that only one of
 * them can make, and whose time of change the holder moves on as long as it lives. A lock is dead
 * if its process is no longer there, or if its time has not moved while somebody waited for it.
 */
import { randomUUID } from 'node:crypto';
import {
  constants,
  copyFile,
  link,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataError } from './errors.ts';

/** Who holds a lock. */
export interface Holder {
  pid: number;
  host: string;
  token: string;
}

export interface Lock {
  isHeld(): Promise<boolean>;
  /** @throws DataError if another process has taken the lock over meanwhile. */
  verify(): Promise<void>;
  /** Gives the lock up, if it is still held. */
  release(): Promise<void>;
}

/** Milliseconds between two signs of life, and without any until a lock counts as dead. */
const beat = 10_000;
const patience = 60_000;
/** Milliseconds between two looks at a lock that somebody else holds. */
const pause = { first: 20, longest: 500 };

/** Tokens of the locks that this process holds. */
const mine = new Set<string>();

/**
 * Takes a lock, or waits until its holder gives it up or dies.
 * @param options.patience milliseconds without a sign of life after which a lock is dead.
 * @param options.wait whether to wait for a holder that lives; true if absent.
 * @param options.onWait told once whom it is that one waits for.
 * @returns undefined if somebody holds it who is not waited for.
 * @throws the system's error if the file cannot be made, such as ENOENT without its folder.
 */
export async function acquireLock(
  path: string,
  options: {
    wait?: boolean;
    onWait?: ((holder: Holder | undefined) => void) | undefined;
    signal?: AbortSignal | undefined;
    patience?: number;
  } = {},
): Promise<Lock | undefined> {
  let seen = { at: -1, since: performance.now() };
  for (let waits = 0; ; waits++) {
    options.signal?.throwIfAborted();
    const lock = await create(path);
    if (lock) return lock;
    const at = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (at === undefined) continue;
    const holder = await holderOf(path);
    if (at !== seen.at) seen = { at, since: performance.now() };
    if (isGone(holder) || performance.now() - seen.since > (options.patience ?? patience)) {
      await remove(path, holder);
      continue;
    }
    if (options.wait === false) return undefined;
    if (waits === 0) options.onWait?.(holder);
    await sleep(Math.min(pause.longest, pause.first * 1.3 ** waits));
  }
}

/** Makes the lock, with its holder's name in it from the first moment on. */
async function create(path: string): Promise<Lock | undefined> {
  const holder: Holder = { pid: process.pid, host: hostname(), token: randomUUID() };
  const named = `${path}-${holder.token}`;
  mine.add(holder.token);
  try {
    await writeFile(named, JSON.stringify(holder));
    await link(named, path).catch((error: NodeJS.ErrnoException) => {
      // Not every file system has links.
      if (['EEXIST', 'ENOENT'].includes(error.code!)) throw error;
      return copyFile(named, path, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    mine.delete(holder.token);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    await rm(named, { force: true });
  }
  const alive = setInterval(() => {
    const now = new Date();
    void utimes(path, now, now).catch(() => undefined);
  }, beat);
  alive.unref();
  const isHeld = async () => (await holderOf(path))?.token === holder.token;
  return {
    isHeld,
    async verify() {
      if (await isHeld()) return;
      throw new DataError(
        `Another process has taken over what this one was making (${path}); it goes on there.`,
      );
    },
    async release() {
      clearInterval(alive);
      if (await isHeld()) await rm(path, { force: true });
      mine.delete(holder.token);
    },
  };
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Holder;
    return typeof holder.token === 'string' ? holder : undefined;
  } catch {
    // Gone, or damaged: then only time tells.
    return undefined;
  }
}

/** Whether the holder was a process of this machine that is no longer there. */
function isGone(holder: Holder | undefined): boolean {
  if (holder?.host !== hostname()) return false;
  if (holder.pid === process.pid) return !mine.has(holder.token);
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Removes a dead lock; one that somebody has made in its place meanwhile is put back. */
async function remove(path: string, dead: Holder | undefined): Promise<void> {
  const aside = `${path}-${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await holderOf(aside);
  if (moved && moved.token !== dead?.token) await rename(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

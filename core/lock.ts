/**
 * A lock between processes, on one machine or on several that share a disk, so that they divide work
 * without a manager. A lock is a file that only one process can make; it names its holder, which
 * touches it as long as it lives.
 *
 * A lock is dead if its process is gone from this machine, or if it was not touched for a while. To
 * replace a dead lock, a process first acquires `<lock>.after-<token of the dead lock>`; so a lock that
 * was made in the meantime is never moved, and two processes never hold one. Ages are differences of
 * two times of the file system, so the clocks of machines need not agree.
 */
import { randomUUID } from 'node:crypto';
import {
  constants,
  copyFile,
  link,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
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

/** Milliseconds between two touches, and without a touch until a lock is dead. */
const beat = 15_000;
const patience = 90_000;
/** Milliseconds between two looks at a lock that somebody else holds. */
const pause = { first: 20, longest: 500 };

/** Tokens of the locks that this process holds. */
const mine = new Set<string>();

/**
 * Takes a lock, if nobody alive holds it.
 * @param onDead told whose lock was dead and is taken over.
 * @throws the system's error if the file cannot be made, such as ENOENT without its folder.
 */
export async function tryLock(
  path: string,
  onDead?: (holder: Holder | undefined) => void,
): Promise<Lock | undefined> {
  const taken = await take(path, { onDead });
  return 'release' in taken ? taken : undefined;
}

/**
 * Takes a lock, or waits until its holder gives it up or dies.
 * @param options.patience milliseconds without a touch after which a lock is dead.
 * @param options.onWait told once whom it is that one waits for.
 * @throws the reason of `options.signal` once that is aborted; otherwise as `tryLock`.
 */
export async function acquireLock(
  path: string,
  options: {
    onWait?: ((holder: Holder | undefined) => void) | undefined;
    signal?: AbortSignal | undefined;
    patience?: number;
  } = {},
): Promise<Lock> {
  for (let waits = 0; ; waits++) {
    options.signal?.throwIfAborted();
    const taken = await take(path, options);
    if ('release' in taken) return taken;
    if (waits === 0) options.onWait?.(taken.holder);
    await sleep(Math.min(pause.longest, pause.first * 1.3 ** waits));
  }
}

/** Who holds the lock, if that can be told. */
export async function holderOf(path: string): Promise<Holder | undefined> {
  return (await look(path))?.holder;
}

/** Whether somebody alive holds the lock, as far as can be told without writing. */
export async function isLocked(path: string): Promise<boolean> {
  const found = await look(path);
  return found !== undefined && !isDead(found, Date.now());
}

/** The lock that is found at a path. */
interface Found {
  /** Undefined if unreadable; then only the file's age can show that it is stale. */
  holder: Holder | undefined;
  /** Milliseconds since 1970, by the clock of the file system. */
  touched: number;
  /** Unique to this lock. */
  token: string;
}

/** Takes the lock that is free or dead, with its holder's name in it from the first moment on. */
async function take(
  path: string,
  {
    patience,
    onDead,
  }: { patience?: number; onDead?: ((holder: Holder | undefined) => void) | undefined } = {},
): Promise<Lock | Found> {
  const holder: Holder = { pid: process.pid, host: hostname(), token: randomUUID() };
  const named = `${path}-${holder.token}`;
  mine.add(holder.token);
  let lock: Lock | undefined;
  try {
    await writeFile(named, JSON.stringify(holder));
    for (;;) {
      if (await putWhereNothingIs(named, path)) break;
      const found = await look(path);
      if (!found) continue;
      const { mtimeMs: now } = await stat(named);
      if (!isDead(found, now, patience)) return found;
      if (await succeed(named, path, found)) {
        onDead?.(found.holder);
        break;
      }
      return found;
    }
    lock = await held(path, holder);
    await sweep(path).catch(() => undefined);
    return lock;
  } finally {
    await rm(named, { force: true });
    if (!lock) mine.delete(holder.token);
  }
}

async function putWhereNothingIs(named: string, path: string): Promise<boolean> {
  try {
    await link(named, path).catch((error: NodeJS.ErrnoException) => {
      // Not every file system has links.
      if (['EEXIST', 'ENOENT'].includes(error.code!)) throw error;
      return copyFile(named, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Puts `named` in the place of a dead lock; false if another process does or did. */
async function succeed(named: string, path: string, dead: Found): Promise<boolean> {
  const succession = await tryLock(`${path}.after-${dead.token}`);
  if (!succession) return false;
  try {
    // Another process may have taken over since we looked.
    if ((await look(path))?.token !== dead.token) return false;
    await rename(named, path);
    return true;
  } finally {
    await succession.release();
  }
}

/** Removes the files of processes that died while they tried to take this lock. */
async function sweep(path: string): Promise<void> {
  const name = basename(path);
  for (const other of await readdir(dirname(path))) {
    if (!other.startsWith(`${name}-`) && !other.startsWith(`${name}.after-`)) continue;
    const left = join(dirname(path), other);
    const found = await look(left);
    if (found && isDead(found, Date.now())) await rm(left, { force: true });
  }
}

async function held(path: string, { token }: Holder): Promise<Lock> {
  // Our own file, whatever file comes to its path: a touch writes one of its bytes again.
  const file = await open(path, 'r+');
  const alive = setInterval(() => {
    void file
      .write('{', 0)
      .then(() => file.datasync())
      .catch(() => undefined);
  }, beat);
  alive.unref();
  const isHeld = async () => (await look(path))?.token === token;
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
      await file.close().catch(() => undefined);
      if (await isHeld()) await rm(path, { force: true });
      mine.delete(token);
    },
  };
}

async function look(path: string): Promise<Found | undefined> {
  try {
    // Open the file: a network file system asks its server for the age only then.
    const file = await open(path);
    try {
      const { mtimeMs: touched } = await file.stat();
      const holder = parse(await file.readFile('utf8'));
      return { holder, touched, token: holder?.token ?? `unreadable-${Math.floor(touched)}` };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (['ENOENT', 'ESTALE'].includes((error as NodeJS.ErrnoException).code!)) return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    // It becomes part of a file's name.
    return typeof holder.token === 'string' && /^[\w-]+$/.test(holder.token) ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** @param now milliseconds since 1970 */
function isDead({ holder, touched }: Found, now: number, longest = patience): boolean {
  if (now - touched > longest) return true;
  if (holder?.host !== hostname()) return false;
  if (holder.pid === process.pid) return !mine.has(holder.token);
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

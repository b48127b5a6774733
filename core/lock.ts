/**
 * A lock between processes, on one machine or on several that share a disk, so that they divide work
 * among themselves without a manager: a file that only one of them can make, which says who holds it
 * and which the holder touches as long as it lives.
 *
 * A lock is dead if its process is gone from this machine, or if it was not touched for a while. Of
 * all who find it dead, one alone may put its own in that place: the one that holds the lock of its
 * succession, a file named by the token of the dead. So a lock that was made meanwhile is never moved,
 * and no two hold one. Ages are differences of two times that the file system itself gave, which is
 * why clocks of machines need not agree.
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

/** Milliseconds between two touches, and without any until a lock is dead. */
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

/** What stands at the path of a lock. */
interface Found {
  /** Undefined if that is unreadable: then only time tells. */
  holder: Holder | undefined;
  /** Milliseconds since 1970, by the clock of the file system. */
  touched: number;
  /** Of this lock and no other. */
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

/** Puts `named` in the place of a dead lock; false if somebody else does or did. */
async function succeed(named: string, path: string, dead: Found): Promise<boolean> {
  const succession = await tryLock(`${path}.after-${dead.token}`);
  if (!succession) return false;
  try {
    // Who was slow to ask may find that another has succeeded meanwhile.
    if ((await look(path))?.token !== dead.token) return false;
    await rename(named, path);
    return true;
  } finally {
    await succession.release();
  }
}

/** Removes what processes left that died while they tried to take the lock that one holds. */
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
  // One's own file, whatever comes to stand at its path: a touch is a byte of it, written again.
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
    // Opened, because a network's file system only then asks its server how old the file is.
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

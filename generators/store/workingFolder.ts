/**
 * The working folder beside the place of a data set, `NAME.tmp-<hash of its identity>`:
 *
 * - `lock`: held by the process that works there;
 * - `data`: the data set as far as it is made, which gets its final name in one step;
 * - `journal.json`: how much of it is on the disk for certain, so that the next process goes on;
 * - `old`: what stood at the place before, for the moment of the replacement.
 */
import { writeWhole } from '../../core/files.ts';
import { shortHash } from '../../core/hash.ts';
import { mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { makeFolders } from '../../core/folders.ts';
import { DataError, reasonOf } from '../../core/errors.ts';
import { acquireLock, tryLock, type Holder, type Lock } from '../../core/lock.ts';
import { fileSchema } from './meta.ts';

const rows = z.int().nonnegative();
const journalSchema = z.strictObject({
  identity: z.string(),
  /** Examples that are on the disk, in all arrays of a part. */
  rows: z.strictObject({ train: rows, val: rows, test: rows, signal: rows.optional() }),
  /** Checksums of the parts that are complete. */
  files: z.record(z.string(), fileSchema),
});
export type Journal = z.output<typeof journalSchema>;

const prefixOf = (out: string) => `${basename(out)}.tmp-`;

/** A working folder whose lock is held. */
export class Unfinished {
  readonly dir: string;
  readonly data: string;
  private readonly out: string;
  private readonly lock: Lock;

  private constructor(dir: string, out: string, lock: Lock) {
    this.dir = dir;
    this.data = join(dir, 'data');
    this.out = out;
    this.lock = lock;
  }

  /** The working folder of a data set: where it is, whether or not it is there. */
  static pathOf(out: string, identity: string): string {
    return join(dirname(out), `${prefixOf(out)}${shortHash(identity)}`);
  }

  /**
   * Takes the working folder of a data set, and puts back what a process that died there had moved
   * away from `out`.
   * @returns undefined if another process works there and is not waited for.
   */
  static async take(
    dir: string,
    out: string,
    options: {
      wait?: boolean;
      onWait?: ((holder: Holder | undefined) => void) | undefined;
      signal?: AbortSignal | undefined;
    } = {},
  ): Promise<Unfinished | undefined> {
    for (let tries = 0; ; tries++) {
      try {
        await makeFolders(dir);
        const path = join(dir, 'lock');
        const lock = await (options.wait === false ? tryLock(path) : acquireLock(path, options));
        if (!lock) return undefined;
        const taken = new Unfinished(dir, out, lock);
        await taken.restore();
        return taken;
      } catch (error) {
        await rmdir(dir).catch(() => undefined);
        // The folder went away in between, together with its last holder.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT' && tries < 100) continue;
        if (error instanceof DataError || options.signal?.aborted) throw error;
        throw new DataError(`Cannot make the folder ${out}: ${reasonOf(error)}.`);
      }
    }
  }

  /** Removes the working folders beside `out` that no living process holds, but not `kept`. */
  static async clearOthers(out: string, kept: string): Promise<void> {
    const names = await readdir(dirname(out)).catch(() => [] as string[]);
    for (const name of names) {
      const dir = join(dirname(out), name);
      if (!name.startsWith(prefixOf(out)) || dir === kept) continue;
      const taken = await Unfinished.take(dir, out, { wait: false }).catch(() => undefined);
      await taken?.discard();
    }
  }

  private get old(): string {
    return join(this.dir, 'old');
  }

  /** One that died while it replaced a data set has moved the old one away: that is put back. */
  private async restore(): Promise<void> {
    const there = await readdir(this.out).catch(() => undefined);
    if (there === undefined) await rename(this.old, this.out).catch(() => undefined);
    else await rm(this.old, { recursive: true, force: true });
  }

  /** What is known to be on the disk; nothing if that is unreadable or of another data set. */
  async journal(identity: string): Promise<Journal | undefined> {
    try {
      const text = await readFile(join(this.dir, 'journal.json'), 'utf8');
      const journal = journalSchema.parse(JSON.parse(text));
      return journal.identity === identity ? journal : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps in mind what is on the disk. @throws DataError if it cannot, or is no longer the holder. */
  async record(journal: Journal): Promise<void> {
    await this.lock.verify();
    const path = join(this.dir, 'journal.json');
    await writeWhole(path, JSON.stringify(journal), `${path}-new`);
  }

  /** An empty folder for the data. */
  async startOver(): Promise<void> {
    try {
      await rm(join(this.dir, 'journal.json'), { force: true });
      await rm(this.data, { recursive: true, force: true });
      await mkdir(this.data);
    } catch (error) {
      throw new DataError(`Cannot make the folder ${this.out}: ${reasonOf(error)}.`);
    }
  }

  /**
   * Gives the data its final name.
   * @param replace whether what stands there may be replaced.
   * @returns whether it could: not if something else has come there in the meantime.
   */
  async settle(replace: boolean): Promise<boolean> {
    await this.lock.verify();
    if (replace) await rename(this.out, this.old);
    try {
      await rename(this.data, this.out);
      return true;
    } catch (error) {
      if (replace) await rename(this.old, this.out);
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
      throw new DataError(`Cannot give ${basename(this.out)} its name: ${reasonOf(error)}.`);
    }
  }

  /** Lets go of the folder and keeps what is in it. */
  async keep(): Promise<void> {
    await this.lock.release();
  }

  /** Removes the folder, if nobody has taken it over. */
  async discard(): Promise<void> {
    if (!(await this.lock.isHeld())) return this.lock.release();
    for (const name of await readdir(this.dir).catch(() => [] as string[]))
      if (name !== 'lock')
        await rm(join(this.dir, name), { recursive: true, force: true }).catch(() => undefined);
    await this.lock.release();
    // Not if somebody has taken it in this moment.
    await rmdir(this.dir).catch(() => undefined);
  }
}

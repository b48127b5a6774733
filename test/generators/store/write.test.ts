import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../../generators/store/dataset.ts';
import { DataError } from '../../../core/errors.ts';
import { identityOf, type Meta } from '../../../generators/store/meta.ts';
import type { Note } from '../../../generators/store/publish.ts';
import { findTask, resolveOptions } from '../../../generators/registry.ts';
import { Unfinished } from '../../../generators/store/workingFolder.ts';
import { verifyDataset } from '../../../generators/verify/dataset.ts';
import { rowOrder } from '../../../generators/store/rows.ts';
import { inWorkers } from '../../../generators/store/workers/pool.ts';
import { writeDataset } from '../../../generators/store/write.ts';
import { make, root, temporaryFolder } from '../support.ts';

const dir = temporaryFolder();
const small = { train: 4, val: 1, test: 2 };
const cli = join(root, 'generators', 'cli.ts');
const labelsOf = (out: string) => readFileSync(join(out, 'train', 'labels.npy'));
const filesOf = (out: string) =>
  (JSON.parse(readFileSync(join(out, 'meta.json'), 'utf8')) as Meta).files;
const lockOf = (pid: number) => JSON.stringify({ pid, host: hostname(), token: 'theirs' });
/** Overwrites a byte of a file. */
function patch(path: string, at: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.of(77), 0, 1, at);
  closeSync(file);
}
/** A process id that no process has. */
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

describe('the folder of a data set', () => {
  it('is the one that a link leads to, and the link stays', async () => {
    const [target, link] = [join(dir, 'linked'), join(dir, 'link')];
    mkdirSync(target);
    symlinkSync(target, link);
    expect(await make(link, 'recall', small)).toBe('written');
    expect(await make(link, 'recall', small)).toBe('kept');
    expect(await make(link, 'recall', small, { seed: 2, force: true })).toBe('written');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(existsSync(join(target, 'meta.json'))).toBe(true);
    symlinkSync(join(dir, 'nowhere'), join(dir, 'dangling'));
    await expect(make(join(dir, 'dangling'), 'recall', small)).rejects.toThrow('is a link to');
  });

  it('is kept where it holds the same data set, mended where that is damaged', async () => {
    const out = join(dir, 'same');
    expect(await make(out, 'recall', small)).toBe('written');
    expect(await make(out, 'recall', small)).toBe('kept');
    const whole = labelsOf(out);
    const damaged = Buffer.from(whole);
    damaged[140]! ^= 1;
    writeFileSync(join(out, 'train', 'labels.npy'), damaged);
    expect(await make(out, 'recall', small)).toBe('written');
    expect(labelsOf(out)).toEqual(whole);
  });

  it('is not replaced by another data set, except by force', async () => {
    const out = join(dir, 'other');
    await make(out, 'recall', small, { seed: 1 });
    const before = labelsOf(out);
    await expect(make(out, 'recall', small, { seed: 2 })).rejects.toThrow('holds another data set');
    expect(labelsOf(out)).toEqual(before);
    expect(await make(out, 'recall', small, { seed: 2, force: true })).toBe('written');
    expect((await openDataset(out)).meta.seed).toBe(2);
    expect(readdirSync(dir).filter((name) => name.includes('.tmp-'))).toEqual([]);
  });

  it('is never replaced where it holds anything else', async () => {
    const out = join(dir, 'papers');
    mkdirSync(out);
    writeFileSync(join(out, 'thesis.tex'), 'years of work');
    await expect(make(out, 'recall', small, { force: true })).rejects.toThrow('holds no data set');
    expect(readdirSync(out)).toEqual(['thesis.tex']);
    const file = join(out, 'thesis.tex');
    await expect(make(file, 'recall', small, { force: true })).rejects.toThrow(file);
    await expect(make(join(file, 'x'), 'recall', small)).rejects.toThrow('is not a folder');
  });

  it('is as before when making is interrupted; the same call goes on from there', async () => {
    const out = join(dir, 'interrupted');
    await make(out, 'recall', small);
    const before = labelsOf(out);
    const task = findTask('recall');
    const options = resolveOptions(task, 'smoke', { train: 400 });
    const request = { task, tier: 'smoke', options, seed: 2, out, force: true } as const;
    const stop = new AbortController();
    const writing = writeDataset({
      ...request,
      signal: stop.signal,
      onProgress: ({ done }) => done > 4000 && stop.abort(new DataError('Stopped.')),
    });
    await expect(writing).rejects.toThrow(
      /^Stopped\. .*unchanged\. 4096 of 13184 examples are kept in .*interrupted\.tmp-\w{12}: the same command goes on from there\.$/,
    );
    expect(labelsOf(out)).toEqual(before);
    const notes: Note[] = [];
    let least = Infinity;
    const outcome = await writeDataset({
      ...request,
      onNote: (note) => notes.push(note),
      onProgress: ({ split, done }) => split === 'train' && (least = Math.min(least, done)),
    });
    expect(outcome).toBe('written');
    expect(notes).toEqual([{ kind: 'continued', done: 4096, total: 13184 }]);
    expect(least).toBe(8192);
    await make(join(dir, 'undisturbed'), 'recall', { train: 400 }, { seed: 2 });
    expect(filesOf(out)).toEqual(filesOf(join(dir, 'undisturbed')));
    expect(readdirSync(dir).filter((name) => name.includes('.tmp-'))).toEqual([]);
  });

  it('is not touched, and nothing is kept, when a task fails', async () => {
    const out = join(dir, 'failing');
    const recall = findTask('recall');
    const task = {
      ...recall,
      open: async () => ({
        example: () => {
          throw new RangeError('no such example');
        },
      }),
    };
    const options = resolveOptions(recall, 'smoke', small);
    await expect(writeDataset({ task, tier: 'smoke', options, seed: 1, out })).rejects.toThrow(
      RangeError,
    );
    expect(readdirSync(dir).filter((name) => name.startsWith('failing'))).toEqual([]);
  });

  it('is as before, or whole, when the process is killed; another data set clears what is left', async () => {
    const home = join(dir, 'killed');
    mkdirSync(home);
    const out = join(home, 'set');
    await make(out, 'recall', small);
    const before = labelsOf(out);
    const args = ['recall', '--out', out, '--tier', 'smoke', '--set', 'train=20000', '--force'];
    const child = spawn(process.execPath, [cli, ...args], { stdio: 'ignore' });
    const leftovers = () => readdirSync(home).filter((name) => name.includes('.tmp-'));
    while (leftovers().length === 0 && child.exitCode === null)
      await new Promise((done) => setTimeout(done, 5));
    child.kill('SIGKILL');
    await new Promise((done) => child.once('close', done));
    expect(leftovers()).toHaveLength(1);
    expect(labelsOf(out)).toEqual(before);
    expect(await make(out, 'recall', small)).toBe('kept');
    expect(leftovers()).toEqual([]);
  });

  it('goes on after a kill, with the same bytes', async () => {
    const home = join(dir, 'resumed');
    mkdirSync(home);
    const out = join(home, 'set');
    const script = join(dir, 'killing.mjs');
    writeFileSync(
      script,
      `import { findTask, resolveOptions } from '${root}/generators/registry.ts';
       import { writeDataset } from '${root}/generators/store/write.ts';
       const task = findTask('recall');
       const options = resolveOptions(task, 'smoke', { train: 2000 });
       await writeDataset({
         task, tier: 'smoke', options, seed: 1, out: ${JSON.stringify(out)}, checkpointEvery: 0,
         onProgress: ({ done }) => done > 20000 && process.kill(process.pid, 'SIGKILL'),
       });`,
    );
    const { signal, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(signal).toBe('SIGKILL');
    const [left] = readdirSync(home);
    const { rows } = JSON.parse(readFileSync(join(home, left!, 'journal.json'), 'utf8')) as {
      rows: Record<string, number>;
    };
    expect(rows).toEqual({ train: 4 * 4096, val: 0, test: 0 });
    // More than the journal knows of.
    const later = rowOrder(
      { task: 'recall', seed: 1, shape: { counts: { train: 64_000 } } } as never,
      'train',
    );
    const row = later.placeOf(20_000);
    patch(join(home, left!, 'data', 'train', 'inputs.npy'), 128 + 64 * row);
    const notes: Note[] = [];
    const task = findTask('recall');
    const options = resolveOptions(task, 'smoke', { train: 2000 });
    const onNote = (note: Note) => notes.push(note);
    await writeDataset({ task, tier: 'smoke', options, seed: 1, out, onNote });
    expect(notes).toEqual([{ kind: 'continued', done: 16384, total: 64384 }]);
    await make(join(dir, 'unkilled'), 'recall', { train: 2000 });
    expect(filesOf(out)).toEqual(filesOf(join(dir, 'unkilled')));
    expect(readdirSync(home)).toEqual(['set']);
  });

  it('is made anew where the leftovers are damaged', async () => {
    for (const damage of [
      (left: string) => writeFileSync(join(left, 'journal.json'), '{'),
      (left: string) => truncateSync(join(left, 'data', 'train', 'labels.npy'), 200),
      (left: string) => rmSync(join(left, 'data'), { recursive: true }),
    ]) {
      const home = mkdtempSync(join(dir, 'damaged-'));
      const out = join(home, 'set');
      const stop = new AbortController();
      const task = findTask('recall');
      const options = resolveOptions(task, 'smoke', { train: 400 });
      const request = { task, tier: 'smoke', options, seed: 1, out } as const;
      const onProgress = () => stop.abort(new DataError('Stopped.'));
      await expect(writeDataset({ ...request, signal: stop.signal, onProgress })).rejects.toThrow(
        'Stopped',
      );
      damage(join(home, readdirSync(home)[0]!));
      expect(await writeDataset(request)).toBe('written');
      expect((await verifyDataset(out)).every(({ holds }) => holds)).toBe(true);
      expect(readdirSync(home)).toEqual(['set']);
    }
  });

  it('comes back when a process died in the middle of replacing it', async () => {
    for (const seed of [1, 2]) {
      const home = join(dir, `replacing-${seed}`);
      mkdirSync(home);
      const out = join(home, 'set');
      await make(out, 'recall', small, { seed: 1 });
      // The leftovers of a process that was making the same data set, or another one.
      const { meta } = await openDataset(out);
      const left = Unfinished.pathOf(out, identityOf({ ...meta, seed }));
      mkdirSync(left);
      writeFileSync(join(left, 'lock'), lockOf(deadPid()));
      renameSync(out, join(left, 'old'));
      expect(await make(out, 'recall', small, { seed: 1 })).toBe('kept');
      expect(readdirSync(home)).toEqual(['set']);
    }
  });

  it('leaves alone what a living process is writing', async () => {
    const home = join(dir, 'living');
    const theirs = join(home, 'set.tmp-0123456789ab');
    mkdirSync(theirs, { recursive: true });
    writeFileSync(join(theirs, 'lock'), lockOf(process.ppid));
    await make(join(home, 'set'), 'recall', small);
    expect(existsSync(theirs)).toBe(true);
  });

  it('is made once where two processes make the same one: the second one waits', async () => {
    const home = join(dir, 'waiting');
    mkdirSync(home);
    const out = join(home, 'set');
    const task = findTask('recall');
    const options = resolveOptions(task, 'smoke', { train: 400 });
    const request = { task, tier: 'smoke', options, seed: 1, out } as const;
    const notes: Note[] = [];
    let second: Promise<unknown> | undefined;
    const first = writeDataset({
      ...request,
      onProgress: () => {
        second ??= writeDataset({ ...request, onNote: (note) => notes.push(note) });
      },
    });
    expect(await first).toBe('written');
    expect(await second).toBe('kept');
    expect(notes).toMatchObject([{ kind: 'waiting', holder: { pid: process.pid } }]);
    expect(readdirSync(home)).toEqual(['set']);
  });
});

describe('the bytes', () => {
  it('are the same whatever the number of workers', async () => {
    const options = { train: 2000, val: 1, test: 2 };
    const made = await Promise.all(
      [1, 2, 3].map(async (workers) => {
        const out = join(dir, `workers-${workers}`);
        await make(out, 'recall', options, { workers });
        return filesOf(out);
      }),
    );
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
  });

  it('and errors that a user can act on come from workers as they are', async () => {
    const sources = join(dir, 'no-sources');
    const task = findTask('text');
    const maker = inWorkers(1, { task: 'text', options: task.tiers.smoke, seed: 1, sources });
    await expect(maker.make('train', 0, 1)).rejects.toThrow(DataError);
    await expect(maker.make('train', 0, 1)).rejects.toThrow('There are no IMDb reviews');
    await maker.close();
  });
});

describe('a full disk', () => {
  /** Runs shell commands with a small file system at `disk`; undefined where that is not allowed. */
  function withSmallDisk(disk: string, commands: string, size = '256k') {
    const script = `mount -t tmpfs -o size=${size} tmpfs "${disk}" || exit 99; ${commands}`;
    const { status, stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', script], {
      encoding: 'utf8',
    });
    if (status !== null && status !== 99 && !/unshare|mount/.test(stderr))
      return { stdout, stderr };
    console.log('Skipped: a full disk needs the right to mount one (unshare -rm).');
    return undefined;
  }

  it('ends in one sentence, and neither leaves a part nor harms what was there', async () => {
    const disk = join(dir, 'disk');
    mkdirSync(disk);
    const run = `"${process.execPath}" "${cli}"`;
    const ran = withSmallDisk(
      disk,
      `${run} recall --tier smoke --set train=40 --out "${disk}/set" >&2
       ${run} recall --tier smoke --seed 2 --set train=400 --out "${disk}/set" --force 2>&1
       echo "code $?"
       ${run} recall --tier smoke --seed 2 --set train=400 --out "${disk}/new" 2>&1
       echo "code $?"
       ls -A "${disk}"
       ${run} verify "${disk}/set" 2>&1 | tail -n 1`,
    );
    if (!ran) return;
    const lines = ran.stdout.trim().split('\n');
    const full = (name: string) =>
      expect.stringMatching(
        new RegExp(
          `^Error: Cannot write ${disk}/${name}/train/inputs.npy: no space is left on the disk\\..*unchanged\\.$`,
        ),
      );
    expect(lines.filter((line) => !line.startsWith('recall '))).toEqual([
      full('set'),
      'code 1',
      full('new'),
      'code 1',
      'set',
      `${disk}/set: every rule holds.`,
    ]);
  });

  it('keeps what is finished, and the same call goes on when there is room', async () => {
    const disk = join(dir, 'filling');
    mkdirSync(disk);
    const script = join(dir, 'filling.mjs');
    writeFileSync(
      script,
      `import { findTask, resolveOptions } from '${root}/generators/registry.ts';
       import { writeDataset } from '${root}/generators/store/write.ts';
       const task = findTask('recall');
       const options = resolveOptions(task, 'smoke', { train: 100, test: 200 });
       await writeDataset({
         task, tier: 'smoke', options, seed: 1, out: '${disk}/set', checkpointEvery: 0,
         onNote: (note) => console.log(JSON.stringify(note)),
       }).then(console.log, ({ message }) => console.log(message));`,
    );
    const run = `"${process.execPath}" "${script}"`;
    const ran = withSmallDisk(
      disk,
      `${run}; mount -o remount,size=4m "${disk}"; ${run}; ls -A "${disk}"
       "${process.execPath}" "${cli}" verify "${disk}/set" 2>/dev/null | tail -n 1`,
      '500k',
    );
    if (!ran) return;
    expect(ran.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/no space is left on the disk\. .* 3328 of 9728 examples are kept in/),
      '{"kind":"continued","done":3328,"total":9728}',
      'written',
      'set',
      `${disk}/set: every rule holds.`,
    ]);
  });
});

describe('verification of what was written by several at once', () => {
  it('finds one whole data set', async () => {
    const out = join(dir, 'race');
    const made = await Promise.all([1, 2, 3].map(() => make(out, 'recall', small)));
    expect(made.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect((await verifyDataset(out)).every(({ holds }) => holds)).toBe(true);
  });
});

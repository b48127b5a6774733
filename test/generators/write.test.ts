import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../generators/dataset.ts';
import { findTask, resolveOptions } from '../../generators/registry.ts';
import { splits } from '../../generators/task.ts';
import { verifyDataset } from '../../generators/verify.ts';
import { writeDataset } from '../../generators/write.ts';
import { make, root, temporaryFolder } from './support.ts';

const dir = temporaryFolder();
const small = { train: 4, val: 1, test: 2 };
const cli = join(root, 'generators', 'cli.ts');
const labelsOf = (out: string) => readFileSync(join(out, 'train', 'labels.npy'));
/** A process id that no process has. */
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

describe('examples in the files', () => {
  it.each([
    ['recall', small],
    ['listops', { train: 40, val: 10, test: 10 }],
  ])('are those that %s makes alone, in any order', async (name, overrides) => {
    const out = join(dir, `alone-${name}`);
    await make(out, name, overrides, { seed: 9 });
    const { meta, split } = await openDataset(out);
    const task = findTask(name);
    const { example } = await task.open(resolveOptions(task, 'smoke', overrides), 9);
    for (const splitName of [...splits].reverse()) {
      const stored = await split(splitName);
      for (let i = stored.count - 1; i >= 0; i -= 3) {
        const made = example(splitName, i);
        const padded = new Uint8Array(meta.shape.length);
        padded.set(made.tokens);
        expect(stored.inputs.subarray(i * stored.length, (i + 1) * stored.length)).toEqual(padded);
        expect(made).toMatchObject({
          label: stored.labels[i],
          group: stored.groups[i],
          distance: stored.distances[i],
        });
      }
    }
  });
});

describe('the folder of a data set', () => {
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

  it('is as before when making is interrupted', async () => {
    const out = join(dir, 'interrupted');
    await make(out, 'recall', small);
    const before = labelsOf(out);
    const task = findTask('recall');
    const stop = new AbortController();
    const options = resolveOptions(task, 'smoke', { train: 400 });
    const writing = writeDataset({
      ...{ task, tier: 'smoke', options, seed: 2, out, force: true, signal: stop.signal },
      onProgress: ({ done }) => done > 1000 && stop.abort(new Error('stopped')),
    });
    await expect(writing).rejects.toThrow('stopped');
    expect(labelsOf(out)).toEqual(before);
    expect(readdirSync(dir).filter((name) => name.includes('.tmp-'))).toEqual([]);
  });

  it('is as before, or whole, when the process is killed; the next one clears what is left', async () => {
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

  it('comes back when a process died in the middle of replacing it', async () => {
    const home = join(dir, 'replacing');
    mkdirSync(home);
    const out = join(home, 'set');
    await make(out, 'recall', small);
    const old = join(home, `set.tmp-${hostname()}-${deadPid()}-0-old`);
    renameSync(out, old);
    expect(await make(out, 'recall', small)).toBe('kept');
    expect(readdirSync(home)).toEqual(['set']);
  });

  it('leaves alone what a living process is writing', async () => {
    const home = join(dir, 'living');
    const theirs = join(home, `set.tmp-${hostname()}-${process.ppid}-0`);
    mkdirSync(theirs, { recursive: true });
    await make(join(home, 'set'), 'recall', small);
    expect(existsSync(theirs)).toBe(true);
  });
});

describe('a full disk', () => {
  /** Runs shell commands with a file system of 256 KB at `disk`; undefined where that is not allowed. */
  function withSmallDisk(disk: string, commands: string) {
    const script = `mount -t tmpfs -o size=256k tmpfs "${disk}" || exit 99; ${commands}`;
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
          `^Cannot write ${disk}/${name}/train/inputs.npy: no space is left on the disk\\..*unchanged\\.$`,
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
});

describe('verification of what was written by several at once', () => {
  it('finds one whole data set', async () => {
    const out = join(dir, 'race');
    const made = await Promise.all([1, 2, 3].map(() => make(out, 'recall', small)));
    expect(made.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect((await verifyDataset(out)).every(({ holds }) => holds)).toBe(true);
  });
});

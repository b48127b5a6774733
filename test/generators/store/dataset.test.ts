import { readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureDataset, openDataset } from '../../../generators/store/dataset.ts';
import { make, temporaryFolder } from '../support.ts';

const dir = temporaryFolder();
const options = { train: 4, val: 1, test: 2 };
let folders = 0;

async function fresh(): Promise<string> {
  const out = join(dir, `set${folders++}`);
  await make(out, 'recall', options);
  return out;
}

describe('an opened data set', () => {
  it('gives splits with their sizes and types', async () => {
    const { meta, split } = await openDataset(await fresh());
    expect(meta).toMatchObject({ task: 'recall', tier: 'smoke', seed: 1, kind: 'controlled' });
    const test = await split('test');
    expect(test).toMatchObject({ name: 'test', count: 64, length: 64 });
    expect(test.inputs).toBeInstanceOf(Uint8Array);
    expect(test.inputs).toHaveLength(64 * 64);
    expect(test.labels).toHaveLength(64);
    expect(test.answers).toHaveLength(64 * meta.shape.table!.asked.length);
    const rows = Array.from(test.groups, (group, row) => `${group} ${test.members[row]}`);
    const all = [10, 11, 12, 13].flatMap((group) =>
      Array.from({ length: 16 }, (_, member) => `${group} ${member}`),
    );
    expect([...rows].sort()).toEqual([...all].sort());
    expect(rows).not.toEqual(all);
    expect([...new Set(test.distances)].sort()).toEqual(meta.shape.distances);
  });

  it('reads no split but the one that is asked for', async () => {
    const out = await fresh();
    for (const split of ['val', 'test']) rmSync(join(out, split), { recursive: true });
    const dataset = await openDataset(out);
    expect((await dataset.split('train')).count).toBe(128);
    await expect(dataset.split('test')).rejects.toThrow(join(out, 'test', 'inputs.npy'));
  });

  it('refuses a file that was altered, unless told not to check', async () => {
    const out = await fresh();
    const path = join(out, 'train', 'inputs.npy');
    const bytes = readFileSync(path);
    bytes[200]! ^= 1;
    writeFileSync(path, bytes);
    await expect((await openDataset(out)).split('train')).rejects.toThrow(`${path} was altered`);
    const trusting = await openDataset(out, { check: false });
    expect((await trusting.split('train')).count).toBe(128);
  });

  it('refuses a file that was cut off, or that holds something else', async () => {
    const out = await fresh();
    const path = join(out, 'train', 'labels.npy');
    const other = readFileSync(join(out, 'test', 'labels.npy'));
    truncateSync(path, 170);
    const dataset = await openDataset(out);
    await expect(dataset.split('train')).rejects.toThrow(`${path} is not a whole NPY file`);
    writeFileSync(path, other);
    await expect(dataset.split('train')).rejects.toThrow(
      `${path} holds u1 of shape (64), but meta.json says u1 of shape (128)`,
    );
  });
});

describe('the cache', () => {
  const cache = join(dir, 'cache');
  const request = { task: 'recall', tier: 'smoke', options, seed: 3, cache } as const;

  it('makes a data set once, and another for other parameters, seeds or tasks', async () => {
    const first = await ensureDataset(request);
    const path = join(first, 'train', 'labels.npy');
    const made = readFileSync(path);
    expect(await ensureDataset(request)).toBe(first);
    expect(await ensureDataset({ ...request, options: { ...options, gap: 0 } })).toBe(first);
    const others = [
      await ensureDataset({ ...request, seed: 4 }),
      await ensureDataset({ ...request, options: { ...options, noise: 9 } }),
      await ensureDataset({ ...request, task: 'listops', options: { train: 5 } }),
    ];
    expect(new Set([first, ...others]).size).toBe(4);
    expect(readFileSync(path)).toEqual(made);
  });

  it('makes a data set again that lacks a file', async () => {
    const out = await ensureDataset(request);
    rmSync(join(out, 'val', 'groups.npy'));
    expect(await ensureDataset(request)).toBe(out);
    expect((await (await openDataset(out)).split('val')).count).toBe(32);
  });

  it('serves many that ask at once, and keeps one whole data set', async () => {
    const asked = { ...request, seed: 5, cache: join(dir, 'race') };
    const given = await Promise.all(Array.from({ length: 6 }, () => ensureDataset(asked)));
    expect(new Set(given).size).toBe(1);
    expect(readdirSync(asked.cache)).toHaveLength(1);
    expect((await (await openDataset(given[0]!)).split('train')).count).toBe(128);
  });
});

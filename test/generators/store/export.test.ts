import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportDataset } from '../../../generators/store/export.ts';
import { make, temporaryFolder } from '../support.ts';

const dir = temporaryFolder();
const set = join(dir, 'set');
const small = { train: 4, val: 1, test: 2 };
beforeAll(() => make(set, 'recall', small).then());

describe('an export', () => {
  it('is made once, and replaced only by force', async () => {
    const out = join(dir, 'new', 'export');
    expect(await exportDataset(set, 'jsonl', out)).toBe('written');
    const note = JSON.parse(readFileSync(join(out, 'export.json'), 'utf8')) as object;
    expect(note).toMatchObject({ format: 'jsonl', task: 'recall', seed: 1, origin: 'generated' });
    expect(await exportDataset(set, 'jsonl', out)).toBe('kept');
    await expect(exportDataset(set, 'tsv', out)).rejects.toThrow('holds another export (jsonl)');
    expect(await exportDataset(set, 'tsv', out, true)).toBe('written');
    expect(readdirSync(out).sort()).toEqual(['export.json', 'test.tsv', 'train.tsv', 'val.tsv']);
    expect(readdirSync(join(dir, 'new'))).toEqual(['export']);
  });

  it.each([
    ['recall', 16, 56],
    ['text-distance', 4, 206],
  ])('has the part signal, where the inputs of %s hold one', async (task, siblings, position) => {
    const signalled = join(dir, `${task}-signalled`);
    await make(signalled, task, { ...small, signal: 'near' });
    for (const format of ['jsonl', 'tsv', 'parquet'] as const) {
      const out = `${signalled}-${format}`;
      await exportDataset(signalled, format, out);
      expect(readdirSync(out)).toContain(`signal.${format}`);
    }
    const lines = readFileSync(join(`${signalled}-jsonl`, 'signal.jsonl'), 'utf8').trim();
    const count = 2 * 2 * siblings;
    expect(lines.split('\n')).toHaveLength(count);
    const card = readFileSync(join(`${signalled}-parquet`, 'README.md'), 'utf8');
    expect(card).toContain(`${count} test, ${count} signal. `);
    expect(card).toContain(
      `In rows of \`signal\` the token at position ${position} is to be hidden`,
    );
  });

  it('never replaces anything else', async () => {
    const out = join(dir, 'papers');
    mkdirSync(out);
    writeFileSync(join(out, 'export.json'), '{}');
    await expect(exportDataset(set, 'tsv', out, true)).rejects.toThrow('holds no export');
    await expect(exportDataset(set, 'tsv', set, true)).rejects.toThrow('holds no export');
    await expect(exportDataset(set, 'tsv', join(set, 'meta.json', 'x'))).rejects.toThrow(
      'is not a folder',
    );
    expect(readdirSync(out)).toEqual(['export.json']);
  });

  it('leaves nothing where the data set is damaged', async () => {
    const damaged = join(dir, 'damaged');
    await make(damaged, 'recall', small);
    writeFileSync(join(damaged, 'val', 'labels.npy'), 'x');
    const out = join(dir, 'none');
    await expect(exportDataset(damaged, 'parquet', out)).rejects.toThrow(
      /val\/labels\.npy is not a whole NPY file.* Nothing was exported\.$/,
    );
    expect(readdirSync(dir).filter((name) => name.startsWith('none'))).toEqual([]);
  });
});

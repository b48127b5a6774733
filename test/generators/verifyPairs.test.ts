/** Verification of what pairs of documents, extra columns, grey levels and imports add to the rules. */
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Digests } from '../../generators/verify/digests.ts';
import { arrayPath, arrayShape, type Meta } from '../../generators/store/meta.ts';
import { encodeNpy, readNpy, type NpyArray } from '../../core/npy.ts';
import { verifyDataset } from '../../generators/verify/dataset.ts';
import { writeDataset } from '../../generators/store/write.ts';
import { temporaryFolder } from './support.ts';
import { pairs, pictures } from './synthetic.ts';

const dir = temporaryFolder();
let copies = 0;

beforeAll(async () => {
  for (const task of [pairs, pictures])
    await writeDataset({ task, tier: 'smoke', options: {}, seed: 1, out: join(dir, task.name) });
});

/** The finding that does not hold after an array of the test split was changed, checksum and all. */
async function broken(task: { name: string }, array: string, change: (data: NpyArray) => void) {
  const folder = join(dir, `copy${copies++}`);
  cpSync(join(dir, task.name), folder, { recursive: true });
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as Meta;
  const path = arrayPath('test', array);
  const { data } = await readNpy(join(folder, path));
  change(data);
  const bytes = encodeNpy(data, arrayShape(meta.shape, meta.shape.counts.test, array));
  writeFileSync(join(folder, path), bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  meta.files[path] = { sha256, bytes: bytes.length };
  writeFileSync(join(folder, 'meta.json'), JSON.stringify(meta));
  const findings = await verifyDataset(folder);
  return findings.find(({ holds }) => !holds)!;
}

/** Place of a token of the test split, by its group, sibling, document and position. */
const at = (group: number, sibling: number, document: number, position: number) =>
  (2 * group + sibling) * 16 + document * 8 + position;

describe('pairs of documents', () => {
  it('keep the reach certificate in each document', async () => {
    for (const [document, position] of [
      [0, 7],
      [0, 5],
      [1, 5],
      [1, 7],
    ] as const) {
      const finding = await broken(pairs, 'inputs', (data) => {
        data[at(1, 1, document, position)] = 1 + (data[at(1, 1, document, position)]! % 297);
      });
      expect(finding).toMatchObject({ rule: 'reach', file: 'test/inputs.npy', group: 9 });
      expect(finding.detail).toContain(
        `differ at position ${position} of document ${document + 1}, within the last 3 tokens`,
      );
    }
  });

  it('have their nearest difference at the distance, in one of them at least', async () => {
    const finding = await broken(pairs, 'inputs', (data) => {
      data[at(2, 1, 1, 4)] = data[at(2, 0, 1, 4)]!;
    });
    expect(finding).toMatchObject({ rule: 'reach', group: 10 });
    expect(finding.detail).toContain('nearest difference is at distance 5, not 3');
    const same = await broken(pairs, 'inputs', (data) => {
      data.copyWithin(at(2, 1, 0, 0), at(2, 0, 0, 0), at(2, 1, 0, 0));
    });
    expect(same.detail).toContain('all the same');
  });

  it('keep the order certificate in each document', async () => {
    // A token that moves from one document to the other leaves the counts of both together alone.
    const finding = await broken(pairs, 'inputs', (data) => {
      const [a, b] = [at(3, 1, 0, 1), at(3, 1, 1, 1)];
      [data[a], data[b]] = [data[b]!, data[a]!];
    });
    expect(finding).toMatchObject({ rule: 'order', group: 11 });
    expect(finding.detail).toContain('of document 1');
  });

  it('have no padding where none may be, at the end of the first one either', async () => {
    const finding = await broken(pairs, 'inputs', (data) => (data[at(0, 0, 0, 7)] = 0));
    expect(finding).toMatchObject({ rule: 'tokens', group: 8 });
  });
});

describe('groups that changed places', () => {
  it('are refused within a split too', async () => {
    const finding = await broken(pairs, 'groups', (data) => data.set([9, 9, 8, 8]));
    expect(finding).toMatchObject({ rule: 'groups', file: 'test/groups.npy', group: 8 });
  });
});

describe('extra columns', () => {
  it('hold nothing below -1', async () => {
    const finding = await broken(pairs, 'places', (data) => (data[3 * 3 + 1] = -2));
    expect(finding).toMatchObject({ rule: 'extras', file: 'test/places.npy', group: 9 });
    expect(finding.detail).toBe('row 3 has the value -2, expected at least -1');
  });
});

describe('grey levels', () => {
  it('have no padding, whatever the shape says of it', async () => {
    const findings = await verifyDataset(join(dir, pictures.name));
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
    const finding = await broken(pictures, 'inputs', (data) => (data[16 * 2 + 15] = 0));
    expect(finding).toMatchObject({ rule: 'tokens', group: 17 });
  });
});

describe('what is remembered of examples', () => {
  it('finds every repeated one, and the split of the first', () => {
    const digests = new Digests(3000);
    const example = (i: number) => Uint16Array.of(i, 7 * i);
    for (let i = 0; i < 3000; i++) expect(digests.seen(example(i), i % 3)).toBeUndefined();
    for (let i = 0; i < 3000; i++) expect(digests.seen(example(i), 0)).toBe(i % 3);
  });
});

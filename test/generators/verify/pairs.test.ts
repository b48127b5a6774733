/** Verification of what pairs of documents, extra columns, grey levels and imports add to the rules. */
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Digests } from '../../../generators/verify/digests.ts';
import { arrayPath, arrayShape, type Meta } from '../../../generators/store/meta.ts';
import { encodeNpy, readNpy, type NpyArray } from '../../../core/npy.ts';
import { verifyDataset } from '../../../generators/verify/dataset.ts';
import { writeDataset } from '../../../generators/store/write.ts';
import { rowOrder } from '../../../generators/store/rows.ts';
import type { TaskDefinition } from '../../../generators/task.ts';
import { temporaryFolder } from '../support.ts';
import { controlledTask } from '../../../generators/controlled/controlled.ts';
import { pairs, pairsTask, pictures } from '../synthetic.ts';

const dir = temporaryFolder();
let copies = 0;
const tasks = [pairs, pictures] as TaskDefinition[];

beforeAll(async () => {
  for (const task of [pairs, pictures])
    await writeDataset({
      task,
      tier: 'smoke',
      options: task.tiers.smoke,
      seed: 1,
      out: join(dir, task.name),
    });
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
  const findings = await verifyDataset(folder, { tasks });
  return findings.find(({ holds }) => !holds)!;
}

/** Row of the test split in which a member of a group stands. */
const rowOf = (group: number, member: number) => {
  const shape = pairs.shape(pairs.tiers.smoke);
  return rowOrder({ task: pairs.name, seed: 1, shape }, 'test').placeOf(4 * group + member);
};

/** Place of a token of the test split, by its group, member, document and position. */
const at = (group: number, member: number, document: number, position: number) =>
  rowOf(group, member) * 16 + document * 8 + position;

describe('pairs of documents', () => {
  it('keep the reach certificate in each document', async () => {
    for (const [document, position] of [
      [0, 6],
      [0, 4],
      [1, 4],
      [1, 5],
    ] as const) {
      const finding = await broken(pairs, 'inputs', (data) => {
        data[at(1, 2, document, position)] = 1 + (data[at(1, 2, document, position)]! % 297);
      });
      expect(finding).toMatchObject({ rule: 'reach', file: 'test/inputs.npy', group: 8 });
      expect(finding.detail).toContain(
        `differ at position ${position} of document ${document + 1}, within the last 4 tokens`,
      );
    }
  });

  it('have their nearest difference in the bin, in one of them at least', async () => {
    const finding = await broken(pairs, 'inputs', (data) => {
      for (const member of [2, 3]) {
        data[at(1, member, 1, 3)] = data[at(1, 0, 1, 3)]!;
        data[at(1, member, 1, 1)] = data[at(1, 0, 1, 1)]!;
        data[at(1, member, 0, 0)] = 1 + (data[at(1, 0, 0, 0)]! % 290);
      }
    });
    expect(finding).toMatchObject({ rule: 'reach', group: 8 });
    expect(finding.detail).toContain('is at distance 7, expected less than 7');
    const same = await broken(pairs, 'inputs', (data) => {
      for (const member of [0, 1])
        data.copyWithin(at(1, member + 2, 0, 0), at(1, member, 0, 0), at(1, member, 0, 0) + 16);
    });
    expect(same.detail).toContain('all states of question 0 are the same');
  });

  it('keep the question certificate in each document', async () => {
    const body = await broken(pairs, 'inputs', (data) => {
      for (const member of [1, 3]) data[at(0, member, 0, 2)] = 291;
    });
    expect(body).toMatchObject({ rule: 'question', group: 7 });
    expect(body.detail).toContain('position 2 of document 1, before the last 1 tokens');
    const same = await broken(pairs, 'inputs', (data) => {
      for (const member of [1, 3])
        for (const document of [0, 1]) data[at(0, member, document, 7)] = 294;
    });
    expect(same.detail).toBe('questions 0 and 1 are the same');
  });

  it('keep the order certificate in each document', async () => {
    // A token that moves from one document to the other leaves the counts of both together alone.
    const finding = await broken(pairs, 'inputs', (data) => {
      for (const member of [2, 3]) {
        const [a, b] = [at(1, member, 0, 0), at(1, member, 1, 0)];
        [data[a], data[b]] = [data[b]!, data[a]!];
      }
    });
    expect(finding).toMatchObject({ rule: 'order', group: 8 });
    expect(finding.detail).toContain('of document 1');
  });

  it('have no padding where none may be, at the end of the first one either', async () => {
    const finding = await broken(pairs, 'inputs', (data) => (data[at(0, 0, 0, 7)] = 0));
    expect(finding).toMatchObject({ rule: 'tokens', group: 7 });
  });
});

describe('training that may be easier', () => {
  it('needs no certificates, but labels that follow from its tokens; val and test need them', async () => {
    const easy = (splits: readonly string[]) =>
      controlledTask({
        ...pairsTask,
        makeGroup(chosen, bin, random, split, shared) {
          const group = pairsTask.makeGroup(chosen, bin, random, split, shared);
          // All rows of the group have its first state.
          const row = (state: number, question: number) =>
            group.row(splits.includes(split) ? 0 : state, question);
          return { ...group, row };
        },
      }) as TaskDefinition;
    for (const [name, splits, rule] of [
      ['train', ['train'], undefined],
      ['val', ['train', 'val'], 'labels'],
    ] as const) {
      const task = easy(splits);
      const out = join(dir, `easy-${name}`);
      await writeDataset({ task, tier: 'smoke', options: pairs.tiers.smoke, seed: 1, out });
      const findings = await verifyDataset(out, { tasks: [task], full: true });
      expect(findings.find(({ holds }) => !holds)?.rule).toBe(rule);
    }
  });
});

describe('groups that changed places', () => {
  it('are refused within a split too', async () => {
    const finding = await broken(pairs, 'groups', (data) => {
      for (const group of [0, 1])
        for (const member of [0, 1, 2, 3]) data[rowOf(group, member)] = 8 - group;
    });
    expect(finding).toMatchObject({ rule: 'groups', file: 'test/groups.npy', group: 7 });
  });
});

describe('extra columns', () => {
  it('hold nothing below -1', async () => {
    const row = rowOf(1, 3);
    const finding = await broken(pairs, 'spots', (data) => (data[3 * row + 1] = -2));
    expect(finding).toMatchObject({ rule: 'extras', file: 'test/spots.npy', group: 8 });
    expect(finding.detail).toBe(`row ${row} has the value -2, expected at least -1`);
  });
});

describe('grey levels', () => {
  it('have no padding, whatever the shape says of it', async () => {
    const findings = await verifyDataset(join(dir, pictures.name), { tasks });
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
    const finding = await broken(pictures, 'inputs', (data) => (data[16 * 2 + 15] = 0));
    expect(finding).toMatchObject({ rule: 'tokens' });
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

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../../generators/store/dataset.ts';
import { DataError } from '../../../core/errors.ts';
import { importDataset } from '../../../generators/store/import.ts';
import type {
  ImportedExample,
  LraLayout,
  SplitName,
  TaskDefinition,
} from '../../../generators/task.ts';
import { verifyDataset } from '../../../generators/verify/dataset.ts';
import { temporaryFolder } from '../support.ts';
import { pairs, pictures } from '../synthetic.ts';

const dir = temporaryFolder();
const from = join(dir, 'files');
const files = ['a.txt', 'b.txt'];
let places = 0;

/** A standard task of 8 tokens with padding, whose files hold these examples. */
function taskOf(examples: Record<string, ImportedExample[]>): TaskDefinition {
  const lra: LraLayout<unknown> = {
    files: '{a,b}.txt',
    export: async () => undefined,
    list: async () => files,
    async *import(_, split, __, note) {
      if (split === 'val') note('1 line was left out.');
      yield* examples[split] ?? [];
    },
  };
  const shape = pictures.shape({});
  return {
    ...pictures,
    name: 'synthetic-imported',
    shape: () => ({
      ...{ ...shape, length: 8, input: 'tokens', padded: true, vocabulary: 10 },
      extras: { place: 1 },
    }),
    lra,
  };
}

const good = { tokens: [1, 2, 3], label: 1 };
const other = { tokens: [3, 2, 1], label: 1 };
const small = (first: number): ImportedExample => ({ tokens: [first, 2], label: 0 });

function read(task: TaskDefinition, request = {}) {
  const out = join(dir, `out${places++}`);
  const reading = importDataset({ task, tier: 'lra', options: {}, from, out, ...request });
  return { out, reading };
}

function writeFiles(...texts: string[]) {
  const folder = temporaryFolder();
  files.forEach((name, i) => writeFileSync(join(folder, name), texts[i]!));
  return folder;
}

describe('files of the Long Range Arena', () => {
  it('become a data set that says where it is from', async () => {
    const train = Array.from({ length: 70_000 }, (_, i) => ({
      tokens: Array.from({ length: 7 }, (_, digit) => 1 + (Math.floor(i / 9 ** digit) % 9)),
      label: i % 2,
      extras: { place: [i] },
    }));
    const task = taskOf({ train, val: [good], test: [small(4), small(5)] });
    const source = writeFiles('one', 'two');
    const notes: string[] = [];
    const { out, reading } = read(task, {
      from: source,
      onSkip: (text: string) => notes.push(text),
    });
    expect(await reading).toBe('written');
    expect(notes).toEqual(['1 line was left out.']);
    const { meta, split } = await openDataset(out);
    expect(meta).toMatchObject({
      origin: 'imported',
      tier: 'lra',
      source: expect.stringMatching(/^\{a,b\}\.txt: 2 files, sha256 of names and contents \w{16}$/),
      shape: { counts: { train: 70_000, val: 1, test: 2 } },
    });
    const stored = await split('train');
    expect(Array.from(stored.inputs.subarray(8 * 69_999))).toEqual([...train[69_999]!.tokens, 0]);
    expect(stored.extras.place![69_999]).toBe(69_999);
    expect(Array.from((await split('test')).groups)).toEqual([70_001, 70_002]);
    expect(Array.from((await split('test')).extras.place!)).toEqual([-1, -1]);
    expect((await verifyDataset(out, { tasks: [task] })).filter(({ holds }) => !holds)).toEqual([]);

    const request = { task, tier: 'lra', options: {}, out } as const;
    expect(await importDataset({ ...request, from: source })).toBe('kept');
    const changed = importDataset({ ...request, from: writeFiles('one', 'three') });
    await expect(changed).rejects.toThrow('holds another data set');
  });

  it('keep an example once, in test before train before val, and say how many were left out', async () => {
    const at = (first: number) => ({ ...small(first), label: first % 2 });
    const task = taskOf({
      train: [at(1), at(2), at(2), at(3)],
      val: [at(4), at(3), at(5), at(2)],
      test: [at(5), at(1)],
    });
    const notes: string[] = [];
    const onSkip = (text: string) => notes.push(text);
    const { out, reading } = read(task, { from: writeFiles('four', 'five'), onSkip });
    await reading;
    const { split } = await openDataset(out);
    const firsts = async (name: SplitName) => {
      const { inputs, count } = await split(name);
      return Array.from({ length: count }, (_, i) => inputs[i * (inputs.length / count)]);
    };
    expect(await firsts('train')).toEqual([2, 3]);
    expect(await firsts('val')).toEqual([4]);
    expect(await firsts('test')).toEqual([5, 1]);
    expect(notes.filter((text) => text.includes('tokens'))).toEqual([
      '2 examples of train left out: the same tokens occur elsewhere in train or in test.',
      '3 examples of val left out: the same tokens occur elsewhere in val, in train or in test.',
    ]);
  });

  it.each<[string, Record<string, ImportedExample[]>, string]>([
    ['too long', { train: [good, { ...good, tokens: new Uint8Array(9) }] }, 'Example 1 of train'],
    ['empty', { train: [{ ...good, tokens: [0, 0] }] }, 'Example 0 of train in FROM is empty'],
    ['of an unknown token', { train: [{ ...good, tokens: [10] }] }, 'has token 10 at position 0'],
    ['of no whole token', { train: [{ ...good, tokens: [1.5] }] }, 'has token 1.5'],
    ['of no class', { train: [good], val: [{ ...other, label: 2 }] }, 'Example 0 of val'],
    ['of label NaN', { train: [{ ...good, label: NaN }] }, 'has label NaN, expected 0 to 1'],
    ['missing', { train: [good], test: [other] }, 'FROM holds no val examples'],
  ])('are refused with an example that is %s, and leave nothing', async (_, examples, message) => {
    const source = writeFiles('one', 'two');
    const { out, reading } = read(taskOf(examples), { from: source });
    const error = await reading.then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toBeInstanceOf(DataError);
    expect(error!.message).toContain(message.replace('FROM', source));
    expect(readdirSync(dir).filter((name) => join(dir, name).startsWith(out))).toEqual([]);
  });

  it('are refused where one is missing, and for tasks that have none', async () => {
    await expect(read(taskOf({ train: [good] })).reading).rejects.toThrow(
      `Cannot read ${join(from, 'a.txt')}: it does not exist.`,
    );
    await expect(read(pairs).reading).rejects.toThrow(/these have: .*listops/);
  });

  it('stop when interrupted', async () => {
    const stop = new AbortController();
    const source = writeFiles('one', 'two');
    const { out, reading } = read(taskOf({ train: [good], val: [small(2)], test: [small(3)] }), {
      from: source,
      signal: stop.signal,
      onSkip: () => stop.abort(new DataError('Interrupted.')),
    });
    await expect(reading).rejects.toThrow(/^Interrupted\. The data set was not made/);
    expect(readdirSync(dir).filter((name) => join(dir, name).startsWith(out))).toEqual([]);
  });
});

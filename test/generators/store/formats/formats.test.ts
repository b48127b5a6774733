import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  asyncBufferFromFile,
  parquetReadObjects,
  parquetSchema,
  parquetMetadataAsync,
} from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';
import { readExamples } from '../../../../generators/store/examples.ts';
import type { FormatSource, WriteFormat } from '../../../../generators/store/formats/format.ts';
import { writeJsonl } from '../../../../generators/store/formats/jsonl.ts';
import { writeLra } from '../../../../generators/store/formats/lra.ts';
import { writeParquet } from '../../../../generators/store/formats/parquet.ts';
import { writePictures } from '../../../../generators/store/formats/pictureFolder.ts';
import { decodeGrey } from '../../../../generators/pictures/png.ts';
import { writeTsv } from '../../../../generators/store/formats/tsv.ts';
import { readMeta } from '../../../../generators/store/meta.ts';
import { unscan } from '../../../../generators/pictures/pictures.ts';
import type { StoredExample, TaskDefinition } from '../../../../generators/task.ts';
import { verifyDataset } from '../../../../generators/verify/dataset.ts';
import { writeDataset } from '../../../../generators/store/write.ts';
import { temporaryFolder } from '../../support.ts';
import { pairs, pictures } from '../../synthetic.ts';

const dir = temporaryFolder();

async function sourceOf(task: TaskDefinition): Promise<FormatSource> {
  const out = join(dir, task.name);
  await writeDataset({ task, tier: 'smoke', options: task.tiers.smoke, seed: 1, out });
  const meta = await readMeta(out);
  return { meta, task, examples: (split) => readExamples(out, meta, split) };
}

async function written(write: WriteFormat, source: FormatSource): Promise<string> {
  const out = join(dir, `${source.task.name}-${write.name}`);
  mkdirSync(out);
  await write(out, source);
  return out;
}

/** What a format should hold of an example of the pairs. */
const recordOf = ({ tokens, extras, ...facts }: StoredExample) => ({
  tokens1: Array.from(tokens.subarray(0, 8)),
  tokens2: Array.from(tokens.subarray(8)),
  ...{ label: facts.label, group: facts.group, member: facts.member, distance: facts.distance },
  answers: Array.from(facts.answers),
  places: extras.places![0],
  spots: Array.from(extras.spots!).filter((spot) => spot >= 0),
  half: extras.half![0],
});

let source: FormatSource;
let expected: ReturnType<typeof recordOf>[];
beforeAll(async () => {
  source = await sourceOf(pairs);
  expected = [];
  for await (const example of source.examples('train')) expected.push(recordOf(example));
  expect(expected).toHaveLength(24);
  expect(new Set(expected.map(({ spots }) => spots.length))).toEqual(new Set([1, 2]));
});

describe('a data set of pairs with extra columns', () => {
  it('holds to every rule', async () => {
    const findings = await verifyDataset(join(dir, pairs.name), { tasks: [pairs] as never });
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toContain('extras');
  });

  it('is the same in TSV', async () => {
    const text = readFileSync(join(await written(writeTsv, source), 'train.tsv'), 'utf8');
    const [header, ...lines] = text.trimEnd().split('\n');
    const names = ['tokens1', 'tokens2', 'label', 'group', 'member', 'distance', 'answers'];
    names.push('places', 'spots', 'half');
    expect(header).toBe(names.join('\t'));
    const records = lines.map((line) => {
      const cells = line.split('\t').map((cell) => cell.split(' ').map(Number));
      const lists = ['tokens1', 'tokens2', 'answers', 'spots'];
      return Object.fromEntries(
        names.map((name, i) => [name, lists.includes(name) ? cells[i] : cells[i]![0]]),
      );
    });
    expect(records).toEqual(expected);
  });

  it('is the same in JSON Lines', async () => {
    const text = readFileSync(join(await written(writeJsonl, source), 'train.jsonl'), 'utf8');
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(expected);
  });

  it('is the same in Parquet, with columns of int32 and lists of them', async () => {
    const file = await asyncBufferFromFile(
      join(await written(writeParquet, source), 'train.parquet'),
    );
    expect(await parquetReadObjects({ file })).toEqual(expected);
    const { children } = parquetSchema(await parquetMetadataAsync(file));
    const element = children.find(({ element }) => element.name === 'tokens1')!;
    expect(element.element.converted_type).toBe('LIST');
    expect(element.children[0]!.children[0]!.element.type).toBe('INT32');
    expect(children.find(({ element }) => element.name === 'member')!.element.type).toBe('INT32');
  });

  it('has no pictures, and no files of the Long Range Arena', async () => {
    await expect(written(writePictures, source)).rejects.toThrow('are no pictures');
    await expect(written(writeLra, source)).rejects.toThrow(/these have: .*listops/);
  });
});

describe('a data set of pictures', () => {
  it('is the same in folders of PNG files, by split and label', async () => {
    const source = await sourceOf(pictures);
    const out = await written(writePictures, source);
    const picture = source.meta.shape.picture!;
    let index = 0;
    for await (const { tokens, label } of source.examples('train')) {
      const name = `${String(index++).padStart(2, '0')}.png`;
      const path = join(out, 'train', String(label), name);
      expect(decodeGrey(readFileSync(path), path, picture)).toEqual(unscan(tokens, picture));
    }
    expect(index).toBe(12);
    const files = readdirSync(out, { recursive: true }).filter((name) => /png$/.test(`${name}`));
    expect(files).toHaveLength(20);
  });
});

describe('the padding of a sequence', () => {
  const facts = (i: number) => ({ label: i % 2, group: i, member: 0, distance: 0 });

  it('is left out, in every block of a large split', async () => {
    const { meta, task } = source;
    const shape = { ...meta.shape, documents: 1, length: 16, extras: {} } as const;
    const alone = { ...shape, table: { ...shape.table!, asked: [] } };
    const examples = async function* () {
      for (let i = 0; i < 12_000; i++) {
        const tokens = new Uint8Array(16);
        tokens.fill(1 + (i % 7), 0, 1 + (i % 16));
        yield { ...facts(i), tokens, answers: new Uint8Array(0), extras: {} };
      }
    };
    const out = await written(writeParquet, {
      ...{ meta: { ...meta, shape: alone }, examples },
      task: { ...task, name: 'padded' },
    });
    const file = await asyncBufferFromFile(join(out, 'test.parquet'));
    expect((await parquetMetadataAsync(file)).row_groups.length).toBeGreaterThan(1);
    const rows = await parquetReadObjects({ file, rowStart: 9_995, rowEnd: 10_005 });
    rows.forEach((row, at) => {
      const i = 9_995 + at;
      const tokens = new Array<number>(1 + (i % 16)).fill(1 + (i % 7));
      expect(row).toEqual({ tokens, ...facts(i) });
    });
  });
});

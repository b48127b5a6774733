/** Croissant metadata and the data card of an export in Parquet, and what Python makes of all three. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetSchema } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readExamples } from '../../../../generators/store/examples.ts';
import { factsOf } from '../../../../generators/store/formats/dataCard.ts';
import { writeParquet } from '../../../../generators/store/formats/parquet.ts';
import { readMeta, type Meta } from '../../../../generators/store/meta.ts';
import { writeDataset } from '../../../../generators/store/write.ts';
import { peerPython } from '../../../peers.ts';
import { temporaryFolder } from '../../support.ts';
import { pairs } from '../../synthetic.ts';

/** The keys that the specification asks for, and no others. */
const schema = z.strictObject({
  '@context': z.record(z.string(), z.unknown()),
  '@type': z.literal('sc:Dataset'),
  name: z.string(),
  conformsTo: z.literal('http://mlcommons.org/croissant/1.0'),
  description: z.string(),
  license: z.url(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  distribution: z.array(
    z.strictObject({
      '@type': z.literal('cr:FileObject'),
      '@id': z.string(),
      name: z.string(),
      contentUrl: z.string(),
      contentSize: z.string().regex(/^\d+ B$/),
      encodingFormat: z.literal('application/x-parquet'),
      sha256: z.string(),
    }),
  ),
  recordSet: z.array(
    z.strictObject({
      '@type': z.literal('cr:RecordSet'),
      '@id': z.string(),
      name: z.string(),
      description: z.string(),
      field: z.array(
        z.strictObject({
          '@type': z.literal('cr:Field'),
          '@id': z.string(),
          name: z.string(),
          description: z.string(),
          dataType: z.literal('sc:Integer'),
          repeated: z.literal(true).optional(),
          source: z.strictObject({
            fileObject: z.strictObject({ '@id': z.string() }),
            extract: z.strictObject({ column: z.string() }),
          }),
        }),
      ),
    }),
  ),
});

const dir = temporaryFolder();
const out = join(dir, 'parquet');
let meta: Meta;
beforeAll(async () => {
  const from = join(dir, 'pairs');
  await writeDataset({
    task: pairs,
    tier: 'smoke',
    options: pairs.tiers.smoke,
    seed: 1,
    out: from,
  });
  meta = await readMeta(from);
  mkdirSync(out);
  await writeParquet(out, {
    meta,
    task: pairs,
    examples: (split) => readExamples(from, meta, split),
  });
});

const metadata = () => schema.parse(JSON.parse(readFileSync(join(out, 'croissant.json'), 'utf8')));

it('has the files with their checksums and sizes', () => {
  const files = metadata().distribution;
  expect(files.map(({ contentUrl }) => contentUrl)).toEqual([
    'train.parquet',
    'val.parquet',
    'test.parquet',
  ]);
  for (const { contentUrl, contentSize, sha256 } of files) {
    const bytes = readFileSync(join(out, contentUrl));
    expect(contentSize).toBe(`${bytes.length} B`);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});

it('has every column of every file, lists as such', async () => {
  for (const { name, field } of metadata().recordSet) {
    const file = await asyncBufferFromFile(join(out, `${name}.parquet`));
    const { children } = parquetSchema(await parquetMetadataAsync(file));
    const columns = children.map(({ element }) => [
      element.name,
      element.converted_type === 'LIST',
    ]);
    expect(field.map(({ source, repeated }) => [source.extract.column, repeated ?? false])).toEqual(
      columns,
    );
    for (const { source } of field) expect(source.fileObject['@id']).toBe(`${name}.parquet`);
  }
});

describe('the data card', () => {
  it('names the file of each split in its header, and every column', () => {
    const [, header, text] = readFileSync(join(out, 'README.md'), 'utf8').split('---\n');
    expect(parse(header!)).toMatchObject({
      license: 'apache-2.0',
      configs: [
        {
          data_files: [
            { split: 'train', path: 'train.parquet' },
            { split: 'validation', path: 'val.parquet' },
            { split: 'test', path: 'test.parquet' },
          ],
        },
      ],
    });
    for (const { name } of metadata().recordSet[0]!.field)
      expect(text).toContain(`| \`${name}\` |`);
  });

  it('claims no licence of real data, or of what was imported', () => {
    expect(factsOf(meta).license).toMatch(/^https:/);
    expect(factsOf({ ...meta, source: 'films' }).license).toBeUndefined();
    expect(factsOf({ ...meta, origin: 'imported' }).license).toBeUndefined();
  });
});

const python = peerPython('Parquet in Python', 'datasets, mlcroissant, torch');

it.skipIf(!python)('is read by datasets and mlcroissant, and makes batches in PyTorch', () => {
  const run = (...args: string[]) =>
    execFileSync(python!, ['-B', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(dir, 'hub') },
    });
  const batches = run(resolve('leaderboards/examples/loader.py'), out).split('\n');
  expect(batches[0]).toBe(`train 24 {'tokens': [24, 2, 8], 'labels': [24], 'distances': [24]}`);
  const count =
    'import sys, mlcroissant; data = mlcroissant.Dataset(jsonld=sys.argv[1]); ' +
    'print(*(len(list(data.records(split))) for split in ("train", "val", "test")))';
  const { train, val, test } = meta.shape.counts;
  expect(run('-c', count, join(out, 'croissant.json')).trim()).toBe(`${train} ${val} ${test}`);
});

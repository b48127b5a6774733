/**
 * Croissant metadata (version 1.0, https://docs.mlcommons.org/croissant/docs/croissant-spec-1.0.html) of
 * an export in Parquet: its files with their checksums, and the fields of each split. The day and the
 * address of a publication are its publisher's to add, as `datePublished` and `url`.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { countOf, partsOf } from '../../task.ts';
import { columnsOf, type Column } from './format.ts';
import type { Meta } from '../meta.ts';

/** The specification's own context, word for word: readers compare it with theirs. */
const context = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileProperty: 'cr:fileProperty',
  fileObject: 'cr:fileObject',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  parentField: 'cr:parentField',
  path: 'cr:path',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
};

/** What a column holds, in one phrase. */
export function meaningOf(name: string): string {
  const known: Record<string, string> = {
    tokens: 'token ids without the padding',
    tokens1: 'token ids of the first document without the padding',
    tokens2: 'token ids of the second document without the padding',
    label: 'class, from 0: the answer to the last question',
    group: 'number of the sibling group, which is one observation',
    member: 'place in the table of evidence states and questions of the group',
    distance: 'tokens from the read-out to the evidence at least, 0 for a standard task',
    answers: 'classes of the answers to the earlier questions',
  };
  return known[name] ?? 'a fact about the example that no model sees';
}

/**
 * The content of `croissant.json` beside the Parquet files in `dir`.
 * @param description what the data set is, in a sentence.
 * @param license an address of its terms, where they are known.
 */
export async function croissantOf(
  dir: string,
  meta: Meta,
  { name, description, license }: { name: string; description: string; license?: string },
): Promise<Record<string, unknown>> {
  const columns = columnsOf(meta.shape);
  const parts = partsOf(meta.shape);
  const files = await Promise.all(parts.map((part) => fileObject(dir, `${part}.parquet`)));
  return {
    '@context': context,
    '@type': 'sc:Dataset',
    name,
    conformsTo: 'http://mlcommons.org/croissant/1.0',
    description,
    ...(license && { license }),
    version: `${meta.generatorVersion}.0.0`,
    distribution: files,
    recordSet: parts.map((split) => ({
      '@type': 'cr:RecordSet',
      '@id': split,
      name: split,
      description: `${countOf(meta.shape, split)} examples`,
      field: columns.map((column) => fieldOf(split, column)),
    })),
  };
}

const fieldOf = (split: string, { name, list }: Column) => ({
  '@type': 'cr:Field',
  '@id': `${split}/${name}`,
  name,
  description: meaningOf(name),
  dataType: 'sc:Integer',
  ...(list && { repeated: true }),
  source: { fileObject: { '@id': `${split}.parquet` }, extract: { column: name } },
});

async function fileObject(dir: string, name: string) {
  const path = join(dir, name);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return {
    '@type': 'cr:FileObject',
    '@id': name,
    name,
    contentUrl: name,
    contentSize: `${(await stat(path)).size} B`,
    encodingFormat: 'application/x-parquet',
    sha256: hash.digest('hex'),
  };
}

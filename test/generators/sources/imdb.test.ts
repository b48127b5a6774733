import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identifyReviews, readReviews } from '../../../generators/sources/imdb.ts';
import { archive, temporaryFolder, tinyReviews } from '../support.ts';

const dir = temporaryFolder();
let folders = 0;

function folder(files: Record<string, string | Buffer> = {}): string {
  const path = join(dir, `${folders++}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

const packed = async (files: Record<string, string | Buffer>) =>
  folder({ 'aclImdb_v1.tar.gz': await archive(files) });

describe('reviews', () => {
  it('are the same from the archive, whatever its order, and from the folder', async () => {
    const files = tinyReviews(12);
    const fromArchive = await readReviews(await packed(files), 20);
    const backwards = Object.fromEntries(Object.entries(files).reverse());
    expect(await readReviews(await packed(backwards), 20)).toEqual(fromArchive);
    expect(await readReviews(folder(files), 20)).toEqual(fromArchive);
    expect(fromArchive.reviews).toHaveLength(48);
    expect(fromArchive.source).toContain('48 labelled reviews, sha256');
  });

  it('come in the order of part, label and number, cut to the length', async () => {
    const { reviews } = await readReviews(await packed(tinyReviews(12)), 9);
    expect(reviews.map(({ part, label }) => `${part} ${label}`)).toEqual(
      ['train 0', 'train 1', 'test 0', 'test 1'].flatMap((kind) => Array<string>(12).fill(kind)),
    );
    expect(reviews.slice(8, 12).map(({ text }) => text.toString())).toEqual([
      'train 8: ',
      'train 9: ',
      'train 10:',
      'train 11:',
    ]);
  });

  it('are told apart by content beyond the cut', async () => {
    const files = tinyReviews(3);
    const { source } = await readReviews(await packed(files), 5);
    const changed = { ...files, 'aclImdb/test/pos/1_9.txt': 'test 1: another film' };
    expect((await readReviews(await packed(changed), 5)).source).not.toBe(source);
  });

  it.each([
    ['empty', { 'aclImdb/train/pos/1_9.txt': '' }, 'train/pos/1_9.txt is empty'],
    ['in another layout', { 'imdb/train/pos/1_9.txt': 'x' }, 'holds no reviews'],
    ['gigantic', { 'aclImdb/train/pos/1_9.txt': Buffer.alloc(1_100_000) }, 'claims 1100000 bytes'],
    ['leading out', { 'aclImdb/../../1_9.txt': 'x' }, 'leads out of its folder'],
  ])('that are %s are refused', async (_, files, message) => {
    await expect(readReviews(await packed(files as Record<string, string>), 9)).rejects.toThrow(
      message,
    );
  });

  it('that are in the folder in part are refused', async () => {
    const path = folder({ 'aclImdb/train/pos/1_9.txt': 'x' });
    await expect(readReviews(path, 9)).rejects.toThrow(join(path, 'aclImdb', 'train', 'neg'));
    await expect(identifyReviews(path)).rejects.toThrow('it does not exist');
  });

  it('that are missing: where to get them, and where to put them', async () => {
    const path = folder();
    for (const ask of [() => readReviews(path, 9), () => identifyReviews(path)])
      await expect(ask()).rejects.toThrow(
        `There are no IMDb reviews in ${path}: get aclImdb_v1.tar.gz from https://ai.stanford.edu/`,
      );
  });
});

describe('the identity of the source', () => {
  it('changes with the archive and with the files of the folder', async () => {
    const files = tinyReviews(3);
    const more = { ...files, 'aclImdb/test/pos/7_9.txt': 'more' };
    expect(await identifyReviews(await packed(files))).toBe(
      await identifyReviews(await packed(files)),
    );
    expect(await identifyReviews(await packed(files))).not.toBe(
      await identifyReviews(await packed(more)),
    );
    const path = folder(files);
    const before = await identifyReviews(path);
    expect(await identifyReviews(path)).toBe(before);
    utimesSync(join(path, 'aclImdb/test/pos/1_9.txt'), 1, 1);
    expect(await identifyReviews(path)).not.toBe(before);
  });
});

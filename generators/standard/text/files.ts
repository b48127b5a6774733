/**
 * Text in files. The Long Range Arena reads IMDb's files and has none of its own, so the exchange uses
 * that layout, one file per review, `aclImdb/{train,test}/{neg,pos}/<number>_<rating>.txt`, with a folder
 * `aclImdb/val` that the official archive lacks. Exported texts are as long as the task reads them;
 * their ratings are not kept, so the name says 1 for unfavourable and 10 for favourable.
 *
 * Without an `aclImdb/val` every tenth review of the training part is for validation. Reviews of the
 * training part that read, after cutting, like one of the test part or like an earlier one are left
 * out, so that no example is in two splits.
 */
import { hash } from 'node:crypto';
import { mkdir, open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, reasonOf } from '../../../core/errors.ts';
import { splits, type LraLayout, type SplitName } from '../../task.ts';

const folderName = 'aclImdb';
const sides = ['neg', 'pos'] as const; // by label
const ratings = [1, 10] as const;
const fileName = /^(\d{1,8})_\d{1,2}\.txt$/;
const mostReviews = 1_000_000;

export const textFiles: LraLayout<{ length: number }> = {
  files: `${folderName}/{train,val,test}/{neg,pos}/<number>_<rating>.txt`,

  async export(dir, examples) {
    for (const split of splits) {
      for (const side of sides)
        await mkdir(join(dir, folderName, split, side), { recursive: true });
      let number = 0;
      for await (const { tokens, label } of examples(split)) {
        const end = tokens.indexOf(0);
        const bytes = Uint8Array.from(end < 0 ? tokens : tokens.subarray(0, end), (id) => id - 1);
        const name = `${number++}_${ratings[label]}.txt`;
        await writeFile(join(dir, folderName, split, sides[label]!, name), bytes);
      }
    }
  },

  async list(dir) {
    const { train, val, test } = await filesOf(dir);
    return [...train, ...val, ...test].map(({ path }) => path);
  },

  async *import(dir, split, { length }, note) {
    const files = await filesOf(dir);
    const seen = new Set<string>();
    const isNew = (text: Buffer) => {
      const before = seen.size;
      return seen.add(hash('sha256', text, 'base64')).size > before;
    };
    // Test comes before train, and train before val: of equal reviews the first one stays.
    const earlier: SplitName[] =
      split === 'test' ? [] : split === 'train' ? ['test'] : ['test', 'train'];
    for (const other of earlier)
      for (const { path } of files[other]) isNew(await beginningOf(join(dir, path), length));
    let repeated = 0;
    for (const { path, label } of files[split]) {
      const text = await beginningOf(join(dir, path), length);
      if (!isNew(text) && split !== 'test') repeated++;
      else yield { tokens: Uint16Array.from(text, (byte) => byte + 1), label };
    }
    if (repeated > 0)
      note(`Left out of ${split}, since they read like another one: ${repeated} reviews.`);
  },
};

interface ReviewFile {
  /** Below the folder that holds `aclImdb`. */
  path: string;
  label: number;
}

/** The reviews of each split, negative before positive, by number. */
async function filesOf(dir: string): Promise<Record<SplitName, ReviewFile[]>> {
  const [train, test] = [await partOf(dir, 'train'), await partOf(dir, 'test')];
  if (await stat(join(dir, folderName, 'val')).catch(() => undefined))
    return { train, val: await partOf(dir, 'val'), test };
  const isVal = (_: ReviewFile, i: number) => i % 10 === 9;
  return {
    train: train.filter((file, i) => !isVal(file, i)),
    val: train.filter(isVal),
    test,
  };
}

async function partOf(dir: string, part: SplitName): Promise<ReviewFile[]> {
  const files: ReviewFile[] = [];
  for (const [label, side] of sides.entries()) {
    const folder = `${folderName}/${part}/${side}`;
    const names = await readdir(join(dir, folder)).catch((error: unknown) => {
      throw new DataError(
        `Cannot read ${join(dir, folder)}: ${reasonOf(error)}; expected the folder ${folderName} that the official archive unpacks to.`,
      );
    });
    const numbered = names.flatMap((name) => {
      const number = fileName.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    });
    if (numbered.length === 0 || numbered.length > mostReviews)
      throw new DataError(
        `${join(dir, folder)} holds ${numbered.length} reviews <number>_<rating>.txt, expected 1 to ${mostReviews}.`,
      );
    numbered.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
    files.push(...numbered.map(({ name }) => ({ path: `${folder}/${name}`, label })));
  }
  return files;
}

/** The first `length` bytes of a file; the rest is not read. */
async function beginningOf(path: string, length: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const text = Buffer.alloc(length);
      let end = 0;
      for (;;) {
        const { bytesRead } = await file.read(text, end, length - end);
        end += bytesRead;
        if (bytesRead === 0 || end === length) break;
      }
      if (end === 0) throw new DataError(`${path} is empty; get the official archive.`);
      return text.subarray(0, end);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`Cannot read ${path}: ${reasonOf(error)}.`);
  }
}

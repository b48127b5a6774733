/**
 * Pairs of papers and whether one cites the other, in the Long Range Arena's files for Retrieval:
 * `<name>.{train,eval,test}.tsv`, plain or with `.gz`; a line has label, id1, id2, text1, text2,
 * separated by tabs, without header or quotes. Two collections are known by their file names:
 *
 * - `aan`: LRA's own, from the ACL Anthology Network (Radev et al. 2013), 147,086 / 18,090 / 17,437
 *   pairs. It is no longer published; whoever has `lra_release.gz` finds it in its `tsv_data`.
 * - `acl`: pairs of ACL papers made from the CL-SciSumm corpus (CC BY 4.0), 4,520 / 565 / 565.
 *
 * In both, papers recur in other pairs and across the splits, so a model may know a paper from
 * training. Pairs do not recur: a pair that equals an earlier one, in either order, by its papers or by
 * the texts as far as they are read, is left out, as is a pair with an empty text. Test comes first,
 * then eval, then train.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, reasonOf } from '../../core/errors.ts';
import type { SplitName } from '../task.ts';
import { linesOf } from './lines.ts';

export type Collection = 'acl' | 'aan';

export interface CitationPair {
  label: 0 | 1;
  /** Numbers of the papers, by their first appearance in test, eval and train. */
  papers: [number, number];
  /** Beginnings of both texts, as many bytes as were asked for, cut between characters. */
  texts: [Buffer, Buffer];
}

export interface CitationPairs {
  /** In the order of the files. */
  pairs: Record<SplitName, CitationPair[]>;
  /** Pairs that were left out. */
  leftOut: Record<SplitName, number>;
  source: string;
}

/** Names of the files, up to the part, and what they hold. */
const collections = {
  acl: {
    name: 'acl_citation_pairs',
    holds: "ACL citation pairs (CL-SciSumm corpus, CC BY 4.0; not LRA's AAN)",
  },
  aan: { name: 'new_aan_pairs', holds: "LRA's AAN citation pairs (Tay et al. 2021)" },
} as const;
/** LRA's names of the splits; in the order in which they keep a pair that is in several. */
const parts = { test: 'test', val: 'eval', train: 'train' } as const;
const order = Object.keys(parts) as SplitName[];
/** LRA's longest line has some 20 KB. */
const longestLine = 1 << 20;

/** Name of a split's file, plain. */
export function citationFile(collection: Collection, split: SplitName): string {
  return `${collections[collection].name}.${parts[split]}.tsv`;
}

/**
 * Names of the files in a folder.
 * @throws DataError that says which ones were expected.
 */
export async function findCitations(
  dir: string,
  collection: Collection,
): Promise<Record<SplitName, string>> {
  const found: Partial<Record<SplitName, string>> = {};
  for (const split of order) {
    const plain = citationFile(collection, split);
    for (const folder of folders)
      for (const name of [plain, `${plain}.gz`])
        if (!found[split] && (await there(join(dir, folder, name))))
          found[split] = join(folder, name);
    if (!found[split])
      throw new DataError(
        `There is no ${plain} or ${plain}.gz in ${dir}: put ${collections[collection].holds} there as ${collections[collection].name}.{train,eval,test}.tsv or .tsv.gz, each line label, id1, id2, text1, text2 between tabs, or name their folder with --sources DIR; pairs=${collection === 'acl' ? 'aan' : 'acl'} reads the other collection.`,
      );
  }
  return found as Record<SplitName, string>;
}

/** Folders below the release of the Long Range Arena in which its files stand. */
const folders = ['', 'tsv_data', 'lra_release/tsv_data'];

const there = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Changes with the files of either collection: a checksum of their names and bytes. */
export async function identifyCitations(dir: string): Promise<string> {
  const hash = createHash('sha256');
  const complete: Collection[] = [];
  for (const collection of ['acl', 'aan'] as const) {
    const files = await findCitations(dir, collection).catch(() => undefined);
    if (!files) continue;
    complete.push(collection);
    for (const split of order) {
      const path = join(dir, files[split]);
      hash.update(`${files[split]}\n`);
      try {
        for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
      } catch (error) {
        throw new DataError(`Cannot read ${path}: ${reasonOf(error)}.`);
      }
    }
  }
  if (complete.length === 0) await findCitations(dir, 'acl');
  return `${complete.join(' and ')} ${hash.digest('hex')}`;
}

/**
 * All pairs, the same from plain files and from gzipped ones.
 * @param longest bytes kept of each text.
 */
export async function readCitations(
  dir: string,
  collection: Collection,
  longest: number,
): Promise<CitationPairs> {
  const files = await findCitations(dir, collection);
  const hash = createHash('sha256');
  const numbers = new Map<string, number>();
  // Papers recur, so each text is kept once.
  const texts = new Map<string, Buffer>();
  const seen = new Set<string>();
  const isNew = (one: string, other: string) => {
    const key = one < other ? `${one} ${other}` : `${other} ${one}`;
    return seen.size < seen.add(key).size;
  };
  const pairs: CitationPairs['pairs'] = { train: [], val: [], test: [] };
  const leftOut = { train: 0, val: 0, test: 0 };
  for (const split of order) {
    const path = join(dir, files[split]);
    for await (const { number, bytes } of linesOf(path, longestLine)) {
      hash.update(bytes).update('\n');
      const { label, ids, whole } = columnsOf(bytes, `${path}, line ${number}`);
      const papers = ids.map((id) => {
        if (!numbers.has(id)) numbers.set(id, numbers.size);
        return numbers.get(id)!;
      }) as [number, number];
      const keys = whole.map((text) => {
        const cut = cutText(text, longest);
        const key = createHash('sha256').update(cut).digest('base64');
        if (!texts.has(key)) texts.set(key, Buffer.from(cut));
        return key;
      }) as [string, string];
      const beginnings = keys.map((key) => texts.get(key)!) as [Buffer, Buffer];
      // Both are asked, so that the next pair is held against both.
      const news = [isNew(...keys), isNew(`#${papers[0]}`, `#${papers[1]}`)];
      const empty = beginnings.some((text) => text.length === 0);
      if (news.every(Boolean) && !empty) pairs[split].push({ label, papers, texts: beginnings });
      else leftOut[split]++;
    }
  }
  const count = order.reduce((sum, split) => sum + pairs[split].length, 0);
  return {
    pairs,
    leftOut,
    source: `${collections[collection].holds}, ${count} pairs, repeats left out, papers recur across splits; sha256 of the lines ${hash.digest('hex').slice(0, 16)}`,
  };
}

const tab = 9;

function columnsOf(bytes: Buffer, where: string) {
  const columns: Buffer[] = [];
  for (let start = 0; start <= bytes.length && columns.length < 6;) {
    const stop = bytes.indexOf(tab, start);
    columns.push(bytes.subarray(start, stop < 0 ? bytes.length : stop));
    start = stop < 0 ? bytes.length + 1 : stop + 1;
  }
  if (columns.length !== 5)
    throw new DataError(
      `${where} has ${columns.length > 5 ? 'more than 5' : columns.length} columns, expected label, id1, id2, text1, text2.`,
    );
  const [label, id1, id2, text1, text2] = columns as [Buffer, Buffer, Buffer, Buffer, Buffer];
  const said = label.toString();
  if (!/^[01](\.0*)?$/.test(said))
    throw new DataError(
      `${where} has the label ${JSON.stringify(said.slice(0, 20))}, expected 0 or 1.`,
    );
  return {
    label: Number(said) as 0 | 1,
    ids: [id1.toString(), id2.toString()],
    whole: [text1, text2],
  };
}

/** At most so many bytes, without the beginning of a character that does not fit. */
function cutText(text: Buffer, longest: number): Buffer {
  let stop = Math.min(longest, text.length);
  // Bytes 10xxxxxx continue a character.
  while (stop < text.length && (text[stop]! & 0xc0) === 0x80) stop--;
  return text.subarray(0, stop);
}

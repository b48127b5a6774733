/**
 * Retrieval in the Long Range Arena's files, read and written; `sources/citations.ts` describes them. A
 * data set keeps the number of each paper and the beginning of its text, so the export writes `paper-12`
 * in place of the source's own name, and the text as far as it was read.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DataError, reasonOf } from '../../../core/errors.ts';
import {
  citationFile,
  findCitations,
  readCitations,
  type Collection,
} from '../../sources/citations.ts';
import { splits, type LraLayout, type StoredExample } from '../../task.ts';

/**
 * @param tokensOf both documents as tokens, each padded.
 * @param textOf the bytes of the document that begins at a token.
 */
export function retrievalFiles<Options extends { pairs: Collection; length: number }>(
  tokensOf: (texts: readonly Buffer[], length: number) => Uint16Array,
  textOf: (tokens: ArrayLike<number>, start: number, length: number) => Buffer,
): LraLayout<Options> {
  async function* linesFrom(
    examples: AsyncIterable<StoredExample>,
    length: number,
  ): AsyncGenerator<Buffer> {
    for await (const { tokens, label, extras } of examples) {
      const names = Array.from(extras.papers!, (paper) => `paper-${paper}`);
      const texts = [0, 1].map((d) => textOf(tokens, d * length, length));
      const columns = [`${label}.0`, ...names, ...texts].map((column) => Buffer.from(column));
      yield Buffer.concat(
        columns.flatMap((column, i) => [column, Buffer.from(i < 4 ? '\t' : '\n')]),
      );
    }
  }

  return {
    files: '{acl_citation,new_aan}_pairs.{train,eval,test}.tsv, or .tsv.gz',

    async export(dir, examples, { pairs, length }) {
      for (const split of splits) {
        const path = join(dir, citationFile(pairs, split));
        const lines = Readable.from(linesFrom(examples(split), length));
        await pipeline(lines, createWriteStream(path)).catch((error: unknown) => {
          throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
        });
      }
    },

    async list(dir, { pairs }) {
      const files = await findCitations(dir, pairs);
      return splits.map((split) => files[split]);
    },

    async *import(dir, split, { pairs: collection, length }, note) {
      const { pairs, leftOut } = await readCitations(dir, collection, length);
      if (leftOut[split] > 0)
        note(
          `${leftOut[split]} pairs of ${split} were there before or had an empty text: left out`,
        );
      for (const { label, papers, texts } of pairs[split])
        yield { tokens: tokensOf(texts, length), label, extras: { papers } };
    },
  };
}

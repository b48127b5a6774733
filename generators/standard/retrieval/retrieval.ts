/**
 * Retrieval of the Long Range Arena (Tay et al. 2021, https://arxiv.org/abs/2011.04006): of two
 * papers, each read byte by byte and on its own, say whether one cites the other. A token is a
 * byte + 1, 0 is padding, longer texts are cut, here between characters; both documents stand one
 * after the other, each padded to `length`.
 *
 * LRA's pairs are no longer published; `pairs=aan` reads them where a user has them. The default,
 * `pairs=acl`, reads pairs of ACL papers in the same format: fewer and other pairs, so accuracies cannot
 * be compared with LRA's. `sources/citations.ts` describes both and what is left out. The splits are
 * those of the files; the seed draws which pairs are used and their order. No pair is in two splits,
 * papers are.
 */
import { z } from 'zod';
import { DataError } from '../../../core/errors.ts';
import { int, shuffle, stream } from '../../../core/random.ts';
import { identifyCitations, readCitations, type CitationPair } from '../../sources/citations.ts';
import { defaultSources } from '../../sources/folder.ts';
import { bytePieces } from '../../reading.ts';
import { splits, type SplitName, type TaskDefinition } from '../../task.ts';
import { retrievalFiles } from './files.ts';
import { inventPapers } from './invented.ts';

const counts = z.int().positive().max(1_000_000);
const options = z.strictObject({
  /** The collection: ACL papers, or LRA's own of the ACL Anthology Network. */
  pairs: z.enum(['acl', 'aan']),
  /** Bytes each document is cut and padded to. */
  length: z
    .int()
    .min(8)
    .max(1 << 20),
  train: counts,
  val: counts,
  test: counts,
});

export const retrieval: TaskDefinition<typeof options> = {
  name: 'retrieval',
  title: 'Retrieval',
  kind: 'standard',
  summary: 'Whether one of two papers, read byte by byte, cites the other.',
  version: 1,
  options,
  tiers: {
    smoke: { pairs: 'acl', length: 128, train: 400, val: 100, test: 100 },
    lite: { pairs: 'acl', length: 256, train: 2_000, val: 560, test: 560 },
    lra: { pairs: 'acl', length: 4000, train: 4_500, val: 560, test: 560 },
  },

  shape(chosen) {
    const { train, val, test } = chosen;
    return {
      length: chosen.length,
      vocabulary: 257,
      classes: 2,
      documents: 2,
      input: 'tokens',
      readout: 'pool',
      padded: true,
      distances: [],
      siblings: 1,
      order: 0,
      maskRatio: 0.15,
      counts: { train, val, test },
      extras: { papers: 2 },
    };
  },

  realData: { isRead: () => true, identify: identifyCitations, invent: inventPapers },

  async open(chosen, seed, sources = defaultSources()) {
    const { pairs, source } = await readCitations(sources, chosen.pairs, chosen.length);
    const drawn = Object.fromEntries(
      splits.map((split) => [split, draw(pairs[split], split, chosen, seed)]),
    ) as Record<SplitName, CitationPair[]>;
    const offsets = { train: 0, val: chosen.train, test: chosen.train + chosen.val };
    return {
      source,
      example(split, index) {
        const { label, papers, texts } = drawn[split][index]!;
        return {
          tokens: tokensOf(texts, chosen.length),
          label,
          group: offsets[split] + index,
          distance: 0,
          extras: { papers },
        };
      },
    };
  },

  /** Of two papers it does not matter which one stands first: one cites the other, or neither does. */
  augment({ tokens }, { length }, random) {
    if (int(random, 2) === 0) return tokens;
    const second = tokens.subarray(length);
    return Uint16Array.from([...second, ...tokens.subarray(0, length)]);
  },

  read({ tokens, label }, { length }) {
    const both = Array.from(tokens);
    const documents = [0, 1].map((d) => bytePieces(both.slice(d * length, (d + 1) * length)));
    const sizes = documents.map((pieces) => pieces.reduce((sum, piece) => sum + piece.tokens, 0));
    return {
      documents,
      between: '',
      picture: null,
      question: 'Does one of the two papers cite the other?',
      answer: label === 1 ? 'one cites the other' : 'neither cites the other',
      notes: [`${sizes.join(' and ')} bytes`],
    };
  },

  lra: retrievalFiles(tokensOf, textOf),
};

/** As many pairs as are asked for, in an order drawn by the seed. */
function draw(
  pairs: CitationPair[],
  split: SplitName,
  chosen: { pairs: string } & Record<SplitName, number>,
  seed: number,
): CitationPair[] {
  if (pairs.length < chosen[split])
    throw new DataError(
      `The ${chosen.pairs === 'acl' ? 'ACL' : 'AAN'} citation pairs have ${pairs.length} different ones for ${split}, but ${chosen[split]} are asked for; ask for fewer.`,
    );
  return shuffle([...pairs], stream(`${seed}/retrieval/${split}/order`)).slice(0, chosen[split]);
}

/** Both documents, each padded to `length`. */
function tokensOf(texts: readonly Buffer[], length: number): Uint16Array {
  const tokens = new Uint16Array(2 * length);
  texts.forEach((text, d) => {
    for (let i = 0; i < text.length; i++) tokens[d * length + i] = text[i]! + 1;
  });
  return tokens;
}

/** Bytes of the document that begins at `start`. */
function textOf(tokens: ArrayLike<number>, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let count = 0;
  while (count < length && tokens[start + count] !== 0) bytes[count] = tokens[start + count++]! - 1;
  return bytes.subarray(0, count);
}

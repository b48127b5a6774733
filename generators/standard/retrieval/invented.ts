/** Two invented papers in the format of the task Retrieval, for pages that cannot copy real ones. */
import type { Example } from '../../task.ts';

const papers = [
  'Parsing Without a Stack. We describe a parser that reads a sentence once, from left to right, ' +
    'and keeps only a vector of fixed size. Trained on the usual treebank it comes within a point ' +
    'of a shift-reduce parser with the same features, and it is four times as fast.',
  'How Much Does a Fixed State Remember? Parsers that keep no stack have been reported to be ' +
    'nearly as accurate as those that do. We repeat the experiment with sentences whose brackets ' +
    'close late, and find that their accuracy falls with the depth of nesting.',
];

/** Two papers, one of which cites the other, each cut and padded to `length`; a token is a byte + 1. */
export function inventPapers({ length }: { length: number }): Example {
  const tokens = papers.flatMap((paper) =>
    Array.from({ length }, (_, i) => (i < paper.length ? paper.charCodeAt(i) + 1 : 0)),
  );
  return { tokens, label: 1, group: 0, distance: 0 };
}

/**
 * Invented examples of the tasks that are made of archives, in the very format of the task: the site
 * copies no real data, and looks the same wherever it is built.
 */
import { classNames } from '../../../../generators/sources/cifar.ts';

export interface StandIn {
  tokens: number[];
  label: number;
}

const review =
  'I went in expecting another tired heist picture and came out grinning. The plan is silly, ' +
  'the safe is sillier, and halfway through the crew forgets what it came to steal. But the two ' +
  'leads are a joy together, and the last ten minutes made me forgive every one of the others.';

const papers = [
  'Parsing Without a Stack. We describe a parser that reads a sentence once, from left to right, ' +
    'and keeps only a vector of fixed size. Trained on the usual treebank it comes within a point ' +
    'of a shift-reduce parser with the same features, and it is four times as fast.',
  'How Much Does a Fixed State Remember? Parsers that keep no stack have been reported to be ' +
    'nearly as accurate as those that do. We repeat the experiment with sentences whose brackets ' +
    'close late, and find that their accuracy falls with the depth of nesting.',
];

/**
 * @param length tokens a document
 * @throws Error of a task that has none
 */
export function standIn(task: string, length: number): StandIn {
  switch (task) {
    case 'text':
      return { tokens: bytesOf(review, length), label: 1 };
    case 'retrieval':
      return { tokens: papers.flatMap((paper) => bytesOf(paper, length)), label: 1 };
    case 'image':
      return { tokens: ship(Math.sqrt(length)), label: classNames.indexOf('ship') };
    default:
      throw new Error(
        `${task} is made of an archive, and there is no invented example of it; write one in site/src/lib/stand-ins.ts`,
      );
  }
}

/** A token is a byte + 1; cut, and padded with 0. */
function bytesOf(text: string, length: number): number[] {
  return Array.from({ length }, (_, i) => (i < text.length ? text.charCodeAt(i) + 1 : 0));
}

/** A ship on the sea, row by row; a token is a grey level + 1. */
function ship(side: number): number[] {
  return Array.from({ length: side * side }, (_, i) => {
    // Of the middle of the pixel, from 0 to 16 whatever the size.
    const [x, y] = [i % side, Math.floor(i / side)].map((at) => ((at + 0.5) * 16) / side) as [
      number,
      number,
    ];
    const inHull = y > 9 && y < 12.5 && x > 0.8 + (y - 9) * 0.6 && x < 15.2 - (y - 9) * 0.9;
    const inCabin = y > 6.5 && y <= 9 && x > 4 && x < 10;
    const inFunnel = y > 3.5 && y <= 6.5 && x > 6 && x < 8;
    const sky = 205 - 4 * y;
    const sea = 110 + 14 * Math.sin(1.9 * x + 2.6 * y);
    const level = inHull ? 45 : inFunnel ? 70 : inCabin ? 235 : y > 11 ? sea : sky;
    return Math.round(level) + 1;
  });
}

/**
 * What the sentences of `text-distance` about people are made of. All of it is plain ASCII, a byte a
 * character, and lengths matter: names and the ends of sentences have one length each, so that a
 * distance in bytes is met exactly, and words of both sentiments come in the same lengths, so that
 * one can stand in the other's place.
 */

/** People, five letters each; no two share their first letter. Filler has no capital letter of the first 18. */
export const names =
  'Boris Clara Derek Edwin Fiona Grace Henry James Karen Marta Peter Quinn Ursel Vince Wanda Xenia Yusuf Zelda Agnes Irene Laura Nadia Oscar Roger Simon Tessa'.split(
    ' ',
  );
export const nameLength = 5;

/**
 * Ten words for each length from 5 to 9, unfavourable and favourable, in no order of strength. Of the
 * first two of each length no last letter is of both sentiments: they are told apart most easily.
 */
const unfavourable = [
  'awful bland inept crude phony tired trite lousy silly stale',
  'dismal stupid boring clumsy feeble wooden shoddy dreary hollow absurd',
  'painful useless tedious pitiful abysmal insipid foolish vacuous ghastly irksome',
  'dreadful mindless horrible terrible annoying lifeless mediocre pathetic tiresome sluggish',
  'atrocious pointless appalling laughable revolting worthless repulsive miserable desperate senseless',
];
const favourable = [
  'great smart super lucid witty vivid sweet sunny noble regal',
  'superb divine lovely clever joyful gifted poetic gentle lively upbeat',
  'amazing perfect elegant magical sublime winning radiant sincere soulful stylish',
  'stunning charming splendid dazzling masterly graceful glorious pleasing gorgeous riveting',
  'brilliant excellent wonderful beautiful memorable inventive admirable fantastic inspiring hilarious',
];
const split = (lines: string[]) => lines.map((line) => line.split(' '));

/** By sentiment (0 unfavourable, 1 favourable) and by length. */
export const words: readonly string[][][] = [split(unfavourable), split(favourable)];
export const longestWord = 9;

/** An unfavourable and a favourable word of the same length, whose last letters differ. */
export type Pair = readonly [unfavourable: string, favourable: string];

/** All pairs of the first `count` words of each length. */
export function pairsOf(count: number): Pair[] {
  return words[0]!.flatMap((list, i) =>
    list
      .slice(0, count)
      .flatMap((bad) => words[1]![i]!.slice(0, count).map((good): Pair => [bad, good]))
      .filter(([bad, good]) => bad.at(-1) !== good.at(-1)),
  );
}

export const wordsPerLength = 10;

/** What stands before a word. */
export const beginnings = [
  'This is the ',
  'At last the ',
  'At noon the ',
  'In came the ',
  'There is the ',
  'Off went the ',
  'Only then the ',
  'So here is the ',
  'Then comes the ',
  'Soon after the ',
];
const lengthsOf = (texts: readonly string[]) => texts.map(({ length }) => length);
export const longestBeginning = Math.max(...lengthsOf(beginnings));

/** What stands between a word and its person where something does. */
export const phrases = [
  ' speech by ',
  ' evening of ',
  ' song about ',
  ' show about ',
  ' letter from ',
  ' poem made for ',
];
/** What may stand between a word and its person: nothing, as in the handle dismalBoris, or a phrase. */
export const betweenOf = (count: number): readonly string[] =>
  count === 0 ? [''] : phrases.slice(0, count);
export const longestBetween = (count: number) => Math.max(...lengthsOf(betweenOf(count)));

/** What ends a sentence after its person. */
export const endings = [' again. ', ' alone. ', ' today. ', ' later. ', ' first. ', ' there. '];
export const endingLength = endings[0]!.length;

/**
 * Length of windows that look the same when two words change places: a window that touches one holds
 * besides it nothing but what begins the sentence and what follows up to the name.
 * @param count phrases that may stand between a word and its person
 */
export const orderOf = (count: number) =>
  1 + Math.min(...lengthsOf(beginnings), ...lengthsOf(betweenOf(count)));

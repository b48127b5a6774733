/**
 * What the sentences of `text-distance` about people are made of. All of it is plain ASCII, a byte a
 * character, and lengths matter: names and the ends of sentences have one length each, so that a
 * distance in bytes is met exactly, and words of both sentiments come in the same lengths, so that
 * one can stand in the other's place.
 */

/** People, five letters each; no two share their first letter. */
export const names =
  'Agnes Boris Clara Derek Edwin Fiona Grace Henry Irene James Karen Laura Marta Nadia Oscar Peter Quinn Roger Simon Tessa Ursel Vince Wanda Xenia Yusuf Zelda'.split(
    ' ',
  );
export const nameLength = 5;

/** Ten words for each length from 5 to 9, unfavourable and favourable, in no order of strength. */
const unfavourable = [
  'awful bland inept crude phony tired trite lousy silly stale',
  'boring clumsy feeble stupid wooden dismal shoddy dreary hollow absurd',
  'tedious useless painful pitiful abysmal insipid foolish vacuous ghastly irksome',
  'dreadful horrible terrible annoying lifeless mediocre pathetic tiresome mindless sluggish',
  'atrocious appalling laughable revolting worthless pointless repulsive miserable desperate senseless',
];
const favourable = [
  'great super lucid witty vivid smart sweet sunny noble regal',
  'superb lovely clever divine joyful gifted poetic gentle lively upbeat',
  'amazing perfect elegant magical sublime winning radiant sincere soulful stylish',
  'splendid stunning charming dazzling masterly graceful glorious pleasing gorgeous riveting',
  'wonderful brilliant excellent beautiful memorable inventive admirable fantastic inspiring hilarious',
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

/** What stands between a name and its word. */
export const beginnings = [
  ' looked so ',
  ' seemed so ',
  ' proved so ',
  ' was again ',
  ' really was ',
  ' turned out ',
  ' felt quite ',
  ' always was ',
  ' is, I find, ',
  ' was, to me, ',
];
export const longestBeginning = Math.max(...beginnings.map(({ length }) => length));

/** What ends the sentence after its word. */
export const endings = [
  ' to watch. ',
  ' on stage. ',
  ' for once. ',
  ' for sure. ',
  ' at first. ',
  ' at times. ',
];
export const endingLength = endings[0]!.length;

/**
 * Length of windows that look the same when two words change places: a window that touches one holds
 * besides it nothing but what begins and ends the sentence.
 */
export const order = 1 + Math.min(endingLength, ...beginnings.map(({ length }) => length));

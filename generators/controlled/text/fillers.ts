/**
 * Sentences that fill a text to the byte: from a small grammar, or from real film reviews. They are
 * kept by length, the space after them included, and there are some of every length from the shortest
 * to the longest, which is at least twice the shortest. Short remarks fill less room than the shortest
 * sentence takes. So any length can be filled exactly.
 */
import { DataError } from '../../../core/errors.ts';
import { shuffle, type Random } from '../../../core/random.ts';
import { oneOf } from '../places.ts';
import type { Review } from '../../sources/imdb.ts';

/** Plain ASCII sentences by length; the first index is the shortest length. */
export interface Fillers {
  shortest: number;
  longest: number;
  /** All of them, and those of each length, by length - shortest. */
  all: string[];
  ofLength: string[][];
}

export const shortest = 20;

const subjects = [
  'A dog',
  'The camera',
  'A train',
  'The old house',
  'A waiter',
  'The city',
  'The second act',
  'A phone',
  'The river',
  'The orchestra',
  'A narrow street',
  'The evening',
  'A letter',
  'The kitchen',
  'The crowd',
  'A small boat',
  'The opening scene',
  'The narrator',
  'The market',
  'A black car',
];
const verbs = [
  'faces',
  'passes',
  'follows',
  'opens on',
  'returns to',
  'waits near',
  'crosses',
  'leads to',
  'looks over',
  'moves past',
  'stands by',
  'goes round',
  'circles',
  'reaches',
  'comes from',
  'turns to',
];
const objects = [
  'a wall',
  'a shop',
  'the harbour',
  'a bridge',
  'the station',
  'an empty room',
  'the garden',
  'the mountains',
  'the square',
  'the theatre',
  'the other side',
  'a staircase',
  'the coast',
  'the office',
  'a hotel in town',
  'the fields',
];

/** Remarks without a sentiment that fill less room than a sentence, by length - 1. */
const remarks: readonly string[][] = (() => {
  const first = [' ', '- ', 'Oh ', 'So, ', 'Then ', 'Later ', 'And so ', 'Anyway, '];
  const subjects = ['It', 'Rain', 'A dog', 'Night', 'The sea', 'A bell', 'Time', 'The snow'];
  const verbs = ['ran', 'fell', 'came', 'rang', 'passed', 'went on', 'returned', 'was near'];
  const sentences = subjects.flatMap((subject) => verbs.map((verb) => `${subject} ${verb}. `));
  return Array.from({ length: shortest - 1 }, (_, i) =>
    [...first, ...sentences].filter(({ length }) => length === i + 1),
  );
})();

/** Sentences without a sentiment. */
export function grammarFillers(): Fillers {
  const sentences = subjects.flatMap((subject) =>
    verbs.flatMap((verb) => objects.map((object) => `${subject} ${verb} ${object}. `)),
  );
  return byLength(sentences, 45);
}

/** Longer real sentences are left out, as are those that are not plain ASCII. */
const longestReal = 120;
/** Real sentences of each length that are kept: enough, and a bound on the memory. */
const mostOfLength = 500;

/** Sentences of reviews, the first ones of each length, in which nothing looks like `excluded`. */
export function reviewFillers(reviews: Review[], excluded: RegExp): Fillers {
  const counts = new Map<number, number>();
  const sentences: string[] = [];
  const most = mostOfLength * (longestReal - shortest + 1);
  for (const { text } of reviews) {
    if (sentences.length === most) break;
    const plain = text.toString('latin1').replace(/(<br \/>| )+/g, ' ');
    for (const [match] of plain.matchAll(/(?<=^|[.!?] )[A-Z"'][ -~]*?[.!?](?= |$)/g)) {
      const length = match.length + 1;
      const count = counts.get(length) ?? 0;
      if (
        length < shortest ||
        length > longestReal ||
        count === mostOfLength ||
        excluded.test(match)
      )
        continue;
      counts.set(length, count + 1);
      // Copied, so that the whole review need not stay in memory.
      sentences.push(Buffer.from(`${match} `, 'latin1').toString('latin1'));
    }
  }
  return byLength(sentences, longestReal);
}

function byLength(sentences: string[], longest: number): Fillers {
  const ofLength: string[][] = [];
  for (const sentence of sentences)
    if (sentence.length >= shortest && sentence.length <= longest)
      (ofLength[sentence.length - shortest] ??= []).push(sentence);
  let lengths = 0;
  while (ofLength[lengths]) lengths++;
  if (lengths <= shortest)
    throw new DataError(
      `The source has no sentence of ${shortest + lengths} bytes, expected some of every length from ${shortest} to ${2 * shortest}; get the whole archive, or use filler 'grammar'.`,
    );
  const kept = ofLength.slice(0, lengths);
  return { shortest, longest: shortest + lengths - 1, all: kept.flat(), ofLength: kept };
}

/** Random sentences, or one remark, of exactly that many bytes together, in random order. */
export function fill(length: number, fillers: Fillers, random: Random): string[] {
  const { all, ofLength, longest } = fillers;
  const chosen: string[] = [];
  let rest = length;
  if (length > 0 && length < shortest) return [oneOf(remarks[length - 1]!, random)];
  while (rest > 0) {
    const pool = rest <= longest ? ofLength[rest - shortest]! : all;
    const sentence = oneOf(pool, random);
    const left = rest - sentence.length;
    if (left > 0 && left < shortest) continue;
    chosen.push(sentence);
    rest = left;
  }
  return shuffle(chosen, random);
}

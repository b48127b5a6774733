/**
 * The layout of texts with certified distances: people, of whom something is said, and a question.
 *
 *     <filler> Agnes seemed so dismal on stage. <filler> What of C? A? B?
 *
 * People come in sets of two. A set's sentences have the same beginning, the same ending, and one of
 * two words of equal length each: one unfavourable, one favourable. So as many people are praised as
 * not, in each set. The asked set stands in the bin of the group, the others in other bins; filler
 * stands wherever there is room, to the byte.
 *
 * A group has two evidence states and two questions. The state says which person of the asked set
 * has the favourable word; the question, the last two bytes, is that person's initial or the other's.
 * So each label is right once over states and once over questions. States exchange two words
 * between 11 equal bytes or more on either side, so all windows of 12 bytes occur equally often.
 */
import { int, sample, type Random } from '../../../core/random.ts';
import { oneOf, otherBins, placesOfSets, type Bin } from '../places.ts';
import { fill, type Fillers } from './fillers.ts';
import {
  beginnings,
  endingLength,
  endings,
  longestBeginning,
  longestWord,
  nameLength,
  names,
  pairsOf,
  type Pair,
} from './words.ts';

export interface TextOptions {
  /** Bytes per text, L. */
  length: number;
  /** Sets of two people. */
  sets: number;
  /** Names that people may have. */
  names: number;
  /** Words of each sentiment for each of the five lengths. */
  words: number;
  /** Ways to begin what is said of a person; up to four of them take 11 bytes each. */
  wordings: number;
  /** Questions before the last one. */
  asked: number;
}

/** A row of a group's table. */
export interface TextRow {
  tokens: Uint16Array; // [L]
  /** 0 unfavourable, 1 favourable. */
  label: number;
  /** Labels of the earlier questions. */
  answers: number[]; // [asked]
}

export interface TextGroup {
  /** Distance from the end of the last byte of each person's word. */
  places: number[]; // [2]
  row(state: number, question: number): TextRow;
}

/** Bytes of the longest sentence about a person, and of what stands in it up to the word's end. */
export const longestSentence = nameLength + longestBeginning + longestWord + endingLength;
const longestStart = longestSentence - endingLength;

/** What stands before the initials that are asked about. */
const opening = 'What of ';
/** The initial and its question mark. */
export const questionLength = 2;
export const tailLength = ({ asked }: Pick<TextOptions, 'asked'>) =>
  opening.length + (asked + 1) * (questionLength + 1) - 1;

/** Smallest and largest distance of a word's last byte. */
export const nearest = (chosen: Pick<TextOptions, 'asked'>) => endingLength + tailLength(chosen);
export const farthest = ({ length }: Pick<TextOptions, 'length'>) => length - longestStart;
/** Positions of the question marks of the earlier questions. */
export const askedAt = ({ length, asked }: Pick<TextOptions, 'length' | 'asked'>) =>
  Array.from({ length: asked }, (_, i) => length - 1 - (asked - i) * (questionLength + 1));

interface Person {
  name: string;
  place: number;
  beginning: string;
  ending: string;
  pair: Pair;
}

/** What makes a training text easier; certificates do not hold then. */
export interface Ease {
  /** Everybody has the same sentiment, which the state decides: any word answers all questions. */
  alike: boolean;
  /** The second letter of each name is a + or a -, the sentiment: words need not be read. */
  marked: boolean;
}

/**
 * Makes a group whose asked set stands in the bin.
 * @param bins all bins of the data set.
 */
export function makeText(
  chosen: TextOptions,
  bin: Bin,
  bins: readonly Bin[],
  fillers: Fillers,
  random: Random,
  ease: Ease = { alike: false, marked: false },
): TextGroup {
  const { length, sets } = chosen;
  const pairs = pairsOf(chosen.words);
  const all = [bin, ...otherBins(bins, bin, sets, random)];
  const places = placesOfSets({ bins: all, count: 2, apart: longestSentence }, random);
  const called = sample(random, chosen.names, 2 * sets).map((name) => names[name]!);
  const people = places.flatMap((two, set) => {
    const shared = {
      beginning: beginnings[int(random, chosen.wordings)]!,
      ending: oneOf(endings, random),
      pair: oneOf(pairs, random),
    };
    return two.map((place, i): Person => ({ name: called[2 * set + i]!, place, ...shared }));
  });
  // Which one of each set has the favourable word; of the asked set, number 0, in state 0.
  const favoured = places.map((_, set) => (set === 0 ? 0 : int(random, 2)));
  const earlier = Array.from({ length: chosen.asked }, () => int(random, people.length));

  const sentiment = (person: number, state: number) => {
    if (ease.alike) return state;
    const set = person >> 1;
    return Number((favoured[set]! ^ (set === 0 ? state : 0)) === (person & 1));
  };
  const written = compose(chosen, people, fillers, random);

  return {
    places: people.slice(0, 2).map(({ place }) => place),
    row(state, question) {
      const tokens = written.slice();
      people.forEach(({ pair, place, beginning }, person) => {
        const word = pair[sentiment(person, state)]!;
        const at = write(tokens, word, length - place - word.length) - word.length;
        if (!ease.marked) return;
        const name = at - beginning.length - nameLength;
        write(tokens, '-+'[sentiment(person, state)]!, name + 1);
      });
      const asked = [...earlier, question].map((person) => `${people[person]!.name[0]!}?`);
      write(tokens, opening + asked.join(' '), length - tailLength(chosen));
      const answers = earlier.map((person) => sentiment(person, state));
      return { tokens, label: sentiment(question, state), answers };
    },
  };
}

/** A text with room for the words and the question. */
function compose(
  chosen: TextOptions,
  people: readonly Person[],
  fillers: Fillers,
  random: Random,
): Uint16Array {
  const tokens = new Uint16Array(chosen.length);
  let at = 0;
  const fillTo = (end: number) => {
    for (const piece of fill(end - at, fillers, random)) at = write(tokens, piece, at);
  };
  for (const person of [...people].sort((a, b) => b.place - a.place)) {
    const { name, beginning, ending, pair, place } = person;
    const word = chosen.length - place - pair[0].length;
    fillTo(word - beginning.length - nameLength);
    write(tokens, name + beginning, at);
    at = write(tokens, ending, chosen.length - place);
  }
  fillTo(chosen.length - tailLength(chosen));
  return tokens;
}

/** Writes ASCII text as tokens, each a byte + 1. @returns the position after it. */
function write(tokens: Uint16Array, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) tokens[at + i] = text.charCodeAt(i) + 1;
  return at + text.length;
}

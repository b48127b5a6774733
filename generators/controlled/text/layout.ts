/**
 * The layout of texts with certified distances: people, of whom something is said, and a question.
 *
 *     <filler> At last the dismal song about Boris again. <filler> And C? A? B?
 *
 * People come in sets of two. A set's sentences are the same but for the name, and for one of two words
 * of equal length: one unfavourable, one favourable. So as many people are praised as not, in each
 * set. The asked set stands in the bin of the group, the others in other bins; filler stands wherever
 * there is room, to the byte. In the farthest bin further sets stand beside the asked one, if there is
 * room, so that the farthest person of all need not be one of the asked set.
 *
 * A group has two evidence states and two questions. The state says which person of the asked set
 * has the favourable word; the question, the last two bytes, is that person's initial or the other's.
 * So each label is right once over states and once over questions. States exchange two words
 * between the same bytes: the beginning before them, and what stands between word and name after
 * them, nothing (as in the handle dismalBoris) or a phrase. All windows that are one byte longer than
 * the shortest of these texts occur equally often (`orderOf` in `words.ts`).
 */
import { int, sample, type Random } from '../../../core/random.ts';
import { arrangements, oneOf, otherBins, placesOfSets, type Bin } from '../places.ts';
import { fill, type Fillers } from './fillers.ts';
import {
  beginnings,
  betweenOf,
  endingLength,
  endings,
  longestBeginning,
  longestBetween,
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
  /** Ways to begin a sentence. */
  wordings: number;
  /** Phrases that may stand between a word and its person; 0: nothing, both are one word. */
  phrases: number;
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

/** Bytes of the longest sentence up to its word's last byte, and after it. */
const longestStart = longestBeginning + longestWord;
const longestEnd = ({ phrases }: Pick<TextOptions, 'phrases'>) =>
  longestBetween(phrases) + nameLength + endingLength;
export const longestSentence = (chosen: Pick<TextOptions, 'phrases'>) =>
  longestStart + longestEnd(chosen);

/** What stands before the initials that are asked about. */
const opening = 'And ';
/** The initial and its question mark. */
export const questionLength = 2;
export const tailLength = ({ asked }: Pick<TextOptions, 'asked'>) =>
  opening.length + (asked + 1) * (questionLength + 1) - 1;

/** Smallest and largest distance of a word's last byte. */
export const nearest = (chosen: Pick<TextOptions, 'asked' | 'phrases'>) =>
  longestEnd(chosen) + tailLength(chosen);
export const farthest = ({ length }: Pick<TextOptions, 'length'>) => length - longestStart;
/** Positions of the question marks of the earlier questions. */
export const askedAt = ({ length, asked }: Pick<TextOptions, 'length' | 'asked'>) =>
  Array.from({ length: asked }, (_, i) => length - 1 - (asked - i) * (questionLength + 1));

/** Bins of the sets, the asked one first: as many further sets as find room share the farthest bin. */
function binsOfSets(chosen: TextOptions, bin: Bin, bins: readonly Bin[], random: Random): Bin[] {
  const all = [bin, ...otherBins(bins, bin, chosen.sets, random)];
  if (bin.from !== bins.at(-1)!.from) return all;
  const fits = (together: Bin[]) =>
    arrangements({ bins: together, count: 2, apart: longestSentence(chosen) }) > 0;
  for (let set = 1; set < all.length; set++) {
    const shared = all.with(set, bin);
    if (!fits(shared.slice(0, set + 1))) break;
    all[set] = bin;
  }
  return all;
}

/** What marks a sentiment in an easier text, unfavourable and favourable. */
const marks = ['-', '+'];

interface Person {
  name: string;
  place: number;
  beginning: string;
  /** What stands between word and name. */
  between: string;
  ending: string;
  pair: Pair;
}

/** What makes a training text easier; certificates do not hold then. */
export interface Ease {
  /** Everybody has the same sentiment, which the state decides: any word answers all questions. */
  alike: boolean;
  /**
   * The second letter of each name, or the last one of its word, is a + or a -, the sentiment: words
   * need not be read. The other letters of such a word are a + or a - by chance.
   */
  marked: 'name' | 'word' | undefined;
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
  ease: Ease = { alike: false, marked: undefined },
): TextGroup {
  const { length, sets } = chosen;
  const pairs = pairsOf(chosen.words);
  const all = binsOfSets(chosen, bin, bins, random);
  const places = placesOfSets({ bins: all, count: 2, apart: longestSentence(chosen) }, random);
  const called = sample(random, chosen.names, 2 * sets).map((name) => names[name]!);
  const people = places.flatMap((two, set) => {
    const shared = {
      beginning: beginnings[int(random, chosen.wordings)]!,
      between: oneOf(betweenOf(chosen.phrases), random),
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
  const noise = people.map(({ pair }) =>
    Array.from({ length: pair[0].length - 1 }, () => oneOf(marks, random)).join(''),
  );
  const written = compose(chosen, people, fillers, random);

  return {
    places: people.slice(0, 2).map(({ place }) => place),
    row(state, question) {
      const tokens = written.slice();
      people.forEach(({ pair, place, between }, person) => {
        const said = sentiment(person, state);
        const word = ease.marked === 'word' ? noise[person]! + marks[said]! : pair[said]!;
        const end = write(tokens, word, length - place - word.length);
        if (ease.marked === 'name') write(tokens, marks[said]!, end + between.length + 1);
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
    const { name, beginning, between, ending, pair, place } = person;
    const word = chosen.length - place - pair[0].length;
    fillTo(word - beginning.length);
    write(tokens, beginning, at);
    at = write(tokens, between + name + ending, chosen.length - place);
  }
  fillTo(chosen.length - tailLength(chosen));
  return tokens;
}

/** Writes ASCII text as tokens, each a byte + 1. @returns the position after it. */
function write(tokens: Uint16Array, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) tokens[at + i] = text.charCodeAt(i) + 1;
  return at + text.length;
}

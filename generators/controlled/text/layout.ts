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
 *
 * With a signal some notes stand twice (`echoes.ts`), the same in all rows of a group.
 */
import { int, type Random } from '../../../core/random.ts';
import { arrangements, oneOf, otherBins, placesOfSets, type Bin } from '../places.ts';
import { compose, write } from './compose.ts';
import { drawEchoes, drawKeys, spanOf } from './echoes.ts';
import type { Fillers } from './fillers.ts';
import { ask, drawPeople, sentenceOf } from './people.ts';
import { longestSentence, type TextOptions } from './sizes.ts';

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
  const { length } = chosen;
  const all = binsOfSets(chosen, bin, bins, random);
  const places = placesOfSets({ bins: all, count: 2, apart: longestSentence(chosen) }, random);
  const people = drawPeople(chosen, places, random);
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
  const sentences = people.map((person) => sentenceOf(person, 0, length));
  const notes = chosen.echo
    ? drawEchoes(chosen, drawKeys(people, chosen.echo.pairs, random), sentences.map(spanOf), random)
    : [];
  const written = compose(chosen, [...sentences, ...notes], fillers, random);

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
      ask(
        tokens,
        chosen,
        [...earlier, question].map((person) => people[person]!),
      );
      const answers = earlier.map((person) => sentiment(person, state));
      return { tokens, label: sentiment(question, state), answers };
    },
  };
}

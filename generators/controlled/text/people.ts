/** People of a text: the sentences about them, and the questions at its end. */
import { int, sample, type Random } from '../../../core/random.ts';
import { oneOf } from '../places.ts';
import { write, type Passage } from './compose.ts';
import { opening, tailLength, type TextOptions } from './sizes.ts';
import { beginnings, betweenOf, endings, names, pairsOf, type Pair } from './words.ts';

export interface Person {
  name: string;
  /** Distance of the word's last byte from the end of the text. */
  place: number;
  beginning: string;
  /** What stands between word and name. */
  between: string;
  ending: string;
  pair: Pair;
}

/** People at these places, two per set, whose sentences are the same but for word and name. */
export function drawPeople(
  chosen: TextOptions,
  places: readonly (readonly number[])[],
  random: Random,
): Person[] {
  const pairs = pairsOf(chosen.words);
  const called = sample(random, chosen.names, 2 * places.length).map((name) => names[name]!);
  return places.flatMap((two, set) => {
    const shared = {
      beginning: beginnings[int(random, chosen.wordings)]!,
      between: oneOf(betweenOf(chosen.phrases), random),
      ending: oneOf(endings, random),
      pair: oneOf(pairs, random),
    };
    return two.map((place, i): Person => ({ name: called[2 * set + i]!, place, ...shared }));
  });
}

/** The sentence about a person, with one of the two words. */
export function sentenceOf(person: Person, sentiment: number, length: number): Passage {
  const { name, beginning, between, ending, pair, place } = person;
  const word = pair[sentiment]!;
  return {
    at: length - place - word.length - beginning.length,
    text: beginning + word + between + name + ending,
  };
}

/** Writes the questions, each a person's initial. */
export function ask(tokens: Uint16Array, chosen: TextOptions, people: readonly Person[]): void {
  const asked = people.map(({ name }) => `${name[0]!}?`);
  write(tokens, opening + asked.join(' '), chosen.length - tailLength(chosen));
}

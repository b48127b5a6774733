/**
 * Groups of the part `signal` of `text-distance`: what is said of nobody, but stands in a note.
 *
 * Two notes take the place of the asked set of people, one with each value, at distances of the group's
 * bin from the hidden value. The last note before the questions is the second copy of one of them, and
 * its value is to be predicted. State e exchanges the values of the two notes, question j is the letter
 * of the last one. With the text cut off behind the hidden value and the value hidden,
 *
 * - reach: for a fixed question only the values of the two notes differ, both at D or beyond, and the
 *   asked one takes each value once.
 * - question: for a fixed state only the letter of the last note differs, and the two notes have each
 *   value once.
 * - order: the two values change places between the same bytes, as words do (`layout.ts`).
 *
 * So whoever predicts the value from fewer than D bytes, or without the letter, is right exactly once in
 * two. What follows is the same in all rows. The other notes stand twice, as in every text.
 */
import { UsageError } from '../../../core/errors.ts';
import { int, shuffle, type Random } from '../../../core/random.ts';
import { takenOf } from '../copies.ts';
import { otherBins, placesIn, placesOfSets, type Bin } from '../places.ts';
import { compose, write, type Passage } from './compose.ts';
import {
  bodyOf,
  drawEchoes,
  drawKeys,
  hiddenOf,
  noteAt,
  noteLength,
  spanAt,
  spanOf,
} from './echoes.ts';
import type { Fillers } from './fillers.ts';
import type { TextGroup } from './layout.ts';
import { ask, drawPeople, sentenceOf, type Person } from './people.ts';
import { longestSentence, nearest, type TextOptions } from './sizes.ts';

/** Bins of people that leave room for the last note behind them. */
export function binsBesideHidden(chosen: TextOptions, bins: readonly Bin[]): Bin[] {
  const least = nearest(chosen) + noteLength(chosen);
  return bins.map(({ from, to }) => ({ from: Math.max(from, least), to }));
}

/** Makes a group of the part `signal`; the bin counts from the hidden value. */
export function makeSignalText(
  chosen: TextOptions,
  bin: Bin,
  bins: readonly Bin[],
  fillers: Fillers,
  random: Random,
): TextGroup {
  const hidden = hiddenOf(chosen);
  const others = binsBesideHidden(chosen, otherBins(bins, bin, chosen.sets, random));
  const { people, answers, sentences, places } = draw(chosen, bin, others, random);
  const candidates = places.map((place) => hidden - place);
  const [first, second, ...rest] = drawKeys(people, chosen.echo!.pairs + 1, random) as [
    string,
    string,
    ...string[],
  ];
  const keys = [first, second];
  const favoured = int(random, 2);
  const value = (candidate: number, state: number) => favoured ^ state ^ candidate;

  const spans = [...candidates, hidden].map((at) => spanAt(chosen, at));
  const echoes = drawEchoes(chosen, rest, [...sentences.map(spanOf), ...spans], random);
  const notes = (state: number, question: number): Passage[] => [
    ...candidates.map((at, i) => noteAt(chosen, at, keys[i]!, value(i, state))),
    noteAt(chosen, hidden, keys[question]!, value(question, state)),
  ];
  const written = compose(chosen, [...sentences, ...echoes, ...notes(0, 0)], fillers, random);
  const asked = Array.from({ length: chosen.asked + 1 }, () => int(random, people.length));
  ask(
    written,
    chosen,
    asked.map((person) => people[person]!),
  );

  return {
    places,
    row(state, question) {
      const tokens = written.slice();
      for (const { at, text } of notes(state, question)) write(tokens, text, at);
      const label = value(question, state);
      return { tokens, label, answers: asked.slice(0, -1).map((person) => answers[person]!) };
    },
  };
}

/** Draws of people and notes before we say that they do not fit. */
const tries = 2000;

/**
 * People, what is said of them, and distances of the two notes from the hidden value.
 * @throws UsageError if they find no room beside each other.
 */
function draw(
  chosen: TextOptions,
  bin: Bin,
  others: readonly Bin[],
  random: Random,
): { people: Person[]; answers: number[]; sentences: Passage[]; places: number[] } {
  const hidden = hiddenOf(chosen);
  const answers = others.flatMap(() => shuffle([0, 1], random));
  for (let i = 0; i < tries; i++) {
    const sets = placesOfSets({ bins: others, count: 2, apart: longestSentence(chosen) }, random);
    const people = drawPeople(chosen, sets, random);
    const sentences = people.map((person, n) => sentenceOf(person, answers[n]!, chosen.length));
    const { isTaken } = takenOf(bodyOf(chosen), sentences.map(spanOf));
    const places = placesIn(bin, 2, noteLength(chosen), random);
    if (places.some((place) => isTaken[hidden - place])) continue;
    return { people, answers, sentences, places: shuffle(places, random) };
  }
  throw new UsageError(
    `Two notes at distances ${bin.from} to ${bin.to - 1} found no room beside ${2 * others.length} people: ask for fewer sets, or for distances that are farther apart.`,
  );
}

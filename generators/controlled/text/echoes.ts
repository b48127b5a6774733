/**
 * Echoes of `text-distance`: notes that stand twice (`copies.ts`), such as "K1. ". The key is a capital
 * letter that nobody in the text has as an initial, the value a digit, 0 or 1, as there are two labels.
 * Filler of the grammar has no digit, and of reviews no sentence with a capital letter and such a digit,
 * so a note is found by its look. Value, key and place are drawn independently of everything.
 *
 * Where sentences are kept over a phrase, a note is as well: "K is behind door 1 as before. " Then all
 * that stands nearer to a value than the order certificate reaches is the same in all notes.
 */
import { int, sample, type Random } from '../../../core/random.ts';
import {
  hiddenPosition,
  placeCopies,
  signalShape,
  slotAt,
  type Body,
  type Span,
} from '../copies.ts';
import type { Passage } from './compose.ts';
import { longestSentence, tailLength, type TextOptions } from './sizes.ts';
import { names } from './words.ts';

const digits = '01';
/** Token id of the first value. */
const firstValue = digits.charCodeAt(0) + 1;

/** What stands between key and value, and after the value. */
const wordsOf = ({ phrases }: Pick<TextOptions, 'phrases'>) =>
  phrases === 0
    ? { between: '', ending: '. ' }
    : { between: ' is behind door ', ending: ' as before. ' };

/** Where notes may stand, and how many bytes they have around their value. */
export function bodyOf(chosen: Pick<TextOptions, 'length' | 'asked' | 'phrases'>): Body {
  const { between, ending } = wordsOf(chosen);
  return {
    length: chosen.length - tailLength(chosen),
    before: 1 + between.length,
    after: ending.length,
  };
}

/** Bytes of a note. */
export const noteLength = (chosen: Pick<TextOptions, 'phrases'>) => {
  const { between, ending } = wordsOf(chosen);
  return between.length + ending.length + 2;
};

/** Bytes that filler takes at least where no note stands. */
export const freeBytes = (chosen: Pick<TextOptions, 'length' | 'asked' | 'phrases' | 'sets'>) =>
  chosen.length - tailLength(chosen) - 2 * chosen.sets * longestSentence(chosen);

/** Position of the hidden value in a group of the part `signal`. */
export const hiddenOf = (chosen: TextOptions) => hiddenPosition(bodyOf(chosen));

/** What meta.json says of the signal. */
export const signalOf = (chosen: TextOptions) =>
  chosen.echo && signalShape(bodyOf(chosen), chosen.echo, firstValue);

/** Letters that notes may have, one for each person's initial less. */
export const letters = names.map((name) => name[0]!).toSorted();

/** Letters for so many notes, none of them the initial of these people. */
export function drawKeys(
  people: readonly { name: string }[],
  count: number,
  random: Random,
): string[] {
  const free = letters.filter((letter) => people.every(({ name }) => name[0] !== letter));
  return sample(random, free.length, count).map((i) => free[i]!);
}

/** A note whose value stands at a position. */
export function noteAt(chosen: TextOptions, at: number, key: string, value: number): Passage {
  const { between, ending } = wordsOf(chosen);
  return { at: at - between.length - 1, text: key + between + digits[value]! + ending };
}

/** Notes that stand twice, one for each key, among what is taken. */
export function drawEchoes(
  chosen: TextOptions,
  keys: readonly string[],
  taken: readonly Span[],
  random: Random,
): Passage[] {
  return placeCopies(bodyOf(chosen), chosen.echo!, keys.length, taken, random).flatMap(
    (copies, i) => {
      const value = int(random, digits.length);
      return copies.map((at) => noteAt(chosen, at, keys[i]!, value));
    },
  );
}

/** The room that a passage takes. */
export const spanOf = ({ at, text }: Passage): Span => ({ from: at, to: at + text.length });

/** The room of a note whose value stands at a position. */
export const spanAt = (chosen: TextOptions, at: number) => slotAt(bodyOf(chosen), at);

/** What in a sentence of a real text would look like a note. */
export const looksLikeNote = `[A-Z][${digits}]`;

/** A key's notes: their value, and the positions of it. */
export interface Note {
  value: number;
  at: number[];
}

/** The notes by key, from a text alone; undefined if copies of a note have different values. */
export function notesIn(text: string, chosen: TextOptions): Map<string, Note> | undefined {
  const { between, ending } = wordsOf(chosen);
  const note = new RegExp(`([A-Z])${between}([${digits}])${ending.replace('.', '\\.')}`, 'g');
  const found = new Map<string, Note>();
  for (const { index, 1: key, 2: digit } of text.matchAll(note)) {
    const value = digits.indexOf(digit!);
    const before = found.get(key!);
    const at = index + 1 + between.length;
    if (!before) found.set(key!, { value, at: [at] });
    else if (before.value !== value) return undefined;
    else before.at.push(at);
  }
  return found;
}

/**
 * What the notes of a text say: how far apart copies stand; and, in the part `signal`, the value that is
 * hidden and how far from it its first copy stands.
 * @returns undefined if a note stands neither twice nor, beside a hidden value, once as the other candidate
 */
export function readEchoes(
  text: string,
  chosen: TextOptions,
  isSignal: boolean,
): { copies: number[]; hidden?: { value: number; distance: number } } | undefined {
  const notes = notesIn(text, chosen);
  if (!notes) return undefined;
  const at = isSignal ? hiddenOf(chosen) : -1;
  const copies: number[] = [];
  let hidden: { value: number; distance: number } | undefined;
  let once = 0;
  for (const { value, at: places } of notes.values()) {
    const [first, second] = places as [number, number?];
    if (places.length > 2) return undefined;
    if (second === undefined) once++;
    else if (second === at) hidden = { value, distance: at - first };
    else copies.push(second - first);
  }
  if (once !== Number(isSignal) || (isSignal && !hidden)) return undefined;
  return { copies, ...(hidden && { hidden }) };
}

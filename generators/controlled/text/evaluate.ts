/** Answers of `text-distance` from the text alone: who is said to be what, and who is asked about. */
import type { Evaluation, PartName } from '../../task.ts';
import { readEchoes } from './echoes.ts';
import { askedAt, questionLength, tailLength, type TextOptions } from './sizes.ts';
import { beginnings, betweenOf, endings, names, phrases, words } from './words.ts';

/** A sentence about a person. */
export interface Statement {
  name: string;
  /** 0 unfavourable, 1 favourable. */
  sentiment: number;
  /** Position of the word's first byte, of the one after the word, and of the name's first byte. */
  word: number;
  end: number;
  start: number;
}

const [unfavourable, favourable] = words.map((lists) => lists.flat()) as [string[], string[]];
const anyOf = (choices: readonly string[]) =>
  `(${choices.map((choice) => choice.replace(/[.?+]/g, '\\$&')).join('|')})`;
/** Names as they are, and with the mark of an easier training text; words of such a text are marks. */
const called = names.flatMap((name) => [
  name,
  `${name[0]!}+${name.slice(2)}`,
  `${name[0]!}-${name.slice(2)}`,
]);
const statement = new RegExp(
  anyOf(beginnings) +
    `(${[...unfavourable, ...favourable, '[-+]{5,}'].join('|')})` +
    anyOf([...betweenOf(0), ...phrases]) +
    anyOf(called) +
    anyOf(endings),
  'g',
);

/** What is said in a text, in the order of the sentences. */
export function statementsOf(text: string): Statement[] {
  return [...text.matchAll(statement)].map(
    ({ index, 1: beginning, 2: said, 3: between, 4: name }) => {
      const word = index + beginning!.length;
      const end = word + said!.length;
      const sentiment = Number(favourable.includes(said!) || said!.endsWith('+'));
      return { name: name!, sentiment, word, end, start: end + between!.length };
    },
  );
}

/** The text of an example: a token is a byte + 1. */
export const textOf = (tokens: ArrayLike<number>): string =>
  Buffer.from(Uint8Array.from(tokens, (token) => token - 1)).toString('latin1');

/** The initials that are asked about, the last question last; undefined if no question ends the text. */
export function questionsOf(text: string, chosen: TextOptions): string[] | undefined {
  const marks = [...askedAt(chosen), chosen.length - 1];
  const asked = marks.map((mark) => text.slice(mark + 1 - questionLength, mark + 1));
  return asked.every((question) => /^[A-Z]\?$/.test(question))
    ? asked.map((question) => question[0]!)
    : undefined;
}

/**
 * The answers to all questions, and the distance of the last byte of the last one's word. With a signal
 * the distances of copies too; in the part `signal` the label is the hidden value, its place that of the
 * first copy.
 * @returns undefined if a person is asked about of whom not exactly one thing is said, or if notes are not
 * those of the signal.
 */
export function evaluateText(
  tokens: ArrayLike<number>,
  chosen: TextOptions,
  part?: PartName,
): (Evaluation & { answers: number[]; place: number }) | undefined {
  const text = textOf(tokens);
  const questions = questionsOf(text, chosen);
  if (!questions) return undefined;
  const said = statementsOf(text.slice(0, chosen.length - tailLength(chosen)));
  const found = questions.map((initial) => said.filter(({ name }) => name.startsWith(initial)));
  if (found.some(({ length }) => length !== 1)) return undefined;
  const answers = found.map(([one]) => one!.sentiment);
  const label = answers.pop()!;
  const last = questions.pop();
  const scored = {
    ...{ label, answers },
    place: chosen.length - found.at(-1)![0]!.end,
    repeats: questions.filter((initial) => initial === last).length,
  };
  if (!chosen.echo) return scored;
  const read = readEchoes(text, chosen, part === 'signal');
  if (!read) return undefined;
  const { copies, hidden } = read;
  if (hidden) return { label: hidden.value, answers, place: hidden.distance, copies };
  return { ...scored, copies };
}

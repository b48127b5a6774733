/** An example of `text-distance` for a person: the word that decides, its person, and the question. */
import { bytePieces, type PieceKind, type Reading } from '../../reading.ts';
import type { PartName } from '../../task.ts';
import { bodyOf, hiddenOf, notesIn } from './echoes.ts';
import { questionsOf, statementsOf, textOf } from './evaluate.ts';
import { nameLength } from './words.ts';
import { questionLength, tailLength, type TextOptions } from './sizes.ts';

/**
 * Names and words of all people stand out, those of the asked person most; and letters and digits of notes
 * that stand twice, in the part `signal` those of the hidden digit most.
 */
export function readText(
  { tokens, label }: { tokens: ArrayLike<number>; label: number },
  chosen: TextOptions,
  part?: PartName,
): Reading {
  const { length } = chosen;
  const text = textOf(tokens);
  const isSignal = part === 'signal';
  const said = statementsOf(text.slice(0, length - tailLength(chosen)));
  const initial = questionsOf(text, chosen)?.at(-1);
  const asked = said.find(({ name }) => name[0] === initial);
  const kinds = new Array<PieceKind>(length).fill('filler');
  for (const statement of said) {
    const { start, word, end } = statement;
    kinds.fill('plain', word, start);
    kinds.fill('key', start, start + nameLength);
    kinds.fill(statement === asked && !isSignal ? 'evidence' : 'value', word, end);
  }
  kinds.fill('earlier', length - tailLength(chosen), length);
  if (!isSignal) kinds.fill('question', length - questionLength, length);
  const hidden = markNotes(text, chosen, isSignal, kinds);
  return {
    documents: [bytePieces(tokens, (position) => kinds[position]!)],
    between: '',
    picture: null,
    question: isSignal
      ? `Which digit stands hidden at position ${hiddenOf(chosen)}, in the note of ${hidden}?`
      : `Is what is said of ${asked?.name ?? 'the last person'} favourable?`,
    answer: isSignal ? String(label) : label === 1 ? 'favourable' : 'unfavourable',
    notes: [],
  };
}

/** Gives letters and digits of all notes their kinds. @returns the letter of the hidden digit */
function markNotes(
  text: string,
  chosen: TextOptions,
  isSignal: boolean,
  kinds: PieceKind[],
): string | undefined {
  if (!chosen.echo) return undefined;
  const { before } = bodyOf(chosen);
  let hidden: string | undefined;
  for (const [key, { at }] of notesIn(text, chosen) ?? []) {
    const isAsked = isSignal && at[1] === hiddenOf(chosen);
    if (isAsked) hidden = key;
    at.forEach((position, copy) => {
      kinds[position - before] = isAsked && copy === 1 ? 'question' : 'key';
      kinds[position] = isAsked && copy === 0 ? 'evidence' : 'value';
    });
  }
  return hidden;
}

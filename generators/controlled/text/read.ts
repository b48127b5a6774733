/** An example of `text-distance` for a person: the word that decides, its person, and the question. */
import { bytePieces, type PieceKind, type Reading } from '../../reading.ts';
import { questionsOf, statementsOf, textOf } from './evaluate.ts';
import { nameLength } from './words.ts';
import { questionLength, tailLength, type TextOptions } from './layout.ts';

/** Names and words of all people stand out, those of the asked person most. */
export function readText(
  { tokens, label }: { tokens: ArrayLike<number>; label: number },
  chosen: TextOptions,
): Reading {
  const { length } = chosen;
  const text = textOf(tokens);
  const said = statementsOf(text.slice(0, length - tailLength(chosen)));
  const initial = questionsOf(text, chosen)?.at(-1);
  const asked = said.find(({ name }) => name[0] === initial);
  const kinds = new Array<PieceKind>(length).fill('filler');
  for (const statement of said) {
    const { start, word, end } = statement;
    kinds.fill('plain', word, start);
    kinds.fill('key', start, start + nameLength);
    kinds.fill(statement === asked ? 'evidence' : 'value', word, end);
  }
  kinds.fill('earlier', length - tailLength(chosen), length);
  kinds.fill('question', length - questionLength, length);
  return {
    documents: [bytePieces(tokens, (position) => kinds[position]!)],
    between: '',
    picture: null,
    question: `Is what is said of ${asked?.name ?? 'the last person'} favourable?`,
    answer: label === 1 ? 'favourable' : 'unfavourable',
    notes: [],
  };
}

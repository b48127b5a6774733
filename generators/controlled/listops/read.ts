/** An example of `listops-distance` for a person: the digit that decides, and the question. */
import { symbols } from '../../standard/listops/expressions.ts';
import { symbolPieces, type PieceKind, type Reading } from '../../reading.ts';
import { levelsOf } from './evaluate.ts';
import { questionLength, type ChainOptions } from './layout.ts';

/** What the brackets at the end close is the question; digits of levels stand out, gaps do not. */
export function readChain(
  { tokens, label }: { tokens: ArrayLike<number>; label: number },
  chosen: ChainOptions,
): Reading {
  const levels = levelsOf(tokens, chosen) ?? [];
  const asked = levels.findIndex(({ own }) => own);
  const kinds = new Map<number, PieceKind>();
  levels.forEach(({ digit, start, median }, level) => {
    kinds.set(digit, level === asked ? 'evidence' : 'value');
    for (const position of [start, median]) kinds.set(position, 'key');
  });
  const question = chosen.length - questionLength(chosen);
  return {
    documents: [
      symbolPieces(tokens, (token, position) => ({
        text: symbols[token]!,
        kind: position >= question ? 'question' : (kinds.get(position) ?? 'filler'),
      })),
    ],
    between: ' ',
    picture: null,
    question: 'What is the value of the expression?',
    answer: String(label),
    notes: asked < 0 ? [] : [`the digit of level ${asked + 1} less 5`],
  };
}

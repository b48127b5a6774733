/**
 * Answers of `image-distance`, from pixels and from what stands beside them: marks are read, and the classes of the pictures below them are taken from the extra column `shown`, since
 * nobody can read the class of a picture for certain.
 */
import type { Evaluation } from '../../task.ts';
import type { CellOptions } from './cells.ts';

/** Where cells begin and what they show, in the same order. */
export interface CellFacts {
  tops: ArrayLike<number>;
  shown: ArrayLike<number>;
}

/** Grey level of a row that is a mark; undefined if its pixels differ. */
export function markIn(tokens: ArrayLike<number>, row: number, side: number): number | undefined {
  const first = tokens[row * side]!;
  for (let i = 1; i < side; i++) if (tokens[row * side + i] !== first) return undefined;
  return first - 1;
}

/**
 * What the pixels and the extra columns say.
 * @returns undefined if no cell, or more than one, has the mark of a question.
 */
export function evaluate(
  tokens: ArrayLike<number>,
  options: CellOptions,
  { tops, shown }: CellFacts,
): Evaluation | undefined {
  const { length, side, asked } = options;
  const rows = length / side;
  const cells = Array.from(tops, (top, cell) => ({
    ...{ top, label: shown[cell]! },
    mark: markIn(tokens, top, side),
  }));
  const found = Array.from({ length: asked + 1 }, (_, n) => {
    const mark = markIn(tokens, rows - 1 - asked + n, side);
    return cells.filter((cell) => mark !== undefined && cell.mark === mark);
  });
  if (found.some(({ length }) => length !== 1)) return undefined;
  const answers = found.map(([cell]) => cell!);
  const last = answers.pop()!;
  return {
    label: last.label,
    answers: answers.map(({ label }) => label),
    place: length - (last.top + side + 1) * side,
    repeats: answers.filter((cell) => cell === last).length,
  };
}

/** Answers of `retrieval-distance`, from the tokens alone: what a perfect reader does. */
import type { Evaluation } from '../../task.ts';
import { firstRole, slotSize, type RetrievalOptions } from './layout.ts';

/** What a role has in a document: the key's tokens and the distance of the last of them. */
export interface Found {
  key: number[];
  place: number;
}

/**
 * The key under a role: the tokens that stand `gap + 1` after the role.
 * @param tokens [length] one document.
 * @returns undefined if the role does not stand before the questions.
 */
export function lookUp(
  tokens: ArrayLike<number>,
  role: number,
  options: RetrievalOptions,
): Found | undefined {
  const { length, asked, gap, keyLength, roles } = options;
  if (role < firstRole || role >= firstRole + roles) return undefined;
  for (let i = 0; i <= length - 1 - asked - slotSize(options); i++) {
    if (tokens[i] !== role) continue;
    const first = i + gap + 1;
    const key = Array.from({ length: keyLength }, (_, n) => tokens[first + n]!);
    return { key, place: length - first - keyLength };
  }
  return undefined;
}

/**
 * What the tokens say: the keys that both documents have under the role of each question are compared.
 * @param tokens [2 · length] both documents.
 * @returns undefined if a role is asked for that a document does not have.
 */
export function evaluate(
  tokens: ArrayLike<number>,
  options: RetrievalOptions,
): Evaluation | undefined {
  const { length, asked } = options;
  const documents = [0, 1].map((d) =>
    Array.prototype.slice.call(tokens, d * length, (d + 1) * length).map(Number),
  );
  const questions = documents.map((document) => document.slice(length - 1 - asked));
  if (questions[0]!.join() !== questions[1]!.join()) return undefined;
  const found = questions[0]!.map((role) =>
    documents.map((document) => lookUp(document, role, options)),
  );
  if (found.flat().includes(undefined)) return undefined;
  const isSame = ([one, other]: (Found | undefined)[]) =>
    Number(one!.key.join() === other!.key.join());
  const last = found.pop()!;
  const role = questions[0]!.at(-1)!;
  return {
    label: isSame(last),
    answers: found.map(isSame),
    place: Math.max(...last.map((each) => each!.place)),
    repeats: questions[0]!.slice(0, -1).filter((other) => other === role).length,
  };
}

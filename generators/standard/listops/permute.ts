/**
 * An expression of ListOps with the arguments of every operator in a new order. Minimum, maximum,
 * median and sum do not depend on the order of their arguments, so the value stays.
 */
import { shuffle, type Random } from '../../../core/random.ts';
import { end, firstOperator } from './expressions.ts';
import { Tree } from './tree.ts';

/** @param tokens of one whole expression, with or without padding at the end; the result is as long. */
export function permuted(tokens: ArrayLike<number>, random: Random): Uint8Array {
  let length = tokens.length;
  while (tokens[length - 1] === 0) length--;
  const tree = new Tree(Array.prototype.slice.call(tokens, 0, length));
  const result = new Uint8Array(tokens.length);
  let written = 0;
  /** Positions of subtrees that are still to be written, or the token that closes an operator. */
  const pending: (number | 'end')[] = [0];
  for (let next; (next = pending.pop()) !== undefined;) {
    const token = next === 'end' ? end : tree.tokens[next]!;
    result[written++] = token;
    if (next !== 'end' && token >= firstOperator)
      pending.push('end', ...shuffle(tree.argumentsOf(next), random));
  }
  return result;
}

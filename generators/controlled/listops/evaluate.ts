/** Answers of `listops-distance` from the tokens alone, by the rules of ListOps. */
import { MED, SM, firstOperator, tokenOf } from '../../standard/listops/expressions.ts';
import { Tree } from '../../standard/listops/tree.ts';
import { boundOf, questionLength, type ChainOptions } from './layout.ts';

/** A level of the chain, as it is found in an expression. */
export interface Level {
  /** Positions of its bracket, of its median's, and of its digit. */
  start: number;
  median: number;
  digit: number;
  /** Whether its closing arguments give the digit, rather than what is inside. */
  own: boolean;
  value: number;
}

/** The levels of the chain from the outermost in; undefined if the tokens are no such chain. */
export function levelsOf(tokens: ArrayLike<number>, chosen: ChainOptions): Level[] | undefined {
  const tree = treeOf(tokens);
  if (!tree) return undefined;
  const { levels, pads } = chosen;
  const is = (position: number | undefined, token: number) =>
    position !== undefined && tokens[position] === token;
  const found: Level[] = [];
  let start = 0;
  while (found.length < levels) {
    if (!is(start, firstOperator + SM)) return undefined;
    const [median, added] = tree.argumentsOf(start).slice(-2);
    if (added === undefined || !is(median, firstOperator + MED)) return undefined;
    const inside = tree.argumentsOf(median!);
    const [digit, next, closing] = [inside[pads]!, inside[2 * pads + 1]!, inside.at(-1)!];
    const own = is(closing, tokenOf(9));
    const zeros = inside.slice(0, pads).every((position) => is(position, tokenOf(0)));
    const bound = tokenOf(boundOf(chosen, found.length));
    const bounds = inside.slice(pads + 1, -2).every((position) => is(position, bound));
    const isLevel =
      inside.length === 2 * pads + 3 &&
      zeros &&
      bounds &&
      tokens[digit]! >= tokenOf(5) &&
      tokens[digit]! < tokenOf(5 + levels) &&
      (own || is(closing, tokenOf(0))) &&
      is(added, tokenOf(own ? 5 : 0));
    if (!isLevel) return undefined;
    found.push({ start, median: median!, digit, own, value: tree.valueAt(start) });
    start = next;
  }
  // The end of the chain, and after it nothing but closing arguments.
  const isEnd = is(start, firstOperator + SM) && tree.valueAt(start) === 0;
  return isEnd && tree.endOf(start) === chosen.length - questionLength(chosen) - 4
    ? found
    : undefined;
}

function treeOf(tokens: ArrayLike<number>): Tree | undefined {
  try {
    return new Tree(tokens);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The value of the whole, those of the levels inside, and the distance of the digit that decides. */
export function evaluateChain(
  tokens: ArrayLike<number>,
  chosen: ChainOptions,
): { label: number; answers: number[]; place: number } | undefined {
  const found = levelsOf(tokens, chosen);
  const asked = found?.find(({ own }) => own);
  if (!found || !asked) return undefined;
  const answers = found.map(({ value }) => value).reverse();
  const label = answers.pop()!;
  return { label, answers, place: chosen.length - 1 - asked.digit };
}

/**
 * The layout of ListOps with certified distances: a chain of nested levels, whose last brackets say
 * which level's digit is the value of the whole expression.
 *
 *     V_j  =  [SM gap_(j-1) [MED 0 X_j 9 V_(j+1) n_j ] c_j ]          j = 1 .. k
 *     V_(k+1) = [SM 0 gap_k ]                                         always 0
 *
 * Gaps are arguments of value 0. The digits X_j are 5 to 4 + k, so X_j > V_(j+1). The median of 0,
 * X, 9, V and n is therefore V where n is 0, and X where n is 9; c is 5 in the second case, 0 in the
 * first, and brings the sum back to 0 .. k - 1:
 *
 *     (n_j, c_j) = (0, 0): V_j = V_(j+1)          (9, 5): V_j = X_j - 5
 *
 * All arguments that close brackets stand in the last tokens, innermost level first:
 *
 *     ] 9 5 ] .. n_2 ] c_2 ] n_1 ] c_1 ]
 *
 * so the value is the digit of the outermost level whose n is 9, which is the question: the last
 * 4 (k - 1) tokens. Levels farther in than the asked one have n by chance.
 *
 * A group has k evidence states and k questions. State e sets X_j to 5 + (s_j + e) mod k for a
 * random permutation s: over questions, as over states, each value is right once. States exchange
 * digits between equal neighbours, `[MED 0 X 9 [SM` (with `pads` zeros and nines), so all windows of
 * pads + 2 tokens occur equally often in all of them.
 *
 * Where levels are `tagged`, the nines after X_j are 10 - j instead, at least 4 + k, so the median is the
 * same. In no other place does a number above 3 + k follow one of 5 to 4 + k, so a level is known from
 * the two tokens; only single tokens occur equally often in all states then.
 *
 * Decoys are dead levels: chains of the same kind in the gaps, closing arguments included, whose
 * outermost median is a minimum, `[MIN 0 Y 9 ..`, so that nothing inside counts. Nothing near a digit
 * tells whether its level is alive; the brackets around it do.
 */
import { int, shuffle, type Random } from '../../../core/random.ts';
import { MED, MIN, SM, end, tokenOf } from '../../standard/listops/expressions.ts';
import { placesIn, type Bin } from '../places.ts';
import { Writer } from './writer.ts';

export interface ChainOptions {
  /** Tokens per sequence, L. */
  length: number;
  /** Levels of the chain, k: as many values, evidence states and questions; 2 to 5. */
  levels: number;
  /** Zeros before and nines after each digit of a level; 1 to 3. */
  pads: number;
  /** Whether the token after a digit says which level it is; at most 3 levels then, and no decoys. */
  tagged: boolean;
  /** Dead levels: one between the digits, one in any gap, further ones wherever there is room, if any. */
  decoys: number;
}

/** A row of a group's table. */
export interface ChainRow {
  tokens: Uint8Array; // [L]
  /** Value of the whole expression, 0 to k - 1. */
  label: number;
  /** Values of the levels k, k - 1, .., 2, in the order in which their brackets close. */
  answers: number[]; // [k - 1]
}

export interface Chain {
  /** Distance of the digit of each question's level from the end. */
  places: number[]; // [k]
  row(state: number, question: number): ChainRow;
}

/** Tokens from the digit of one level to that of the next, at least: an empty gap between them. */
export const apart = ({ pads }: Pick<ChainOptions, 'pads'>) => 2 * pads + 3;
/** Tokens of the question. */
export const questionLength = ({ levels }: Pick<ChainOptions, 'levels'>) => 4 * (levels - 1);
/** Order of the certificate: windows of so many tokens occur equally often in all states. */
export const orderOf = ({ pads, tagged }: Pick<ChainOptions, 'pads' | 'tagged'>) =>
  tagged ? 1 : pads + 2;
/** The levels that can be tagged: as many numbers are at least as large as their largest digit. */
export const mostTagged = 3;
/** Arguments of V_(k+1), at least: two digits. */
const smallestEnd = 2;
/** Smallest and largest distance of a digit. */
export const nearest = ({ levels, pads }: Pick<ChainOptions, 'levels' | 'pads'>) =>
  pads + 2 + smallestEnd + 4 * levels;
export const farthest = ({ length, pads }: Pick<ChainOptions, 'length' | 'pads'>) =>
  length - pads - 3;
/** Positions of the brackets that close the levels k, .., 2. */
export const closings = ({ length, levels }: Pick<ChainOptions, 'length' | 'levels'>) =>
  Array.from({ length: levels - 1 }, (_, i) => length - 1 - 4 * (levels - 1 - i));

/** The number after the digit of a level, counted from the outermost: never below a digit of a level. */
export const boundOf = ({ tagged }: Pick<ChainOptions, 'tagged'>, level: number) =>
  tagged ? 9 - level : 9;

/** Digits that may follow each other outside of levels, so that nothing looks like a level's digit and tag. */
const notTagged = (levels: number) => (digit: number, before: number) =>
  !(digit >= 4 + levels && before >= 5 && before < 5 + levels);

/** Tokens that a bin is wide at least: twice what its digits need, and room for dead levels. */
export const room = (chosen: Omit<ChainOptions, 'length'>) =>
  2 * chosen.levels * apart(chosen) + reserved(chosen) * deadSize(chosen, 1);

/**
 * Bits of choice in a group, at least. Of the tokens that fill a stretch of a gap, a third are drawn
 * digits, but for three tokens; a dead level takes tokens, cuts stretches, and brings choices.
 */
export function bitsOf(chosen: ChainOptions): number {
  const { length, levels, pads, tagged, decoys } = chosen;
  const filled = length - 2 - 4 * levels - levels * apart(chosen) - decoys * deadSize({ pads }, 1);
  const stretches = levels + 1 + 5 * decoys;
  // Of tagged chains' ten digits at least five may follow any other one.
  let bits = Math.max(0, filled / 3 - stretches) * Math.log2(tagged ? 5 : 10);
  bits += decoys * (2 * Math.log2(levels) + 1);
  for (let values = 2; values <= levels; values++) bits += Math.log2(values);
  return bits;
}

/** Closing arguments of a level: whether it passes on what is inside, or gives its own digit. */
const closing = (own: boolean): [n: number, c: number] => (own ? [9, 5] : [0, 0]);

/**
 * Makes a group whose digits stand in the bin.
 * @param alike whether all levels have the same digit, which the state decides: an easier chain,
 *   without the question's certificate.
 */
export function makeChain(chosen: ChainOptions, bin: Bin, random: Random, alike = false): Chain {
  const { length, levels, pads, tagged } = chosen;
  const dead = Array.from({ length: levels + 1 }, () => 0);
  // The first dead level stands between the digits, so that their order in the bin is of no help.
  if (reserved(chosen) > 0) dead[1 + int(random, levels - 1)]!++;
  if (reserved(chosen) > 1) dead[int(random, levels + 1)]!++;
  const positions = positionsIn(bin, chosen, dead, random);
  const shifts = alike
    ? new Array<number>(levels).fill(0)
    : shuffle([...Array(levels).keys()], random);
  const isOwn = Array.from({ length: levels }, () => int(random, 2) === 1);
  const writer = new Writer(length, random, tagged ? notTagged(levels) : undefined);

  // Sizes of the gaps before, between and after the digits.
  const gaps = positions.map((position, j) =>
    j === 0 ? position - pads - 2 : position - positions[j - 1]! - apart(chosen),
  );
  gaps.push(length - 1 - positions.at(-1)! - pads - 2 - 4 * levels);
  addDead(chosen, gaps, dead, random);

  writer.open(SM);
  gap(writer, chosen, gaps[0]!, dead[0]!);
  for (let j = 1; j <= levels; j++) {
    openLevel(writer, chosen, { digit: 0, bound: boundOf(chosen, j - 1) });
    if (j < levels) gap(writer, chosen, gaps[j]!, dead[j]!);
  }
  writer.digit(0);
  gap(writer, chosen, gaps[levels]! - 1, dead[levels]!);
  writer.close();
  const body = writer.tokens;

  return {
    places: positions.map((position) => length - 1 - position),
    row(state, question) {
      const tokens = body.slice();
      const values = shifts.map((shift) => (shift + state) % levels);
      positions.forEach((position, j) => (tokens[position] = tokenOf(5 + values[j]!)));
      const answers: number[] = [];
      let value = 0;
      for (let j = levels - 1, at = length - 4 * levels; j >= 0; j--, at += 4) {
        const own = j === levels - 1 || (j > question ? isOwn[j]! : j === question);
        const [n, c] = closing(own);
        tokens.set([tokenOf(n), end, tokenOf(c), end], at);
        if (own) value = values[j]!;
        answers.push(value);
      }
      return { tokens, label: answers.pop()!, answers };
    },
  };
}

/** The median and the digit of a level, up to the bracket that opens the next. */
function openLevel(
  writer: Writer,
  { pads }: ChainOptions,
  { digit, bound = 9, operator = MED }: { digit: number; bound?: number; operator?: number },
): void {
  writer.open(operator);
  writer.digit(0, pads);
  writer.digit(digit);
  writer.digit(bound, pads);
  writer.open(SM);
}

/** Tokens that a chain of so many dead levels takes, at least; its minimum is one level more. */
const deadSize = ({ pads }: Pick<ChainOptions, 'pads'>, count: number) =>
  count === 0 ? 0 : (count + 1) * (2 * pads + 7) + 4;

/** Dead levels for which room is kept in a bin. */
const reserved = ({ decoys }: Pick<ChainOptions, 'decoys'>) => Math.min(decoys, 2);

/** Positions of the digits, the outermost level's first, with room in each gap for its dead levels. */
function positionsIn(
  bin: Bin,
  chosen: ChainOptions,
  dead: readonly number[],
  random: Random,
): number[] {
  const sizes = dead.map((count) => deadSize(chosen, count));
  const taken = sizes.reduce((a, b) => a + b, 0);
  const narrowed = { from: bin.from, to: bin.to - taken };
  let shift = 0;
  return placesIn(narrowed, chosen.levels, apart(chosen), random)
    .map((place, i) => place + (shift += sizes[chosen.levels - i]!))
    .map((place) => chosen.length - 1 - place)
    .reverse();
}

/** Adds dead levels one by one, each to a gap drawn in proportion to the tokens that are left in it. */
function addDead(
  chosen: ChainOptions,
  gaps: readonly number[],
  dead: number[],
  random: Random,
): void {
  // The last gap begins with a digit of its own.
  const left = (gap: number, count: number) =>
    gaps[gap]! - (gap === gaps.length - 1 ? 1 : 0) - deadSize(chosen, count);
  for (let decoy = reserved(chosen); decoy < chosen.decoys; decoy++) {
    const weights = dead.map((count, i) => (left(i, count + 1) < 0 ? 0 : left(i, count)));
    const total = weights.reduce((a, b) => a + b, 0);
    if (total === 0) return;
    let ticket = int(random, total);
    dead[weights.findIndex((weight) => (ticket -= weight) < 0)]!++;
  }
}

/** Arguments of value 0 that take `size` tokens, with a chain of `count` dead levels among them. */
function gap(writer: Writer, chosen: ChainOptions, size: number, count: number): void {
  if (count === 0) {
    writer.zeros(size);
    return;
  }
  const { random } = writer;
  // What is left over goes before and after the chain, and into its gaps.
  const [before, after, ...gaps] = compose(size - deadSize(chosen, count), count + 4, random) as [
    number,
    number,
    ...number[],
  ];
  const digit = () => 5 + int(random, chosen.levels);
  const closings = Array.from({ length: count }, () => closing(int(random, 2) === 1));
  writer.zeros(before);
  writer.open(SM);
  for (let level = 0; level <= count; level++) {
    writer.zeros(gaps[level]!);
    openLevel(writer, chosen, { digit: digit(), operator: level === 0 ? MIN : MED });
  }
  writer.digit(0);
  writer.zeros(1 + gaps[count + 1]!);
  writer.close();
  for (const [n, c] of [...closings, closing(false)]) {
    writer.digit(n);
    writer.close();
    writer.digit(c);
    writer.close();
  }
  writer.zeros(after);
}

/** `parts` numbers from 0 on that sum to `total`: every such choice is equally likely. */
function compose(total: number, parts: number, random: Random): number[] {
  const cuts = sortedSample(random, total + parts - 1, parts - 1);
  return [...cuts, total + parts - 1].map((cut, i) => cut - (i === 0 ? 0 : cuts[i - 1]! + 1));
}

function sortedSample(random: Random, bound: number, count: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(int(random, bound));
  return [...chosen].sort((a, b) => a - b);
}

/**
 * The layout of ListOps with a certified distance: where its operands stand.
 *
 * The root is [SM ... ]. Its last operand, right before the closing bracket, is the near part, an
 * expression of any operator. The others add 0, but for one, a digit. At every distance of the grid
 * stands a candidate, a digit between two inert expressions; one is live, the others are decoys:
 *
 *     live    [MIN .. 0 .. ] d [MIN .. 0 .. ]                  three operands of the root
 *     decoy   [MIN x [MIN .. 0 .. ] d [MIN .. 0 .. ] y ]       one operand, 0 whatever d is
 *
 * with up to two digits for x and for y. What is left between is filled by inert expressions, one a
 * gap, of any form inside. An inert expression is a minimum with a 0 among its operands.
 */
import { int, shuffle, type Random } from '../../../core/random.ts';
import {
  MIN,
  SM,
  end,
  firstOperator,
  operators,
  tokenOf,
} from '../../standard/listops/expressions.ts';
import { Tree } from '../../standard/listops/tree.ts';

export interface ListOpsLayout {
  length: number;
  /** Tokens of the near part. */
  near: number;
  /** Share of near parts of value 0 besides those that have it by chance. */
  neutral: number;
  /** Share of groups whose inert expressions, decoys included, hold no digit but 0. */
  quiet: number;
  /** Distances of all candidates, ascending. */
  grid: number[];
}

/** Tokens to either side of a candidate that belong to it; what they are made of needs seven. */
const [smallestSide, largestSide] = [7, 11] as const;
/** The smallest expression, an operator of two digits. */
export const smallestExpression = 4;
const mostArguments = 10;

/** Steps between distances that leave room for two neighbours. */
export const smallestStep = 2 * largestSide + 1;
export const smallestDistance = ({ near }: { near: number }) => near + largestSide + 1;
export const largestDistance = ({ length }: { length: number }) => length - 2 - largestSide;

/** A group at one distance: all tokens with a 0 for the live digit, and the near part's value. */
export function layOut(
  { length, near, neutral, quiet, grid }: ListOpsLayout,
  distance: number,
  random: Random,
): { tokens: Uint8Array; live: number; nearValue: number } {
  const writer = new Writer(length, random, random() < quiet ? 1 : 10);
  const nearStart = length - 1 - near;
  const stations = grid
    .map((d) => ({
      place: length - 1 - d,
      left: smallestSide + int(random, largestSide - smallestSide + 1),
      right: smallestSide + int(random, largestSide - smallestSide + 1),
      live: d === distance,
    }))
    .reverse();
  writer.open(SM);
  stations.forEach((station, i) => {
    // A gap too small for an expression goes to the candidate beside it.
    const before = station.place - station.left - writer.length;
    if (before < smallestExpression) station.left += before;
    else writer.inert(before);
    const after = nearStart - station.place - station.right - 1;
    if (i === stations.length - 1 && after < smallestExpression) station.right += after;
    writer.candidate(station);
  });
  if (writer.length < nearStart) writer.inert(nearStart - writer.length);
  // The wanted value is drawn first, and expressions until one has it.
  const wanted = random() < neutral ? 0 : int(random, 10);
  let value: number;
  writer.digitsBelow = 10;
  do {
    writer.length = nearStart;
    writer.expression(near, int(random, operators));
    ({ value } = new Tree(writer.tokens.subarray(nearStart, nearStart + near)));
  } while (value !== wanted);
  writer.close();
  return { tokens: writer.tokens, live: length - 1 - distance, nearValue: wanted };
}

/** Writes expressions of exact sizes, one after the other. */
class Writer {
  readonly tokens: Uint8Array;
  length = 0;
  /** Operands are digits below this. */
  digitsBelow: number;
  private readonly random: Random;

  constructor(length: number, random: Random, digitsBelow: number) {
    this.tokens = new Uint8Array(length);
    this.random = random;
    this.digitsBelow = digitsBelow;
  }

  open(operator: number): void {
    this.tokens[this.length++] = firstOperator + operator;
  }

  close(): void {
    this.tokens[this.length++] = end;
  }

  digit(digit: number): void {
    this.tokens[this.length++] = tokenOf(digit);
  }

  /** A candidate with its two sides; the live digit is 0 for now. */
  candidate({ left, right, live }: { left: number; right: number; live: boolean }): void {
    if (live) {
      this.inert(left);
      this.digit(0);
      this.inert(right);
      return;
    }
    const [before, after] = [int(this.random, 3), int(this.random, 3)];
    this.open(MIN);
    this.digits(before);
    this.inert(left - 1 - before);
    this.digits(1);
    this.inert(right - 1 - after);
    this.digits(after);
    this.close();
  }

  /** A minimum of `size` tokens with a 0 among its operands. */
  inert(size: number): void {
    const sizes = argumentSizes(size - 3, 1, mostArguments - 1, this.random);
    const zero = int(this.random, sizes.length + 1);
    this.open(MIN);
    for (let i = 0; i <= sizes.length; i++) {
      if (i === zero) this.digit(0);
      if (i < sizes.length) this.argument(sizes[i]!);
    }
    this.close();
  }

  /** An operator with operands, `size` tokens in all. */
  expression(size: number, operator: number): void {
    this.open(operator);
    for (const argument of argumentSizes(size - 2, 2, mostArguments, this.random))
      this.argument(argument);
    this.close();
  }

  private argument(size: number): void {
    if (size === 1) this.digits(1);
    else this.expression(size, int(this.random, operators));
  }

  private digits(count: number): void {
    for (let i = 0; i < count; i++) this.digit(int(this.random, this.digitsBelow));
  }
}

/**
 * Sizes of operands that take `total` tokens together: 1 for a digit, at least four for an
 * expression. Their number is any that can be, all equally often; so is that of the expressions
 * among them, which share what the digits leave.
 */
function argumentSizes(total: number, fewest: number, most: number, random: Random): number[] {
  const grow = smallestExpression - 1;
  const possible: number[] = [];
  for (let count = fewest; count <= Math.min(most, total); count++)
    if (total === count || total - count >= grow) possible.push(count);
  const sizes = new Array<number>(possible[int(random, possible.length)]!).fill(1);
  let left = total - sizes.length;
  if (left === 0) return sizes;
  const expressions = 1 + int(random, Math.min(sizes.length, Math.floor(left / grow)));
  for (let i = 0; i < expressions; i++) sizes[i]! += grow;
  for (left -= expressions * grow; left > 0; left--) sizes[int(random, expressions)]!++;
  return shuffle(sizes, random);
}

/**
 * Writes ListOps expressions of exact sizes, in tokens, one after the other.
 *
 * An inert expression is a minimum with a 0 among its arguments: its value is 0 whatever else it
 * holds. Operators have 2 to 10 arguments, as those of the Long Range Arena.
 */
import { int, shuffle, type Random } from '../../../core/random.ts';
import { MIN, end, firstOperator, operators, tokenOf } from '../../standard/listops/expressions.ts';

/** Tokens of the smallest expression: an operator, two digits, a bracket. */
export const smallestExpression = 4;
export const mostArguments = 10;

export class Writer {
  readonly tokens: Uint8Array; // [L]
  length = 0;
  readonly random: Random;
  private readonly mayFollow: (digit: number, before: number) => boolean;

  /** @param mayFollow whether a digit of an expression may stand right after another one */
  constructor(
    length: number,
    random: Random,
    mayFollow: (digit: number, before: number) => boolean = () => true,
  ) {
    this.tokens = new Uint8Array(length);
    this.random = random;
    this.mayFollow = mayFollow;
  }

  open(operator: number): void {
    this.tokens[this.length++] = firstOperator + operator;
  }

  close(): void {
    this.tokens[this.length++] = end;
  }

  /** The digit, `times` times. */
  digit(digit: number, times = 1): void {
    for (let i = 0; i < times; i++) this.tokens[this.length++] = tokenOf(digit);
  }

  /** A minimum of `size` tokens, at least `smallestExpression`, with a 0 among its arguments. */
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

  /**
   * Arguments of value 0 that take `size` tokens together: one or two inert expressions, or up to
   * three zeros. At least (size - 3) / 3 of the tokens are digits drawn at random.
   */
  zeros(size: number): void {
    if (size < smallestExpression) {
      this.digit(0, size);
      return;
    }
    const isOne = size < 2 * smallestExpression || int(this.random, 2) === 0;
    const rest = isOne
      ? 0
      : smallestExpression + int(this.random, size - 2 * smallestExpression + 1);
    this.inert(size - rest);
    if (rest > 0) this.inert(rest);
  }

  /** An expression of any operator, `size` tokens in all. */
  private expression(size: number): void {
    this.open(int(this.random, operators));
    for (const argument of argumentSizes(size - 2, 2, mostArguments, this.random))
      this.argument(argument);
    this.close();
  }

  private anyDigit(): void {
    const before = this.tokens[this.length - 1]! - tokenOf(0);
    for (;;) {
      const digit = int(this.random, 10);
      if (before >= 0 && before <= 9 && !this.mayFollow(digit, before)) continue;
      this.digit(digit);
      return;
    }
  }

  private argument(size: number): void {
    if (size === 1) this.anyDigit();
    else this.expression(size);
  }
}

/**
 * Sizes of arguments that take `total` tokens together: 1 for a digit, at least
 * `smallestExpression` for an expression. Every possible number of arguments is equally likely, and
 * so is every possible number of expressions among them, which share what the digits leave.
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

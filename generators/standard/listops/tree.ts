/**
 * An expression of ListOps as a tree: its value, and the digits on which the value depends.
 *
 * A digit is decisive if changing it alone, into some other digit, changes the value of the whole
 * expression. Its depth is the number of operators around it. The dependency depth of an expression
 * is that of its deepest decisive digit; 0 if there is none, which happens: no single digit of
 * [MIN 0 0 ] decides. Whoever does not read to the dependency depth cannot be sure of the value.
 *
 * Csordás et al. 2022 (the Neural Data Router, https://arxiv.org/abs/2110.07732) count differently: they
 * follow the argument that a minimum, maximum or median selects, the first of equal ones. By their count
 * an expression also depends on digits that another digit could replace.
 */
import { MAX, MED, MIN, end, firstOperator, tokenOf } from './expressions.ts';

export class Tree {
  readonly tokens: ArrayLike<number>;
  /** By position of a digit or an operator: the value there, and where the subtree ends. */
  private readonly values: Uint8Array;
  private readonly ends: Uint32Array;

  /** @throws RangeError that says how the tokens are not one whole expression. */
  constructor(tokens: ArrayLike<number>) {
    const { length } = tokens;
    this.tokens = tokens;
    this.values = new Uint8Array(length);
    this.ends = new Uint32Array(length);
    const open: number[] = [];
    for (let position = 0; position < length; position++) {
      const token = tokens[position]!;
      if (open.length === 0 && position > 0)
        throw new RangeError(`goes on after its end, at symbol ${position + 1}`);
      if (token >= firstOperator && token < end) {
        open.push(position);
        continue;
      }
      if (token < firstOperator) {
        this.values[position] = token - tokenOf(0);
        this.ends[position] = position + 1;
        continue;
      }
      const start = open.pop();
      if (start === undefined) throw new RangeError(`has a ] too many, at symbol ${position + 1}`);
      if (start === position - 1)
        throw new RangeError(`has an operator without arguments, symbol ${position}`);
      this.ends[start] = position + 1;
      const counts = new Uint32Array(10);
      for (const argument of this.argumentsOf(start)) counts[this.values[argument]!]!++;
      this.values[start] = valueOf(tokens[start]! - firstOperator, counts);
    }
    if (length === 0) throw new RangeError('is empty');
    if (open.length > 0) throw new RangeError(`lacks a ] for symbol ${open.pop()! + 1}`);
  }

  get value(): number {
    return this.values[0]!;
  }

  /** Value of the digit or of the operator at a position. */
  valueAt(position: number): number {
    return this.values[position]!;
  }

  /** Position after the digit, or after the bracket that closes the operator, at a position. */
  endOf(position: number): number {
    return this.ends[position]!;
  }

  /** Positions at which the arguments of the operator at `start` begin. */
  argumentsOf(start: number): number[] {
    const positions: number[] = [];
    for (let p = start + 1; this.tokens[p] !== end && p < this.tokens.length; p = this.ends[p]!)
      positions.push(p);
    return positions;
  }

  /** Positions of the decisive digits, ascending, and the depth of the deepest. */
  dependency(): { positions: number[]; depth: number } {
    const positions: number[] = [];
    let deepest = 0;
    // From the root down, `whole` maps each value of a subtree to the value of the whole expression.
    // If all are equal, nothing inside the subtree matters; this ends the search early almost everywhere.
    type Subtree = { start: number; depth: number; whole: Uint8Array };
    const subtrees: Subtree[] = [{ start: 0, depth: 0, whole: Uint8Array.from(Array(10).keys()) }];
    for (let subtree; (subtree = subtrees.pop());) {
      const { start, depth, whole } = subtree;
      if (this.tokens[start]! < firstOperator) {
        positions.push(start);
        deepest = Math.max(deepest, depth);
        continue;
      }
      const operator = this.tokens[start]! - firstOperator;
      const inside = this.argumentsOf(start);
      const counts = new Uint32Array(10);
      for (const argument of inside) counts[this.values[argument]!]!++;
      for (const argument of inside) {
        const value = this.values[argument]!;
        counts[value]!--;
        const effect = new Uint8Array(10);
        for (let digit = 0; digit < 10; digit++) {
          counts[digit]!++;
          effect[digit] = whole[valueOf(operator, counts)]!;
          counts[digit]!--;
        }
        counts[value]!++;
        if (effect.some((result) => result !== effect[0]))
          subtrees.push({ start: argument, depth: depth + 1, whole: effect });
      }
    }
    return { positions: positions.sort((a, b) => a - b), depth: deepest };
  }
}

/** Value of an operator, given how often each digit occurs among its arguments. */
function valueOf(operator: number, counts: Uint32Array): number {
  let count = 0;
  let sum = 0;
  for (let digit = 0; digit < 10; digit++) {
    count += counts[digit]!;
    sum += digit * counts[digit]!;
  }
  if (operator === MIN) return ranked(counts, 0);
  if (operator === MAX) return ranked(counts, count - 1);
  if (operator === MED) return (ranked(counts, (count - 1) >> 1) + ranked(counts, count >> 1)) >> 1;
  return sum % 10;
}

/** The digit at a place, from 0, of the sorted arguments. */
function ranked(counts: Uint32Array, place: number): number {
  let digit = 0;
  for (let before = counts[0]!; before <= place; before += counts[digit]!) digit++;
  return digit;
}

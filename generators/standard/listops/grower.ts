/**
 * Grows random ListOps trees by LRA's rule, many thousands per second: token by token from the left
 * into one buffer, evaluated on the way. A stack holds the open operators, and nothing is allocated.
 */
import { int, type Random } from '../../../core/random.ts';
import { end, evaluate, firstOperator, operators, tokenOf } from './expressions.ts';

export interface GrowerOptions {
  maxLength: number;
  maxDepth: number;
  maxArgs: number;
  operatorShare: number;
}

export class Grower {
  /** The tree, of which the first `length` tokens count. */
  readonly tokens: Uint8Array;
  length = 0;
  private readonly options: GrowerOptions;
  /** Per level, the open operator: its number, its arguments, and how many are still missing. */
  private readonly opened: Uint8Array;
  private readonly counts: Uint8Array;
  private readonly missing: Uint8Array;
  /** Values of finished arguments, those of the innermost open operator last. */
  private readonly values: Uint8Array;

  constructor(options: GrowerOptions) {
    const { maxLength, maxDepth, maxArgs } = options;
    this.options = options;
    this.tokens = new Uint8Array(maxLength);
    this.opened = new Uint8Array(maxDepth + 1);
    this.counts = new Uint8Array(maxDepth + 1);
    this.missing = new Uint8Array(maxDepth + 1);
    this.values = new Uint8Array(maxDepth * maxArgs);
  }

  /** Grows a random tree shorter than maxLength and returns its value; -1 if it grew too long. */
  grow(random: Random): number {
    const { maxDepth, maxArgs, maxLength, operatorShare } = this.options;
    const { tokens, opened, counts, missing, values } = this;
    let length = 0;
    let level = 0;
    let finished = 0;
    for (;;) {
      if (level + 1 < maxDepth && random() <= operatorShare) {
        if (length + 2 >= maxLength) return -1;
        const operator = int(random, operators);
        level++;
        opened[level] = operator;
        counts[level] = missing[level] = 2 + int(random, maxArgs - 1);
        tokens[length++] = firstOperator + operator;
        continue;
      }
      if (length + 1 >= maxLength) return -1;
      let value = int(random, 10);
      tokens[length++] = tokenOf(value);
      // A finished argument may complete its operator, which may complete the one around it.
      for (;;) {
        if (level === 0) {
          this.length = length;
          return value;
        }
        values[finished++] = value;
        if (--missing[level]! > 0) break;
        if (length + 1 >= maxLength) return -1;
        tokens[length++] = end;
        finished -= counts[level]!;
        value = evaluate(opened[level]!, values, finished, counts[level]!);
        level--;
      }
    }
  }
}

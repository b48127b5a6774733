/**
 * ListOps by the definition of the Long Range Arena (Tay et al. 2021; the task is Nangia and
 * Bowman 2018): evaluate a nested expression of MIN, MAX, MED and SM over digits.
 *
 * A tree grows from the root: above the deepest level a node is an operator with probability p,
 * else a digit; an operator has 2 to `maxArgs` arguments; all choices are uniform. The length
 * counts one for a digit and two for an operator (`[OP` and `]`), no parentheses; a tree is kept
 * if minLength < length < maxLength. Tokens are those of LRA's loader: the 15 symbols without
 * parentheses, and 0 for padding. SM is the sum modulo 10, MED the median, rounded down.
 *
 * LRA also removes duplicates. Here they cannot come up. A tree of length l has at least
 * (l + 2) / 3 digits (every operator has two arguments or more), the filter looks at the tree's
 * form only, and given the form the digits are independent: two examples agree with probability
 * 10^-168 at most at LRA's lengths. Options under which duplicates were to be feared are refused.
 * So every example stands alone: its stream is read until a tree fits.
 */
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { exampleStream, int, type Random } from '../random.ts';
import type { Example, SplitName, TaskDefinition } from '../task.ts';

/** Symbols by token id; 0 is padding, digits are their value + 1. */
const symbols = ['', ...'0123456789', '[MIN', '[MAX', '[MED', '[SM', ']'] as const;
const firstOperator = symbols.indexOf('[MIN');
const operators = 4;
const end = symbols.indexOf(']');

const counts = z.int().positive().max(10_000_000);
const options = z
  .strictObject({
    /** A tree is longer than this, in tokens. */
    minLength: z.int().min(0).max(1_000_000),
    /** A tree is shorter than this; sequences are padded to it. */
    maxLength: z.int().min(4).max(1_000_000),
    /** Level at which all nodes are digits; the root is level 1. */
    maxDepth: z.int().min(2).max(50),
    /** Largest number of arguments of an operator. */
    maxArgs: z.int().min(2).max(100),
    /** Probability that a node above the deepest level is an operator. */
    operatorShare: z.number().gt(0).lt(1),
    train: counts,
    val: counts,
    test: counts,
  })
  .superRefine((chosen, context) => {
    const { minLength, maxLength } = chosen;
    const wrong = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (maxLength < minLength + 2)
      wrong('maxLength', `expected more than minLength + 1 (${minLength + 1})`);
    // Two examples agree with probability 10^-digits at most, see above.
    const pairs = 2 * Math.log10(chosen.train + chosen.val + chosen.test);
    const digits = pairs + 12;
    if ((minLength + 3) / 3 < digits)
      wrong('minLength', `expected at least ${Math.ceil(3 * digits - 3)} to rule duplicates out`);
  });

type Options = z.output<typeof options>;

/** Trees that are tried for an example before the options are blamed. */
const mostTries = 1_000_000;

/** Makes trees into one buffer, evaluating them on the way. */
class Grower {
  readonly tokens: Uint8Array;
  length = 0;
  private readonly chosen: Options;
  /** Values of the arguments that still wait for their operator's end, level by level. */
  private readonly values: Uint8Array;

  constructor(chosen: Options) {
    this.chosen = chosen;
    this.tokens = new Uint8Array(chosen.maxLength);
    this.values = new Uint8Array((chosen.maxDepth + 1) * chosen.maxArgs);
  }

  /** Appends a random tree whose root is at `level` and returns its value; -1 if it grew too long. */
  grow(random: Random, level: number): number {
    const { maxDepth, maxArgs, maxLength, operatorShare } = this.chosen;
    if (level >= maxDepth || random() > operatorShare) {
      if (this.length + 1 >= maxLength) return -1;
      const digit = int(random, 10);
      this.tokens[this.length++] = digit + 1;
      return digit;
    }
    if (this.length + 2 >= maxLength) return -1;
    const operator = int(random, operators);
    const count = 2 + int(random, maxArgs - 1);
    this.tokens[this.length++] = firstOperator + operator;
    const first = level * maxArgs;
    for (let i = 0; i < count; i++) {
      const value = this.grow(random, level + 1);
      if (value < 0) return -1;
      this.values[first + i] = value;
    }
    if (this.length + 1 >= maxLength) return -1;
    this.tokens[this.length++] = end;
    return evaluate(operator, this.values, first, count);
  }
}

/** Value of an operator over `count` digits from `first` on, which are sorted for it. */
function evaluate(operator: number, digits: Uint8Array, first: number, count: number): number {
  if (operator === 3) {
    let sum = 0;
    for (let i = first; i < first + count; i++) sum += digits[i]!;
    return sum % 10;
  }
  // By insertion, which beats the built-in sort at up to ten digits.
  for (let i = first + 1; i < first + count; i++) {
    const digit = digits[i]!;
    let place = i;
    for (; place > first && digits[place - 1]! > digit; place--) digits[place] = digits[place - 1]!;
    digits[place] = digit;
  }
  if (operator === 0) return digits[first]!;
  if (operator === 1) return digits[first + count - 1]!;
  return (digits[first + ((count - 1) >> 1)]! + digits[first + (count >> 1)]!) >> 1;
}

const lra: Options = {
  minLength: 500,
  maxLength: 2000,
  maxDepth: 10,
  maxArgs: 10,
  operatorShare: 0.25,
  train: 96_000,
  val: 2_000,
  test: 2_000,
};

export const listops: TaskDefinition<typeof options> = {
  name: 'listops',
  title: 'ListOps',
  kind: 'standard',
  summary: 'The value of a nested expression of minima, maxima, medians and sums of digits.',
  version: 1,
  options,
  tiers: {
    smoke: { ...lra, minLength: 64, maxLength: 128, maxDepth: 5, train: 400, val: 100, test: 100 },
    lite: { ...lra, minLength: 128, maxLength: 512, maxDepth: 7, train: 20_000 },
    lra,
  },

  shape(chosen) {
    const { train, val, test } = chosen;
    return {
      length: chosen.maxLength,
      vocabulary: symbols.length,
      classes: 10,
      documents: 1,
      input: 'tokens',
      readout: 'pool',
      padded: true,
      distances: [],
      siblings: 1,
      order: 0,
      maskRatio: 0.1,
      counts: { train, val, test },
      extras: {},
    };
  },

  async open(chosen, seed) {
    const grower = new Grower(chosen);
    const offsets = { train: 0, val: chosen.train, test: chosen.train + chosen.val };
    return {
      example(split: SplitName, index: number): Example {
        const random = exampleStream(seed, 'listops', split, index);
        for (let tries = 0; tries < mostTries; tries++) {
          grower.length = 0;
          const label = grower.grow(random, 1);
          if (label < 0 || grower.length <= chosen.minLength) continue;
          const tokens = grower.tokens.slice(0, grower.length);
          return { tokens, label, group: offsets[split] + index, distance: 0 };
        }
        throw new UsageError(
          `Of ${mostTries} expressions of depth ${chosen.maxDepth} none was longer than ${chosen.minLength} and shorter than ${chosen.maxLength}; allow other lengths.`,
        );
      },
    };
  },

  show({ tokens, label }) {
    const words = Array.from(tokens, (token) => symbols[token]).filter((word) => word !== '');
    return `${words.join(' ')}\n= ${label}  (${words.length} tokens)`;
  },
};

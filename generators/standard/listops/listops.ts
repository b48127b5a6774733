/**
 * ListOps by the definition of the Long Range Arena (Tay et al. 2021, https://arxiv.org/abs/2011.04006;
 * the task is Nangia and Bowman 2018, https://arxiv.org/abs/1804.06028): evaluate a nested expression
 * of MIN, MAX, MED and SM over digits.
 *
 * A tree grows from the root: above the deepest level a node is an operator with probability p,
 * else a digit; an operator has 2 to `maxArgs` arguments; all choices are uniform. The length
 * counts one for a digit and two for an operator (`[OP` and `]`), no parentheses; a tree is kept
 * if minLength < length < maxLength. SM is the sum modulo 10, MED the median, rounded down.
 *
 * LRA also removes duplicates. Here none can occur. A tree of length l has at least
 * (l + 2) / 3 digits (every operator has two arguments or more), the filter looks at the tree's
 * form only, and given the form the digits are independent: two examples agree with probability
 * 10^-168 at most at LRA's lengths. Options that would make duplicates likely are refused. So
 * every example can be made alone: its stream is read until a tree fits.
 *
 * By that definition one label in six is 0 and one in six is 9, and two thirds of the expressions
 * depend on no digit under more than three of their nine levels. Options, all off in LRA's task, mend
 * this, by going on until a tree fits: `balance: 'labels'` makes every ten examples have the ten
 * labels once, in an order drawn by the seed; `minDependency` and `maxDependency` bound the
 * dependency depth (`tree.ts`). A condition makes an expression more likely by at most one over the
 * condition's probability, so the bound above grows by the square of that. With any condition, or
 * with `facts`, a data set has the columns `dependencyDepth` and `decisive`, the positions of
 * the decisive digits (the first 256, where there are more).
 */

import { z } from 'zod';
import { UsageError } from '../../../core/errors.ts';
import { exampleStream, shuffle, stream } from '../../../core/random.ts';
import { symbolPieces } from '../../reading.ts';
import type { Example, SplitName, TaskDefinition } from '../../task.ts';
import { symbols } from './expressions.ts';
import { listopsFiles } from './files.ts';
import { Grower } from './grower.ts';
import { permuted } from './permute.ts';
import { Tree } from './tree.ts';

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
    /** Whether all labels are equally frequent, or as frequent as they come. */
    balance: z.enum(['none', 'labels']),
    /** Smallest dependency depth; 0 for any. */
    minDependency: z.int().min(0).max(49),
    /** Largest dependency depth; 49, the largest possible, for any. */
    maxDependency: z.int().min(0).max(49),
    /** Whether the columns of facts are kept; any condition above keeps them too. */
    facts: z.boolean(),
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
    if (chosen.minDependency > Math.min(chosen.maxDependency, chosen.maxDepth - 1))
      wrong(
        'minDependency',
        `expected at most ${Math.min(chosen.maxDependency, chosen.maxDepth - 1)}: the bounds of maxDependency and maxDepth`,
      );
    // Two examples agree with probability 10^-digits at most, see above.
    const pairs = 2 * Math.log10(chosen.train + chosen.val + chosen.test);
    const digits = pairs + 12;
    if ((minLength + 3) / 3 < digits)
      wrong('minLength', `expected at least ${Math.ceil(3 * digits - 3)} to rule duplicates out`);
  });

type Options = z.output<typeof options>;

/** Trees that are tried for one example before the options are refused. */
const mostTries = 1_000_000;
const mostDecisive = 256;

const onDependency = ({ minDependency, maxDependency }: Options) =>
  minDependency > 0 || maxDependency < 49;
const withFacts = (chosen: Options) =>
  chosen.facts || chosen.balance !== 'none' || onDependency(chosen);

const extrasOf = (chosen: Options): Record<string, number> =>
  withFacts(chosen) ? { dependencyDepth: 1, decisive: mostDecisive } : {};

/** Extra columns of an expression. */
function factsOf({ positions, depth }: ReturnType<Tree['dependency']>) {
  return { dependencyDepth: [depth], decisive: positions.slice(0, mostDecisive) };
}

const lra: Options = {
  minLength: 500,
  maxLength: 2000,
  maxDepth: 10,
  maxArgs: 10,
  operatorShare: 0.25,
  balance: 'none',
  minDependency: 0,
  maxDependency: 49,
  facts: false,
  train: 96_000,
  val: 2_000,
  test: 2_000,
};

export const listops: TaskDefinition<typeof options> = {
  name: 'listops',
  title: 'ListOps',
  kind: 'standard',
  summary: 'The value of a nested expression of minima, maxima, medians and sums of digits.',
  version: 2,
  options,
  tiers: {
    smoke: { ...lra, minLength: 64, maxLength: 128, maxDepth: 5, train: 400, val: 100, test: 100 },
    lite: { ...lra, minLength: 64, maxLength: 256, maxDepth: 7, train: 2_000, val: 1_000 },
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
      extras: extrasOf(chosen),
    };
  },

  async open(chosen, seed) {
    const grower = new Grower(chosen);
    const offsets = { train: 0, val: chosen.train, test: chosen.train + chosen.val };
    const wantedLabel = (split: SplitName, index: number) => {
      const block = stream(`${seed}/listops/${split}/labels ${Math.floor(index / 10)}`);
      return shuffle([...Array(10).keys()], block)[index % 10]!;
    };
    return {
      example(split: SplitName, index: number): Example {
        const random = exampleStream(seed, 'listops', split, index);
        const wanted = chosen.balance === 'labels' ? wantedLabel(split, index) : undefined;
        for (let tries = 0; tries < mostTries; tries++) {
          const label = grower.grow(random);
          if (label < 0 || grower.length <= chosen.minLength) continue;
          if (wanted !== undefined && label !== wanted) continue;
          const tokens = grower.tokens.slice(0, grower.length);
          const example = { tokens, label, group: offsets[split] + index, distance: 0 };
          if (!withFacts(chosen)) return example;
          const dependency = new Tree(tokens).dependency();
          if (dependency.depth < chosen.minDependency) continue;
          if (dependency.depth > chosen.maxDependency) continue;
          return { ...example, extras: factsOf(dependency) };
        }
        const depended = onDependency(chosen)
          ? ` and of dependency depth ${chosen.minDependency} to ${chosen.maxDependency}`
          : '';
        throw new UsageError(
          `Of ${mostTries} expressions of depth ${chosen.maxDepth} none was longer than ${chosen.minLength} and shorter than ${chosen.maxLength}${depended}; allow others.`,
        );
      },
    };
  },

  evaluate({ tokens }) {
    const end = tokens.indexOf(0);
    try {
      return { label: new Tree(end < 0 ? tokens : tokens.subarray(0, end)).value };
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  },

  augment: ({ tokens }, _, random) => permuted(tokens, random),

  read({ tokens, label, extras }) {
    const depth = extras?.dependencyDepth?.[0];
    const decisive = new Set(Array.from(extras?.decisive ?? []));
    const pieces = symbolPieces(tokens, (token, position) => ({
      text: symbols[token]!,
      kind: decisive.has(position) ? 'evidence' : 'plain',
    }));
    return {
      documents: [pieces],
      between: ' ',
      picture: null,
      question: 'What is the value of the expression?',
      answer: String(label),
      notes: [
        `${pieces.length} tokens`,
        ...(depth === undefined ? [] : [`dependency depth ${depth}`]),
      ],
    };
  },

  lra: listopsFiles((tokens, chosen) =>
    withFacts(chosen) ? factsOf(new Tree(tokens).dependency()) : undefined,
  ),
};

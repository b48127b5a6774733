/**
 * ListOps with a certified distance: the value of one expression, for which one digit far away and
 * all of the near part, at the end, have to be read. The expression is a sum modulo 10 of a far
 * digit, of the near part's value, and of operands that are 0 whatever stands inside them. Which
 * digit counts is told by nesting alone: at every distance of the grid stands one between the same
 * neighbours, all but one of them inside a minimum that is 0 anyway. `listopsDistanceLayout.ts` has
 * the layout. Tokens and values are those of ListOps (`../standard/listops.ts`), but that the root
 * may have more operands than LRA's ten; sequences have no padding.
 *
 * So three things are needed: finding the digit that no inner bracket encloses, evaluating the near
 * part, and adding both. The near part alone tells nothing: with it known, each label is as likely as
 * any. The far digit alone tells the label in most groups, since in a share `neutral` of them the
 * near part is drawn to be 0, and in the others to have each value equally often. And in a share
 * `quiet` of them inert expressions, decoys included, hold no digit but 0, so that the live digit is
 * plain to see. So there is something to learn before everything is learned, without which small
 * models learn nothing.
 *
 * Siblings differ in the live digit alone, which is 0 to 9 in turn, so their values are all
 * different and the distance is exact: L - 1 less the position of the live digit.
 *
 * Only the place of the live digit changes along the grid. The other places of the grid hold decoys
 * of the same size, so that the gaps that inert expressions fill are the same for every distance:
 * lengths, frequencies of tokens, depth, and the near part keep their distributions exactly.
 *
 * There is no order certificate: siblings have different digits. To make up for that, other digits
 * would have to change too, and as far away at least; at the largest distance there is no room for
 * nine of them, and nearer by they would tell the live one by its place, as the last that changes.
 */
import { z } from 'zod';
import { exampleStream } from '../../../core/random.ts';
import { symbols, tokenOf } from '../../standard/listops/expressions.ts';
import { symbolPieces } from '../../reading.ts';
import type { TaskDefinition } from '../../task.ts';
import { doublingGrid, isGrid } from '../grid.ts';
import { exampleCounts, groupCount, keepLast, placeOf } from '../groups.ts';
import {
  largestDistance,
  layOut,
  smallestDistance,
  smallestExpression,
  smallestStep,
} from './layout.ts';

const options = z
  .strictObject({
    /** Tokens a sequence, L. */
    length: z
      .int()
      .min(32)
      .max(1 << 20),
    /** Tokens of the near part. */
    near: z.int().min(smallestExpression).max(1024),
    /** Share of near parts whose value is set to 0; the others have each value equally often. */
    neutral: z.number().min(0).max(0.9),
    /** Share of groups whose inert expressions, decoys included, hold no digit but 0. */
    quiet: z.number().min(0).max(0.9),
    /** Ascending; empty for powers of two and the largest possible. */
    distances: z.array(z.int().positive()).max(64),
    /** Sibling groups for each distance. */
    train: groupCount,
    val: groupCount,
    test: groupCount,
  })
  .superRefine((chosen, context) => {
    const wrong = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const [smallest, largest] = [smallestDistance(chosen), largestDistance(chosen)];
    const { distances } = chosen;
    if (largest < smallest)
      wrong(
        'length',
        `expected at least ${chosen.length + smallest - largest} for a near part of ${chosen.near}`,
      );
    else if (!isGrid(distances, smallest, largest, smallestStep))
      wrong(
        'distances',
        `expected ascending numbers from ${smallest} to ${largest} at least ${smallestStep} apart, got ${distances.join(', ')}`,
      );
    else if (freeDigits(chosen) < 2 * Math.log10(groupsOf(chosen)) + 12)
      wrong('length', 'expected more: these options leave too few different sequences');
  });

type Options = z.output<typeof options>;

const gridOf = (chosen: Options) =>
  chosen.distances.length > 0
    ? chosen.distances
    : doublingGrid(Math.max(32, smallestDistance(chosen)), largestDistance(chosen));

const groupsOf = (chosen: Options) =>
  gridOf(chosen).length * (chosen.train + chosen.val + chosen.test);

/**
 * Digits that are drawn, at least: two groups that are not quiet agree with probability 10^-this at
 * most. (Quiet ones differ by how they are nested, which has no such plain count; that none is there
 * twice is checked on the data, as for all.) A third of the tokens are digits (every operator has two operands or more), of which one is 0 on either side
 * of a candidate and in every gap.
 */
function freeDigits(chosen: Options): number {
  return chosen.length / 3 - 3 * gridOf(chosen).length - 2;
}

const siblings = 10;

export const listopsDistance: TaskDefinition<typeof options> = {
  name: 'listops-distance',
  title: 'ListOps at a distance',
  kind: 'controlled',
  summary:
    'The value of a nested expression, for which one digit counts that is a known distance away.',
  version: 2,
  options,
  tiers: {
    smoke: {
      length: 128,
      near: 6,
      neutral: 0.5,
      quiet: 0.5,
      distances: [],
      train: 60,
      val: 4,
      test: 8,
    },
    lite: {
      length: 256,
      near: 8,
      neutral: 0.9,
      quiet: 0.9,
      distances: [],
      train: 480,
      val: 20,
      test: 64,
    },
    lra: {
      length: 2048,
      near: 12,
      neutral: 0.5,
      quiet: 0,
      distances: [],
      train: 1400,
      val: 30,
      test: 60,
    },
  },

  shape(chosen) {
    const distances = gridOf(chosen);
    return {
      length: chosen.length,
      vocabulary: symbols.length,
      classes: siblings,
      documents: 1,
      input: 'tokens',
      readout: 'query',
      padded: false,
      distances,
      siblings,
      order: 0,
      maskRatio: 0.1,
      counts: exampleCounts(chosen, distances.length, siblings),
      extras: {},
    };
  },

  async open(chosen, seed) {
    const grid = gridOf(chosen);
    const groupAt = keepLast((split, { inSplit, distance }) => {
      const random = exampleStream(seed, 'listops-distance', split, inSplit);
      return layOut({ ...chosen, grid }, distance, random);
    });
    return {
      example(split, index) {
        const place = placeOf(chosen, grid, siblings, split, index);
        const { sibling: digit, group, distance } = place;
        const { tokens, live, nearValue } = groupAt(split, place);
        const member = tokens.slice();
        member[live] = tokenOf(digit);
        return { tokens: member, label: (digit + nearValue) % 10, group, distance };
      },
    };
  },

  read({ tokens, label, distance }, { length, near }) {
    const live = length - 1 - distance;
    return {
      documents: [
        symbolPieces(tokens, (token, position) => {
          const inNear = position >= length - 1 - near && position < length - 1;
          const kind = position === live ? 'evidence' : inNear ? 'question' : 'plain';
          return { text: symbols[token]!, kind };
        }),
      ],
      between: ' ',
      picture: null,
      question: 'What is the value of the expression?',
      answer: String(label),
      notes: ['the far digit and the near part are marked'],
    };
  },
};

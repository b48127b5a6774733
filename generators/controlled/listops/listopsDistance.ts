/**
 * ListOps with certified distances (expressions of Nangia and Bowman 2018,
 * https://arxiv.org/abs/1804.06028, as in the Long Range Arena): the value of a nested expression
 * that is the digit of one of its levels. The last brackets say which level; its digit stands a known
 * distance away, among digits that look alike. `layout.ts` has the construction and the proofs.
 *
 * So two things are needed. The first is to find the level that the question asks about: brackets
 * have to be matched over the whole distance, since dead levels look like those of the chain to
 * whoever reads a few tokens. The second is to bring its digit to the end. At tier lite levels are
 * tagged, so that a level is known from the token after its digit, and brackets need not be matched.
 *
 * What helps to learn it: every level has a value of its own where its bracket closes, and all of
 * them are trained on. The innermost level always gives its own digit, the nearest of the chain; the
 * next one gives its own or passes that on, by the two tokens before the bracket. So a model learns
 * one level after the other. And in a share `alike` of the training rows all levels have the same
 * digit: there a model learns which digits count, before it can tell them apart. Validation and test
 * groups are never like that.
 *
 * Tokens and values are those of ListOps (`../../standard/listops`); sequences have no padding, and
 * all operators have 2 to 10 arguments.
 */
import { z } from 'zod';
import { symbols } from '../../standard/listops/expressions.ts';
import type { TaskDefinition } from '../../task.ts';
import { commonOptions, controlledTask, type Facts } from '../controlled.ts';
import { evaluateChain } from './evaluate.ts';
import {
  apart,
  bitsOf,
  closings,
  farthest,
  makeChain,
  mostTagged,
  nearest,
  orderOf,
  questionLength,
  room,
} from './layout.ts';
import { readChain } from './read.ts';

const options = z.strictObject({
  ...commonOptions,
  /** Levels of the chain, and values, k. */
  levels: z.int().min(2).max(5),
  /** Zeros before and nines after each digit; the order certificate holds to pads + 2, or 1 if tagged. */
  pads: z.int().min(1).max(3),
  /** Whether the token after a digit says which level it is; at most 3 levels then, and no decoys. */
  tagged: z.boolean(),
  /** Dead levels: one between the digits, one in any gap, further ones wherever there is room, if any. */
  decoys: z.int().min(0).max(64),
  /** Share of training rows in which all levels have the same digit. */
  alike: z.number().min(0).max(1),
});

type Options = z.output<typeof options>;

function facts(chosen: Options): Facts {
  return {
    vocabulary: symbols.length,
    classes: chosen.levels,
    states: chosen.levels,
    questions: chosen.levels,
    question: questionLength(chosen),
    asked: closings(chosen),
    sets: 1,
    order: orderOf(chosen),
    maskRatio: 0.1,
    nearest: nearest(chosen),
    farthest: farthest(chosen),
    room: room(chosen),
    step: apart(chosen),
    bits: bitsOf(chosen),
  };
}

export const listopsDistance: TaskDefinition<typeof options> = controlledTask({
  name: 'listops-distance',
  title: 'ListOps at a distance',
  summary:
    'The value of a nested expression: the digit of the level that the last brackets choose, a known distance away.',
  version: 5,
  options,
  tiers: {
    smoke: {
      ...{ length: 144, levels: 3, pads: 1, tagged: true, decoys: 0, alike: 0.5 },
      ...{ distances: [24, 48], train: 100, val: 8, test: 16 },
    },
    lite: {
      ...{ length: 256, levels: 3, pads: 1, tagged: true, decoys: 0, alike: 0.5 },
      ...{ distances: [32, 64, 128], train: 3600, val: 24, test: 120 },
    },
    lra: {
      ...{ length: 2048, levels: 5, pads: 3, tagged: false, decoys: 8, alike: 0.5 },
      ...{ distances: [64, 128, 256, 512, 1024], train: 400, val: 10, test: 40 },
    },
  },
  check({ levels, tagged, decoys }) {
    if (tagged && levels > mostTagged)
      return ['levels', `expected at most ${mostTagged}, if tagged`];
    if (tagged && decoys > 0) return ['decoys', 'expected 0, if tagged'];
    return undefined;
  },
  facts,
  prepare: () => ({ shared: undefined }),
  makeGroup: (chosen, bin, random, split) =>
    makeChain(chosen, bin, random, split === 'train' && random() < chosen.alike),
  evaluate: ({ tokens }, chosen) => evaluateChain(tokens, chosen),
  read: readChain,
});

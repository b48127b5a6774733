/**
 * The frame of the controlled tasks: a task says what a group is, the frame makes a task definition
 * of it, with bins of distances, groups, streams, options and shape.
 *
 * A group is a full table of evidence states e = 0 to E − 1 and questions j = 0 to Q − 1. With D the
 * lower edge of the group's bin, q the tokens of the question and y(e, j) the label:
 *
 * - reach(D): for a fixed question the last D tokens of every document agree, and over the states
 *   each label occurs E/k times. Whoever sees fewer than D tokens back from the end answers all
 *   states alike, so exactly one in k of them right.
 * - question(q): for a fixed state all but the last q tokens of every document agree, and over the
 *   questions each label occurs Q/k times. Whoever does not read the question is right exactly one
 *   time in k.
 * - same questions: the last q tokens do not depend on the state and differ between questions.
 * - order(w): for a fixed question all states have the same w-grams. A bag of w-grams, together with
 *   the question, is right exactly one time in k.
 *
 * Both reach and question hold in each group only if all candidates that the group asks about stand
 * beyond D, in one bin. Places within a bin are drawn at random, for candidates and distractors alike,
 * so that no table of places helps.
 *
 * Certificates bind what is scored, validation and test. A training row is a row of a group of its own,
 * which may be easier: rows that share their noise are learned by heart before the skill is learned.
 * What stands in the files as a group of training holds each place (e, j) of the table once.
 */
import { z } from 'zod';
import { exampleStream, type Random } from '../../core/random.ts';
import type {
  Evaluation,
  PartName,
  SignalShape,
  SplitName,
  StoredExample,
  TaskDefinition,
  TaskShape,
  TierName,
} from '../task.ts';
import { isGrid } from './grid.ts';
import { exampleCounts, groupCount, keepLast, placeOf } from './groups.ts';
import { binsOf, type Bin } from './places.ts';

/** A row of a group's table: an example without its place in the data set. */
export interface TableRow {
  /** [length], or [2 · length] for two documents. They need to stay only until the next call. */
  tokens: ArrayLike<number>;
  /** Answer to the last question. */
  label: number;
  /** Answers to the earlier questions, in the order of `asked`; empty if there are none. */
  answers: ArrayLike<number>;
  /** Further facts, by the names in `facts().extras`. */
  extras?: Record<string, ArrayLike<number>>;
}

/** A group: `row(e, j)` is the same at every call. */
export interface Group {
  /** True distance of the evidence of question j from the end, in tokens. */
  places: readonly number[];
  row(state: number, question: number): TableRow;
}

/** Options that every controlled task has. */
export const commonOptions = {
  /** Tokens per sequence, or per document, L. */
  length: z
    .int()
    .min(8)
    .max(1 << 20),
  /** Lower edges of the bins of distances, ascending; empty for doubling ones up to the largest possible. */
  distances: z.array(z.int().positive()).max(64),
  /** Groups for each distance; in training, as many rows of groups of their own. */
  train: groupCount,
  val: groupCount,
  test: groupCount,
};

/** Values of the common options. */
export interface CommonOptions {
  length: number;
  distances: number[];
  train: number;
  val: number;
  test: number;
}

/** What a task says of itself under given options. */
export interface Facts {
  /** Documents per example; 1 if absent. */
  documents?: 1 | 2;
  /** `tokens` if absent. */
  input?: TaskShape['input'];
  picture?: TaskShape['picture'];
  /** Token ids run from 1 to vocabulary − 1. */
  vocabulary: number;
  /** Labels, k. */
  classes: number;
  /** Evidence states E and questions Q of a group, both multiples of k. */
  states: number;
  questions: number;
  /** Tokens at the end of each document that hold the question, q. */
  question: number;
  /** Positions at which earlier questions are read out, ascending; empty if there are none. */
  asked: number[];
  /** Sets of candidates in a sequence. */
  sets: number;
  /** Largest w for which the order certificate holds; 0 for none. */
  order: number;
  maskRatio: number;
  /** Extra columns besides `places`: name and width. */
  extras?: Record<string, number>;
  /** The smallest lower edge that a bin can have. */
  nearest: number;
  /** The largest distance at which evidence fits into the sequence. */
  farthest: number;
  /** Tokens that a bin must be wide at least. */
  room: number;
  /** Tokens by which the lower edge of a bin exceeds the one before at least; 1 if absent. */
  step?: number;
  /** Groups that are equally likely, as a power of two: two groups agree with probability 2^-bits at most. */
  bits: number;
  /** What the inputs hold that can be predicted from afar; nothing if absent. */
  signal?: Omit<SignalShape, 'count'> | undefined;
}

/** A controlled task, as its file describes it. */
export interface ControlledTask<Options extends z.ZodObject, Shared> {
  name: string;
  title: string;
  summary: string;
  version: number;
  /** A strict object with `commonOptions` among its fields. */
  options: Options;
  tiers: Record<TierName, z.output<Options>>;
  /** Checks that must hold before `facts` can be asked: the field at fault and what was expected. */
  check?(options: z.output<Options>): [field: string, expected: string] | undefined;
  facts(options: z.output<Options>): Facts;
  realData?: TaskDefinition<Options>['realData'];
  /** Prepares what all groups share, such as texts that are read from files. */
  prepare(
    options: z.output<Options>,
    seed: number,
    sources: string | undefined,
  ): Promise<{ shared: Shared; source?: string }> | { shared: Shared; source?: string };
  /**
   * Makes a group. The certificates bind validation and test groups; a training group, of which one row
   * is taken, may be easier.
   */
  makeGroup(
    options: z.output<Options>,
    bin: Bin,
    random: Random,
    split: SplitName,
    shared: Shared,
  ): Group;
  /**
   * For tasks that can hold a signal: makes a group of the part `signal`, whose bin counts from the
   * hidden value. All certificates hold with the sequences cut off behind the hidden value, and what
   * follows it is the same in all rows.
   */
  makeSignalGroup?(options: z.output<Options>, bin: Bin, random: Random, shared: Shared): Group;
  /** See `TaskDefinition.evaluate`. */
  evaluate(
    example: Pick<StoredExample, 'tokens' | 'extras'>,
    options: z.output<Options>,
    part?: PartName,
  ): Evaluation | undefined;
  read: TaskDefinition<Options>['read'];
}

/** Makes the definition of a controlled task. */
export function controlledTask<Options extends z.ZodObject, Shared>(
  task: ControlledTask<Options, Shared>,
): TaskDefinition<Options> {
  type Chosen = z.output<Options>;
  const common = (chosen: Chosen) => chosen as unknown as CommonOptions;
  const binsFor = (chosen: Chosen) => bins(common(chosen), task.facts(chosen));
  const { name, title, summary, version, tiers, realData, read } = task;
  return {
    ...{ name, title, summary, version, tiers, read },
    kind: 'controlled',
    options: checked(task),
    ...(realData && { realData }),

    shape(chosen) {
      const facts = task.facts(chosen);
      const found = bins(common(chosen), facts);
      const siblings = facts.states * facts.questions;
      const counts = exampleCounts(common(chosen), found.length, siblings);
      return {
        length: common(chosen).length,
        documents: facts.documents ?? 1,
        input: facts.input ?? 'tokens',
        ...(facts.picture && { picture: facts.picture }),
        vocabulary: facts.vocabulary,
        classes: facts.classes,
        readout: 'query',
        padded: false,
        distances: found.map(({ from }) => from),
        siblings,
        table: {
          states: facts.states,
          questions: facts.questions,
          question: facts.question,
          asked: facts.asked,
          sets: facts.sets,
          ends: found.map(({ to }) => to),
        },
        ...(facts.signal && { signal: { ...facts.signal, count: counts.test } }),
        order: facts.order,
        maskRatio: facts.maskRatio,
        counts,
        extras: { places: 1, ...facts.extras },
      };
    },

    async open(chosen, seed, sources) {
      const { states, questions, signal } = task.facts(chosen);
      const found = binsFor(chosen);
      const edges = found.map(({ from }) => from);
      const { shared, source } = await task.prepare(chosen, seed, sources);
      const make = (part: PartName, inSplit: number, stream: number) => {
        const random = exampleStream(seed, name, part, stream);
        const bin = found[inSplit % found.length]!;
        return part === 'signal'
          ? task.makeSignalGroup!(chosen, bin, random, shared)
          : task.makeGroup(chosen, bin, random, part, shared);
      };
      const whole = keepLast((part, { inSplit }) => make(part, inSplit, inSplit));
      const example = (part: PartName, index: number) => {
        const place = placeOf(common(chosen), edges, states * questions, part, index);
        const { member, group, distance } = place;
        const made = part === 'train' ? make(part, place.inSplit, index) : whole(part, place);
        const question = member % questions;
        const row = made.row(Math.floor(member / questions), question);
        const extras = { places: [made.places[question]!], ...row.extras };
        return { ...row, group, member, distance, extras };
      };
      return {
        ...(source !== undefined && { source }),
        example,
        ...(signal && { signal: (index: number) => example('signal', index) }),
      };
    },

    evaluate: (example, chosen, part) => task.evaluate(example, chosen, part),
  };
}

/** The bins of distances: for those that are asked for, or for doubling ones. */
export function bins({ distances }: CommonOptions, facts: Facts): Bin[] {
  const { farthest, room } = facts;
  const edges = [...distances];
  if (edges.length === 0)
    for (let edge = firstEdge(facts); edge + room <= farthest + 1; edge *= 2) edges.push(edge);
  return binsOf(edges, room, farthest);
}

/** The smallest power of two that can be a lower edge, with its double far enough away. */
const firstEdge = ({ nearest, step = 1 }: Facts) =>
  2 ** Math.ceil(Math.log2(Math.max(nearest, step)));

/** The options with the checks of the task and those that all controlled tasks have. */
function checked<Options extends z.ZodObject, Shared>(
  task: ControlledTask<Options, Shared>,
): Options {
  return task.options.superRefine((chosen, context) => {
    const broken =
      task.check?.(chosen) ??
      breakOfBins(chosen as unknown as CommonOptions, () => task.facts(chosen));
    if (broken) context.addIssue({ code: 'custom', path: [broken[0]], message: broken[1] });
  });
}

function breakOfBins(
  chosen: CommonOptions,
  factsOf: () => Facts,
): [field: string, expected: string] | undefined {
  const facts = factsOf();
  const { nearest, farthest, room, step = 1 } = facts;
  const largest = farthest + 1 - room;
  const found = bins(chosen, facts);
  if (found.length === 0 || largest < nearest) {
    const needed = chosen.length + firstEdge(facts) - largest;
    return [
      'length',
      `expected at least ${needed}, so that evidence fits beyond ${nearest} tokens`,
    ];
  }
  const edges = found.map(({ from }) => from);
  if (!isGrid(edges, nearest, largest, step))
    return [
      'distances',
      `expected ascending numbers from ${nearest} to ${largest}${step > 1 ? ` at least ${step} apart` : ''}, got ${chosen.distances.join(', ')}`,
    ];
  const groups = found.length * (chosen.train + chosen.val + chosen.test);
  if (facts.bits < 2 * Math.log2(groups) + 40)
    return ['length', 'expected more: these options leave too few different sequences'];
  return undefined;
}

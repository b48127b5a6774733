/**
 * What a task is: a way to make examples, one by one, from a seed, a split and an index.
 *
 * A standard task keeps the Long Range Arena's definition. A controlled task has the distance of the
 * evidence as a parameter, makes its examples in groups, and comes with certificates.
 */
import type { z } from 'zod';
import {
  splits,
  type Readout,
  type SplitName,
  type TaskKind,
  type Tier,
} from '../core/vocabulary.ts';
import type { ScannedPicture } from './pictures/scan.ts';
import type { Reading } from './reading.ts';

export { splits, type SplitName, type Tier as TierName } from '../core/vocabulary.ts';

/**
 * The parts of a data set: its splits, and `signal` where the inputs hold one. That part has groups in
 * which a value is to be predicted from its first copy, which a pretrained model is asked before it has
 * seen a label.
 */
export type PartName = SplitName | 'signal';

export interface Example {
  /**
   * Token ids, at most `length` of them; shorter ones are padded at the end with 0. Where an example
   * is two documents, both stand one after the other, each padded to `length`.
   */
  tokens: ArrayLike<number>;
  label: number;
  /** Sibling group, unique over all splits; for standard tasks every example is its own group. */
  group: number;
  /** Which row of its group's table the example is, e·Q + j; 0 if absent, as for standard tasks. */
  member?: number;
  /**
   * Distance from the end, in tokens, that the evidence of the last question certainly has: the lower
   * edge of its bin. 0 if not controlled.
   */
  distance: number;
  /** Answers to the questions asked earlier in the sequence, at the positions `table.asked`. */
  answers?: ArrayLike<number>;
  /** What is known of the example besides, by the names in the shape's `extras`; never seen by a model. */
  extras?: Record<string, ArrayLike<number>>;
}

/** The table of evidence states and questions that every group of a controlled task is. */
export interface TableShape {
  /** States of the evidence, E. */
  states: number;
  /** Questions, Q: member e·Q + j of a group has evidence state e and question j. */
  questions: number;
  /** Tokens at the end of every document that hold the question, q; 0 for no question certificate. */
  question: number;
  /**
   * Positions in the sequence (in each document, where there are two) at which the earlier questions
   * are read out, ascending; the last position, that of the last question, is not among them.
   */
  asked: number[];
  /** Sets of candidates in a sequence; a group asks about one of them. */
  sets: number;
  /** Upper edges of the bins, in the order of `distances`: the evidence stands before this distance. */
  ends: number[];
}

/** Which signals the inputs of a task may hold. */
export const signalKinds = ['near', 'far', 'all'] as const;
export type SignalKind = (typeof signalKinds)[number];

/**
 * What the inputs of every part hold that can be predicted from afar: values that stand twice. Groups of
 * the part `signal` hide the second copy of a value at `position`: for a fixed question (which value is
 * hidden) the last D tokens up to there, and all that follow, agree in all states of the first copies.
 */
export interface SignalShape {
  kind: SignalKind;
  /** Tokens d that separate near from far: copies stand at most d apart, more than d, or either. */
  distance: number;
  /** Values that stand twice in every sequence. */
  pairs: number;
  /** Distances from a first copy to its second, in tokens: the least and the greatest that there may be. */
  nearest: number;
  farthest: number;
  /** Where the hidden value of a group of the part `signal` stands. */
  position: number;
  /** Tokens up to and with the hidden value that say which value is hidden. */
  question: number;
  /** Token id of the first value; the `classes` values follow each other. */
  firstValue: number;
  /** Examples of the part `signal`. */
  count: number;
}

/** What a reader of the data needs to know: kept in meta.json, used by the trainer. */
export interface TaskShape {
  /** Tokens a sequence; of each document, where an example is two. */
  length: number;
  /** Sequences an example: 2 where a pair of documents is to be judged, each read on its own. */
  documents: 1 | 2;
  /** `tokens`: ids without an order. `levels`: id − 1 is a grey level, which a model reads as a number. */
  input: 'tokens' | 'levels';
  /** Only where an example is a picture. */
  picture?: ScannedPicture;
  /** Ids run from 0 to vocabulary - 1; 0 is padding. */
  vocabulary: number;
  classes: number;
  readout: Readout;
  /** Whether sequences may be shorter than `length`. */
  padded: boolean;
  /** Lower edges of the bins of distances, ascending; empty for standard tasks. */
  distances: number[];
  /** Examples per group, E·Q; 1 for standard tasks. */
  siblings: number;
  /** For controlled tasks: what a group consists of. */
  table?: TableShape;
  /** Only where the inputs hold a signal. */
  signal?: SignalShape;
  /** Largest w for which the order certificate holds; 0 for none. */
  order: number;
  /** Share of tokens that masked pretraining hides on this task (Amos et al. 2024). */
  maskRatio: number;
  counts: Record<SplitName, number>;
  /** Columns of facts about an example, kept beside it as int32: name and width; unused places are -1. */
  extras: Record<string, number>;
}

/** A shape, from a task or from meta.json, in which a signal may be. */
export interface Signalled {
  signal?: SignalShape | undefined;
}

/** The parts of a data set of this shape. */
export const partsOf = ({ signal }: Signalled): readonly PartName[] =>
  signal ? [...splits, 'signal'] : splits;

/** Examples of a part. */
export const countOf = (
  { counts, signal }: Pick<TaskShape, 'counts'> & Signalled,
  part: PartName,
): number => (part === 'signal' ? (signal?.count ?? 0) : counts[part]);

/** Makes example `index` of `split`, the same whenever and wherever it is asked for. */
export type MakeExample = (split: SplitName, index: number) => Example;

/** Makes example `index` of any part. */
export type MakePart = (part: PartName, index: number) => Example;

/** A task that was opened. */
export interface Opened {
  example: MakeExample;
  /** Makes an example of the part `signal`, where there is one. */
  signal?: (index: number) => Example;
  /** What real data went in, and in which state. */
  source?: string;
}

/** Makes examples of all parts. */
export const partMaker =
  ({ example, signal }: Opened): MakePart =>
  (part, index) => {
    if (part !== 'signal') return example(part, index);
    if (!signal) throw new RangeError('these options lead to no signal');
    return signal(index);
  };

/** An example as it is read back from a data set: tokens padded to `documents` times `length`. */
export interface StoredExample {
  tokens: Uint8Array | Uint16Array;
  label: number;
  group: number;
  member: number;
  distance: number;
  /** Answers to the earlier questions; none where there are none. */
  answers: Uint8Array | Uint16Array;
  /** A row of each extra column. */
  extras: Record<string, Int32Array>;
}

/** What the tokens of an example say by themselves, without the data set's other columns. */
export interface Evaluation {
  label: number;
  /** Answers to the earlier questions, if there are any. */
  answers?: ArrayLike<number>;
  /** True distance of the evidence of the last question from the end, in tokens. */
  place?: number;
  /** How many earlier questions are the same as the last one. */
  repeats?: number;
  /** Where the inputs hold a signal: tokens from the first copy of a value to its second, of each such value. */
  copies?: ArrayLike<number>;
}

/** An example that was read from files of the Long Range Arena; it becomes its own group. */
export type ImportedExample = Pick<Example, 'tokens' | 'label' | 'extras'>;

/** The files in which the Long Range Arena keeps a standard task, written and read. */
export interface LraLayout<Options> {
  /** Their names, such as `basic_{train,val,test}.tsv`. */
  files: string;
  /**
   * Writes all splits below `dir`, a new and empty folder that gets its final name afterwards.
   * `examples` streams a split from its beginning and may be called as often as needed.
   */
  export(
    dir: string,
    examples: (split: SplitName) => AsyncIterable<StoredExample>,
    options: Options,
  ): Promise<void>;
  /**
   * Paths below `dir` of all files that `import` is going to read, whose checksum is kept.
   * @throws DataError if one is missing, saying which files were expected.
   */
  list(dir: string, options: Options): Promise<string[]>;
  /**
   * The examples of a split in the order of the files; asked for train, val and test in turn.
   * @param note takes one sentence about something that was left out, for the person who waits.
   * @throws DataError naming the file, the line or record, and what was expected there.
   */
  import(
    dir: string,
    split: SplitName,
    options: Options,
    note: (sentence: string) => void,
  ): AsyncIterable<ImportedExample>;
}

export interface TaskDefinition<Options extends z.ZodObject = z.ZodObject> {
  name: string;
  title: string;
  kind: TaskKind;
  /** One sentence: what has to be found out, from what. */
  summary: string;
  /** Raised whenever the bytes for a seed change. */
  version: number;
  /** Every parameter with its bounds; unknown ones are refused. */
  options: Options;
  tiers: Record<Tier, z.output<Options>>;
  shape(options: z.output<Options>): TaskShape;
  /** For tasks that can read real data. */
  realData?: {
    /** Whether these options read any. */
    isRead(options: z.output<Options>): boolean;
    /** A text that changes with the files in the folder of real data, found out quickly. */
    identify(sources: string): Promise<string>;
    /** An invented example in the format of these options, for pages that cannot copy real data. */
    invent?(options: z.output<Options>): Example;
  };
  /** Prepares what examples share. `sources` is the folder of real data, for tasks that read some. */
  open(options: z.output<Options>, seed: number, sources?: string): Promise<Opened>;
  /**
   * The label and what else the tokens say, found without knowing how the example was made; undefined
   * if the tokens are none that the task makes. Absent where labels are not a function of the tokens.
   * @param part that the example belongs to; one of the splits if absent
   */
  evaluate?(
    example: Pick<StoredExample, 'tokens' | 'extras'>,
    options: z.output<Options>,
    part?: PartName,
  ): Evaluation | undefined;
  /**
   * What stands in an example, in words for a person.
   * @param part that the example belongs to; one of the splits if absent
   */
  read(example: Example, options: z.output<Options>, part?: PartName): Reading;
  /**
   * Another example with the same label, made from one of the training split: what the regime
   * `augmented` trains on. Absent where the task has no such change.
   * @returns as many tokens as `example` has
   */
  augment?(
    example: StoredExample,
    options: z.output<Options>,
    random: () => number,
  ): ArrayLike<number>;
  /** For standard tasks: the Long Range Arena's own files. */
  lra?: LraLayout<z.output<Options>>;
}

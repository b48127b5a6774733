/**
 * The record of a run: the one schema that the evaluator writes and the site reads.
 *
 * What was asked (`spec`) is hashed into the run's id; what happened is not. Everything that may
 * differ between two executions of the same run on the same machine (times, attempts, memory)
 * stands in `timing`: without it, a resumed run has the same record, byte for byte.
 */
import { z } from 'zod';
import { readoutSchema, regimeSchema, taskKindSchema, tierSchema } from '../../core/vocabulary.ts';

const name = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case words joined by hyphens');
export const nameSchema = name;
const count = z.int().nonnegative();
const share = z.number().min(0).max(1);
const interval = z.tuple([z.number(), z.number()]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a sha256 in hex');
const fileName = z
  .string()
  .max(200)
  .regex(/^[a-z0-9][\w.-]*$/i, 'expected the name of a file beside the record');
const option = z.union([z.number(), z.string().max(64), z.boolean(), z.array(z.number())]);

/** Training choices; the same for every architecture on a task and tier. */
export const protocolSchema = z.strictObject({
  /** Sequences per step. */
  batch: z.int().positive(),
  /**
   * The largest number of optimiser steps on labels. In benchmark 1.0 exactly so many, to which
   * `scratch-matched` adds `pretrainSteps`.
   */
  steps: z.int().positive(),
  /** Optimiser steps of self-pretraining in `spt`. */
  pretrainSteps: count,
  /** Not used under the ruleset `tuned`. */
  learningRate: z.number().positive(),
  /** Ruleset `tuned`: the grid of the tuning stage, the same for every architecture. */
  learningRates: z.array(z.number().positive()).min(2).max(16).optional(),
  /** Steps of each learning rate in the tuning stage; absent in benchmark 1.0, which had none. */
  tuningSteps: z.int().positive().optional(),
  /** Not used under the ruleset `tuned`, where pretraining has the learning rate of the labels. */
  pretrainLearningRate: z.number().positive(),
  /** Share of `steps` over which the learning rate rises linearly. */
  warmup: share,
  weightDecay: z.number().nonnegative(),
  /** Largest global norm of the gradient. */
  clip: z.number().positive(),
  /** Points of the loss curve of pretraining; in benchmark 1.0 also the looks at the validation split. */
  evaluations: z.int().positive(),
  /** Share of the tokens that masked pretraining hides. */
  maskRatio: share,
  /**
   * The rule that ends a training (`evaluate/training/schedule.ts`); these three are absent in
   * benchmark 1.0. Steps between two looks at the validation split.
   */
  lookEvery: z.int().positive().optional(),
  /** Looks without a rise that end the stable phase. */
  patience: z.int().positive().optional(),
  /** Steps of the decay as a share of the steps before it. */
  decay: z.number().positive().max(1).optional(),
  /** Validation examples of a look; all of them if absent. */
  lookExamples: z.int().positive().optional(),
});

/** Size of the backbone; the feed-forward width follows from `parameters`, the matched count. */
export const sizeSchema = z.strictObject({
  layers: z.int().positive(),
  width: z.int().positive(),
  /** Parameter count that all models of this task and tier are matched to, within 5 %. */
  parameters: z.int().positive(),
  /** Whether a learned step back by one token follows the embedding, for every model; `none` where absent. */
  shift: z.enum(['learned', 'none']).optional(),
});

export const specSchema = z.strictObject({
  /** Version of the benchmark: generators, tiers and protocol together. */
  benchmark: z.string().max(16),
  task: name,
  tier: tierSchema,
  /** Overrides of the tier's task parameters; empty on the leaderboard. */
  taskOptions: z.record(z.string().max(64), option),
  /** Seed of the data; the same for every run that is compared. */
  dataSeed: count,
  model: name,
  modelOptions: z.record(z.string().max(64), option),
  size: sizeSchema,
  regime: regimeSchema,
  /** Seed of initial values, batch order and masks. */
  seed: count,
  protocol: protocolSchema,
});

/** Hits less false alarms over the questions of whole groups: 0 without the skill, 1 for perfect answers. */
export const useSchema = z.strictObject({
  value: z.number().min(-1).max(1),
  /** 95 % interval over groups. */
  interval,
});

/** Accuracy on a set of examples; `groups` are the independent observations. */
export const scoreSchema = z.strictObject({
  accuracy: share,
  correct: count,
  count,
  groups: count,
  /** 95 % interval over groups. */
  interval,
  /** Use (`statistics/use.ts`): only of controlled tasks whose groups are tables of questions. */
  use: useSchema.optional(),
});

export const distanceScoreSchema = scoreSchema.extend({ distance: count });

/** How training on labels ended. */
export const endingSchema = z.strictObject({
  /** Steps on labels that were done. */
  steps: count,
  /** Why the stable phase ended: `evaluate/training/schedule.ts` has the rule. */
  reason: z.enum(['solved', 'plateau', 'budget', 'matched']),
  /** Steps after which the learning rate began to fall. */
  decayFrom: count,
  /** Only a finished run is ranked. */
  outcome: z.enum(['finished', 'unfinished', 'did not train']),
});

/** What it took until validation first had 90 % of its best accuracy above chance. */
export const learningCostSchema = z.strictObject({
  /** Steps on labels. */
  steps: count,
  /** Tokens times steps, those of pretraining included. */
  tokenSteps: count,
  /** Labelled examples, each as often as it was seen. */
  examples: count,
});

/** What of a result was verified here, from the least to all of it; `verificationSchema` says more. */
export const verificationTiers = ['self-reported', 'inference-verified', 'trained-here'] as const;

/** Where a record of somebody's submission came from, and what of it was verified here. */
export const verificationSchema = z.strictObject({
  /**
   * `self-reported`: predictions were scored here. `inference-verified`: a model made its predictions
   * here. `trained-here`: an architecture was trained and tested here, as every model without this
   * field was. Of the first two, `spec.size` and `spec.protocol` are the setting of the board, while
   * parameters, state size and budget are what the submission says of itself.
   */
  tier: z.enum(verificationTiers),
  /** Name of the submission. */
  submission: name,
  authors: z.array(z.string().max(80)).max(20),
  paper: z.string().max(200).optional(),
  code: z.string().max(200).optional(),
  /** Checksum of the submitted file: the CSV, the ONNX file or the TypeScript file. */
  file: sha256,
  /**
   * The numbers that an architecture carries at the least, through all blocks: measured here before
   * training. Its `stateSize` is declared, as that of every submission, and is not less.
   */
  leastState: count.optional(),
  /** Floating-point numbers in an ONNX file: parameters and constants together. */
  floats: count.optional(),
  /** The model's score on a test split that was made for it alone, of a seed that nobody knew. */
  fresh: z
    .strictObject({ seed: count, test: scoreSchema, distances: z.array(distanceScoreSchema) })
    .optional(),
});

/** What a group of a controlled task consists of. */
export const tableSchema = z.strictObject({
  states: z.int().positive(),
  questions: z.int().positive(),
  /** Tokens at the end that hold the question: whoever does not read them is right exactly 1/k. */
  question: count,
  /** Questions that a sequence asks before the last one. */
  asked: count,
  /** Sets of candidates in a sequence; a group asks about one of them. */
  sets: z.int().positive(),
});

/**
 * The reach of pretraining, before any label: what the pretrained model predicts of values whose first
 * copy stands at a distance, on held-out groups, among the values of the task.
 */
export const beforeLabelsSchema = z.strictObject({
  /** By which it was pretrained and is asked. */
  objective: z.enum(['masked token', 'next token']),
  /** What its inputs hold: copies at most `distance` tokens apart (near), farther (far), or either (all). */
  signal: z.strictObject({
    kind: z.enum(['near', 'far', 'all']),
    distance: z.int().positive(),
    /** Values that stand twice in a sequence. */
    pairs: z.int().positive(),
  }),
  overall: scoreSchema,
  /** One entry for each distance of the grid: from the hidden copy back to the first one. */
  distances: z.array(distanceScoreSchema),
});

export const recordSchema = z.strictObject({
  schema: z.literal(1),
  /** First 12 hex digits of the sha256 of the canonical spec. */
  id: z.string().regex(/^[0-9a-f]{12}$/),
  spec: specSchema,
  /** Id of the pretraining that an `spt` run starts from; runs that can share one do. */
  pretraining: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .optional(),
  /** Id of the tuning stage that chose the learning rate, under the ruleset `tuned`. */
  tuning: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .optional(),
  status: z.enum(['done', 'diverged', 'failed']),
  /** Why, in one sentence, where the status is not `done`. */
  reason: z.string().max(500).optional(),
  task: z.strictObject({
    kind: taskKindSchema,
    title: z.string().max(100),
    /** Tokens a sequence. */
    length: z.int().positive(),
    /** Sequences an example, each of that length; 1 where absent. */
    documents: z.int().min(1).max(2).optional(),
    classes: z.int().min(2),
    /** 1 / classes for balanced tasks. */
    chance: share,
    readout: readoutSchema,
    /** Distances of the grid; empty for standard tasks. */
    distances: z.array(count),
    /** Siblings per group; 1 for standard tasks. */
    siblings: z.int().positive(),
    /**
     * The table of evidence states and questions that every group is; absent for standard tasks, and
     * for tasks of benchmark 1.0, whose question need not be read.
     */
    table: tableSchema.optional(),
    /** Largest w for which the order certificate holds; 0 for none. */
    order: count,
    generatorVersion: z.int().positive(),
    /** What real data went in, and in which state; absent for generated tasks. */
    source: z.string().max(300).optional(),
    checksums: z.strictObject({ train: sha256, val: sha256, test: sha256 }),
  }),
  model: z.strictObject({
    title: z.string().max(100),
    family: z.string().max(40),
    parameters: z.int().positive(),
    /** Parameters that grow with the length, which are not matched; counted in `parameters` where absent. */
    positionParameters: count.optional(),
    /** Absent for submitted models, which have a structure of their own. */
    feedForward: z.int().positive().optional(),
    stateSize: count,
    /** Tokens that the read-out can depend on through all blocks; null for all. */
    reach: count.nullable(),
  }),
  /** Of runs of `spt` on inputs that hold a signal. */
  beforeLabels: beforeLabelsSchema.optional(),
  result: z
    .strictObject({
      /** Absent where predictions of the test split were submitted. */
      validation: scoreSchema.optional(),
      test: scoreSchema,
      /** One entry for each distance of the grid; empty for standard tasks. */
      distances: z.array(distanceScoreSchema),
      /** Training step whose parameters were selected on validation; absent for submitted models. */
      selectedStep: count.optional(),
      /** Learning rate that was selected on validation. */
      learningRate: z.number().positive().optional(),
      /** How training on labels ended; absent in benchmark 1.0 and for submitted models. */
      ending: endingSchema.optional(),
      /** What reaching 90 % of the best validation accuracy above chance took; absent if it did not train. */
      learningCost: learningCostSchema.optional(),
      /** Every learning rate that was tried, with its validation accuracy; none where it diverged. */
      trials: z
        .array(
          z.strictObject({ learningRate: z.number().positive(), validation: share.optional() }),
        )
        .optional(),
    })
    .optional(),
  /** Loss and validation accuracy along the run; pretraining first. */
  curve: z.array(
    z.strictObject({
      phase: z.enum(['pretrain', 'train']),
      step: count,
      loss: z.number(),
      /** Validation accuracy; absent while pretraining, which sees the training split alone. */
      validation: share.optional(),
    }),
  ),
  /** Tokens times optimiser steps. */
  budget: z.strictObject({ pretrain: count, train: count, total: count }),
  /** Predicted class of every test example, in order, as npy beside the record. */
  predictions: z.strictObject({ file: z.string().max(200), sha256 }).optional(),
  /** Answers to every sibling group of the test split, as npy beside the record. */
  groups: z.strictObject({ file: fileName, sha256 }).optional(),
  /** Absent for runs of the models that come with this package. */
  verification: verificationSchema.optional(),
  provenance: z.strictObject({
    engine: z.string().max(40),
    device: z.string().max(200),
    threads: z.int().positive(),
    /** Examples of which a gradient was computed at a time, at the least; absent for whole batches. */
    microBatch: z.int().positive().optional(),
    node: z.string().max(20),
    system: z.string().max(100),
    /**
     * Which processors compute alike, where the system tells: names alone do not, and sums round
     * otherwise in wider vectors. Absent in older records.
     */
    processor: z.string().max(100).optional(),
    packages: z.record(z.string().max(64), z.string().max(40)),
    commit: z.string().max(40),
    /** Whether the working tree differed from the commit. */
    modified: z.boolean(),
    /** Repeats the run. */
    command: z.string().max(1000),
  }),
  timing: z.strictObject({
    started: z.iso.datetime(),
    ended: z.iso.datetime(),
    attempts: z.int().positive(),
    /** Seconds of work over all attempts. */
    seconds: z.number().nonnegative(),
    pretrainSeconds: z.number().nonnegative(),
    /** Median milliseconds of a training step. */
    stepMilliseconds: z.number().nonnegative(),
    peakBytes: count,
  }),
});

export type Protocol = z.infer<typeof protocolSchema>;
export type Size = z.infer<typeof sizeSchema>;
export type RunSpec = z.infer<typeof specSchema>;
export type Score = z.infer<typeof scoreSchema>;
export type BeforeLabels = z.infer<typeof beforeLabelsSchema>;
export type DistanceScore = z.infer<typeof distanceScoreSchema>;
export type Verification = z.infer<typeof verificationSchema>;
export type RunRecord = z.infer<typeof recordSchema>;

/**
 * The words of the benchmark: every name that a task, a run or a record may have, once. Types follow
 * from the schemas, and lists from their options.
 */
import { z } from 'zod';

/** Sizes of a task, from the smallest. */
export const tierSchema = z.enum(['smoke', 'lite', 'lra']);
export const tiers = tierSchema.options;
export type Tier = z.infer<typeof tierSchema>;

/** Splits of a data set. */
export const splitSchema = z.enum(['train', 'val', 'test']);
export const splits = splitSchema.options;
export type SplitName = z.infer<typeof splitSchema>;

/** Whether a task's distance is controlled and certified, or the task is one of the literature. */
export const taskKindSchema = z.enum(['standard', 'controlled']);
export const taskKinds = taskKindSchema.options;
export type TaskKind = z.infer<typeof taskKindSchema>;

/** Whether a model reads its answer from the mean over all tokens, or from the last token. */
export const readoutSchema = z.enum(['pool', 'query']);
export type Readout = z.infer<typeof readoutSchema>;

/**
 * Kinds of training: on labels alone, after self-pretraining, on labels with its budget, on labels and
 * hidden tokens together, on labels with label-preserving changes of the examples.
 */
export const regimeSchema = z.enum(['scratch', 'spt', 'scratch-matched', 'joint', 'augmented']);
export const regimes = regimeSchema.options;
/** The regimes that a board compares; the others belong to studies of their own. */
export const boardRegimes = ['scratch', 'spt', 'scratch-matched'] as const satisfies Regime[];
export type Regime = z.infer<typeof regimeSchema>;

/** Rules for the learning rate: the one of the task, or the best of a grid. */
export const rulesetSchema = z.enum(['fixed', 'tuned']);
export const rulesets = rulesetSchema.options;
export type Ruleset = z.infer<typeof rulesetSchema>;

/** Kinds of architectures, in the order in which they are listed. */
export const familySchema = z.enum([
  'attention',
  'local attention',
  'efficient attention',
  'state space',
  'convolution',
  'recurrence',
  'control',
]);
export const families = familySchema.options;
export type Family = z.infer<typeof familySchema>;

/** Families of submitted models, some of which fit none of ours. */
export const submittedFamilySchema = z.enum([...families, 'other']);

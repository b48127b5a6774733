/**
 * The board: everything that tables and charts show, aggregated from the records once. Read by the
 * site, the CSV and the terminal; published as leaderboard.json.
 *
 * Accuracies are shares, distances and reach are tokens, budgets are tokens times optimiser steps. Use
 * is 0 without the skill and 1 for perfect answers (`statistics/use.ts`).
 */
import { regimeSchema, tierSchema, type Regime } from '../../core/vocabulary.ts';
import { z } from 'zod';
import { tableSchema, verificationTiers } from '../records/schema.ts';
import { standings } from './standing.ts';

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();
const interval = z.tuple([z.number(), z.number()]);
/** Best and worst place that a comparison with the others leaves open: [1, 3] is "1–3", a tie. */
const rank = z.tuple([z.int().positive(), z.int().positive()]).nullable();
const reachEnd = z.union([z.number().positive(), z.literal('beyond')]);
const reach = z.union([z.number().positive(), z.literal('beyond')]).nullable();
/** Regimes in the order in which tables and charts list them: each after what it is compared with. */
export const regimeOrder: readonly Regime[] = [
  'scratch',
  'scratch-matched',
  'spt',
  'joint',
  'augmented',
];

/** Smallest and largest value over the tasks of a row. */
const range = z.tuple([count, count]);

/** A mean over seeds; the interval is null where there is only one. */
export const estimateSchema = z.strictObject({
  mean: z.number(),
  interval: interval.nullable(),
  seeds: z.int().positive(),
  /** `both`: other seeds and other test examples; `seeds` where runs kept no groups. */
  over: z.enum(['seeds', 'both']).nullable(),
});

export const boardTaskSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  kind: z.enum(['standard', 'controlled']),
  length: z.int().positive(),
  classes: z.int().min(2),
  chance: share,
  readout: z.enum(['pool', 'query']),
  /** Empty for standard tasks. */
  distances: z.array(count),
  siblings: z.int().positive(),
  /** The table of evidence states and questions that every group is; null for tasks without one. */
  table: tableSchema.nullable(),
  order: count,
  generatorVersion: z.int().positive(),
  /** What real data went in; null for generated tasks. */
  source: z.string().nullable(),
});

/** Use and its 95 % interval. */
export const useSchema = z.strictObject({ value: z.number(), interval: interval.nullable() });

/** One run in a cell. A run that did not end well counts as chance. */
export const seedSchema = z.strictObject({
  seed: count,
  id: z.string(),
  file: z.string(),
  status: z.enum(['done', 'diverged', 'failed']),
  reason: z.string().nullable(),
  accuracy: share,
  /** Accuracy at each distance of the task. */
  distances: z.array(share),
  reach,
  localitySensitivity: z.number().nullable(),
});

export const cellDistanceSchema = z.strictObject({
  distance: count,
  accuracy: share,
  interval: interval.nullable(),
  /** Null for tasks without questions; there the chance-corrected accuracy stands in. */
  use: useSchema.nullable(),
});

/**
 * The seeds that solved the smallest distance, at least half of the way from chance there. What is said
 * of reach is of these seeds, and only if they are at least half: a mean over seeds that learned a task
 * and seeds that did not describes neither.
 */
export const solvedSchema = z.strictObject({
  seeds: count,
  of: z.int().positive(),
  /** Use of these seeds (chance-corrected accuracy) at the smallest and the largest distance. */
  near: useSchema.nullable(),
  far: useSchema.nullable(),
});

/** Token-steps until validation first had 90 % of its best accuracy above chance: geometric mean. */
export const learningCostEstimateSchema = z.strictObject({
  tokenSteps: z.number().nonnegative(),
  interval: interval.nullable(),
  seeds: z.int().positive(),
});

/** A difference, with the smallest one that its interval would tell from zero; null with one seed. */
export const differenceSchema = estimateSchema.extend({
  couldSee: z.number().nonnegative().nullable(),
});

/** What SPT adds to `scratch-matched`, which has the same total budget: paired by seed. */
export const gainSchema = z.strictObject({
  overall: differenceSchema,
  /** At the smallest and the largest distance; null for standard tasks. */
  near: differenceSchema.nullable(),
  far: differenceSchema.nullable(),
  /** Whether both cells are ranked: only then does it count in findings. */
  ranked: z.boolean(),
  /** Whether both were trained on the same number of token-steps. */
  equalBudget: z.boolean(),
});

export const cellSchema = z.strictObject({
  task: z.string(),
  /** `failed`: no seed ended well. `missing`: no record. */
  state: z.enum(['done', 'failed', 'missing']),
  /** Why, where the state is not `done`; and what went wrong where only some seeds failed. */
  reason: z.string().nullable(),
  /** Whether it counts in ranks and means, and if not, what it lacks; null if nothing ran. */
  standing: z.enum(standings).nullable(),
  seeds: z.array(seedSchema),
  accuracy: share.nullable(),
  /**
   * Over seeds and groups of test examples; over seeds where runs kept no groups; with one seed,
   * that run's over groups.
   */
  interval: interval.nullable(),
  intervalOver: z.enum(['seeds', 'groups', 'both']).nullable(),
  /** Chance-corrected accuracy. */
  corrected: z.number().nullable(),
  /** Mean use over the whole test split; null for tasks without questions and if nothing ran. */
  use: useSchema.nullable(),
  distances: z.array(cellDistanceSchema),
  /** Null for standard tasks and if nothing ran. */
  solved: solvedSchema.nullable(),
  /** Whether at least half of the seeds solved the smallest distance; null as `solved`. */
  learned: z.boolean().nullable(),
  /** What learning cost the seeds that solved it, of standard tasks all that trained. */
  learningCost: learningCostEstimateSchema.nullable(),
  /** Reach and locality sensitivity of the seeds that solved it; of two seeds without intervals. */
  reach,
  reachInterval: z.tuple([reachEnd, reachEnd]).nullable(),
  localitySensitivity: z.number().nullable(),
  localityInterval: interval.nullable(),
  /** Tokens that the read-out can depend on, where that is fewer than the sequence has. */
  certifiedLimit: count.nullable(),
  /** Whether every run is exactly at chance at every distance above the limit; null without one. */
  limitHolds: z.boolean().nullable(),
  parameters: count.nullable(),
  /** Numbers that a causal recurrence would carry per sequence. */
  stateSize: count.nullable(),
  /** Token-steps of one run, pretraining included. */
  budget: count.nullable(),
  /** Among the rows of the same regime. */
  rank,
  /** Only in rows of the regime `spt`. */
  gain: gainSchema.nullable(),
});

/** A mean over all tasks of a kind; null, with the reason, where one of them is missing. */
export const kindMeanSchema = z.strictObject({
  accuracy: estimateSchema.nullable(),
  corrected: estimateSchema.nullable(),
  reason: z.string().nullable(),
});

/**
 * LRA's two averages of accuracy: over its five tasks without Path-X (Tay et al. 2021), and over six
 * with a run that failed on Path-X as 50 % (later papers). Null, with the reason, where one is missing.
 */
export const lraMeansSchema = z.strictObject({
  five: estimateSchema.nullable(),
  six: estimateSchema.nullable(),
  reason: z.string().nullable(),
});

export const rowSchema = z.strictObject({
  /** Unique on the board; fit for a URL. */
  key: z.string(),
  /** Identifies a model with its options, the same in every regime; fit for a URL. */
  modelKey: z.string(),
  model: z.string(),
  /** Safe to show, and unique for a model and its options. */
  label: z.string(),
  family: z.string(),
  options: z.record(z.string(), z.unknown()),
  regime: regimeSchema,
  /** What of its runs was verified here; the least of them counts. */
  verification: z.enum(verificationTiers),
  parameters: range,
  stateSize: range,
  /** In the order of the board's tasks. */
  cells: z.array(cellSchema),
  standard: kindMeanSchema,
  controlled: kindMeanSchema,
  lra: lraMeansSchema,
  /** By the chance-corrected means over tasks, among the rows of the same regime. */
  ranks: z.strictObject({ standard: rank, controlled: rank }),
});

/** Whether standard tasks put models in the order that controlled tasks do. */
export const agreementSchema = z.strictObject({
  regime: regimeSchema,
  models: count,
  /** Spearman's rank correlation of the chance-corrected means, ties at their mean rank. */
  correlation: z.number(),
  /** 95 %, as if the models were drawn from all that might have been run. */
  interval,
});

/** A record that is not on the board, and why. */
export const leftOutSchema = z.strictObject({ file: z.string(), reason: z.string() });

/** The runs of one tier under one version of the benchmark: what may be compared. */
export const tierBoardSchema = z.strictObject({
  tier: tierSchema,
  benchmark: z.string(),
  /** Controlled tasks first, then by name. */
  tasks: z.array(boardTaskSchema),
  /** Best first. */
  rows: z.array(rowSchema),
  /** One for each regime in which enough models have both means. */
  agreements: z.array(agreementSchema),
  leftOut: z.array(leftOutSchema),
});

export const boardSchema = z.strictObject({
  schema: z.literal(1),
  /** When the last run ended; null without records. */
  asOf: z.iso.datetime().nullable(),
  records: count,
  /** `lite` first, then `lra`, then `smoke`; in a tier, the newest benchmark first. */
  tiers: z.array(tierBoardSchema),
});

export type Board = z.infer<typeof boardSchema>;
export type TierBoard = z.infer<typeof tierBoardSchema>;
export type BoardTask = z.infer<typeof boardTaskSchema>;
export type Row = z.infer<typeof rowSchema>;
export type Cell = z.infer<typeof cellSchema>;
export type SeedResult = z.infer<typeof seedSchema>;
export type Solved = z.infer<typeof solvedSchema>;
export type LearningCost = z.infer<typeof learningCostEstimateSchema>;
export type BoardUse = z.infer<typeof useSchema>;
export type Difference = z.infer<typeof differenceSchema>;
export type Gain = z.infer<typeof gainSchema>;
export type Agreement = z.infer<typeof agreementSchema>;
export type Estimate = z.infer<typeof estimateSchema>;
export type LraMeans = z.infer<typeof lraMeansSchema>;
export type KindMean = z.infer<typeof kindMeanSchema>;

/**
 * The audit of a data set: what cheap predictors score on it, before any model is trained. Written by
 * `npm run evaluate -- audit`, one file per data set in `leaderboards/audits`, read by the site.
 *
 * A predictor is fitted on the training split, its hyper-parameters are chosen on validation, and it
 * answers the test split once. A predictor that a certificate covers at a distance sees the same in all
 * states, or for all questions, of a group there, so exactly one in k of its answers is right.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError, issueOf } from '../../core/errors.ts';
import { tierSchema } from '../../core/vocabulary.ts';
import { shapeSchema } from '../../generators/index.ts';

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);

/**
 * What a predictor is given: `constant` nothing; `first` and `last` a window at an end; `bag` counts of
 * w-grams; `length`; `counts` how often each token occurs; `reach` a convolution of bounded reach;
 * `oracle` a partial view that only this task has; `blind` everything but the question; `attack` all
 * tokens, but without the skill.
 */
export const families = [
  'constant',
  'first',
  'last',
  'bag',
  'length',
  'counts',
  'reach',
  'oracle',
  'blind',
  'attack',
] as const;

export const predictorSchema = z.strictObject({
  /** Such as `last-16`; the same on every data set. */
  name: z.string().max(40),
  family: z.enum(families),
  /** In words: what it sees and how it predicts. */
  title: z.string().max(120),
  /** Tokens, depth or steps that the name ends with, for a horizontal axis. */
  size: count.optional(),
  /** Accuracy on validation of what was chosen there; absent where there was nothing to choose. */
  validation: share.optional(),
  /** What was chosen on validation, in words. */
  chosen: z.string().max(100).optional(),
  test: z.strictObject({
    accuracy: share,
    correct: count,
    count,
    /** 95 % interval over groups (Wilson's, at the effective number of examples). */
    interval: z.tuple([z.number(), z.number()]),
  }),
  /** By distance, for controlled tasks. */
  distances: z.array(
    z.strictObject({
      distance: count,
      correct: count,
      count,
      /** Whether a certificate says that it has exactly one in k right here. */
      covered: z.boolean(),
      /** Whether it is better than chance: the 95 % interval lies above. */
      passes: z.boolean(),
      /** Hits less false alarms, where groups are tables of states and questions. */
      use: z.number().optional(),
    }),
  ),
});

/** How many examples (or documents) of one split occur in another. */
export const overlapSchema = z.strictObject({
  /** The split whose examples are looked for, and where. */
  of: z.enum(['val', 'test']),
  in: z.enum(['train', 'val']),
  /** What is compared: whole examples, or each of two documents by itself. */
  unit: z.enum(['example', 'document']),
  count,
  /** Every token is the same. */
  exact: count,
  /** Alike but for a few places: Jaccard similarity of 8-grams estimated at 0.75 or more; `exact` included. */
  near: count,
  /** Share of the near ones whose label is that of the one they are most like; for whole examples. */
  sameLabel: share.optional(),
});

export const auditSchema = z.strictObject({
  schema: z.literal(1),
  task: z.string().max(64),
  tier: tierSchema,
  title: z.string().max(100),
  kind: z.enum(['standard', 'controlled']),
  data: z.strictObject({
    options: z.record(z.string().max(64), z.unknown()),
    seed: count,
    generatorVersion: z.int().positive(),
    origin: z.enum(['generated', 'imported']),
    source: z.string().max(300).optional(),
    shape: shapeSchema,
    /** Examples of each class in the test split. */
    classCounts: z.array(count),
  }),
  /** 1 / classes. */
  chance: share,
  predictors: z.array(predictorSchema),
  /** Best test accuracy of a predictor that sees part of the input only, and which: what a model has to exceed. */
  floor: z.strictObject({ name: z.string().max(40), accuracy: share }).optional(),
  /**
   * The locality profile: accuracy of a network whose every position depends on so many tokens to
   * either side. `kept`: chance-corrected, as a share of what the largest reach has; absent where that
   * learned nothing. Empty where the sequences are too long for it.
   */
  profile: z.array(
    z.strictObject({
      reach: z.int().positive(),
      accuracy: share,
      kept: z.number().optional(),
    }),
  ),
  /** How the profile's networks were trained. */
  profileProtocol: z
    .strictObject({
      model: z.string().max(64),
      layers: z.int().positive(),
      width: z.int().positive(),
      batch: z.int().positive(),
      steps: z.int().positive(),
      learningRate: z.number().positive(),
    })
    .optional(),
  overlaps: z.array(overlapSchema),
  /** Facts that only this task has, by name: shares or counts. */
  facts: z.record(z.string().max(80), z.number()),
  /** Of the (predictor, distance) that certificates cover: how many, and how many were exactly 1/k. */
  certified: z.strictObject({ covered: count, exact: count }),
  provenance: z.strictObject({
    command: z.string().max(1000),
    node: z.string().max(20),
    commit: z.string().max(40),
    seconds: z.number().nonnegative(),
    /** Processor time, which other programs on the machine do not lengthen. */
    cpuSeconds: z.number().nonnegative(),
    peakBytes: count,
  }),
});

export type Audit = z.infer<typeof auditSchema>;
export type AuditPredictor = z.infer<typeof predictorSchema>;
export type Overlap = z.infer<typeof overlapSchema>;

/**
 * Every audit of a folder, in the order of their names; none if the folder is missing.
 *
 * @throws DataError for a file that is no audit
 */
export function readAudits(folder: string): Audit[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => parseAudit(readFileSync(join(folder, name), 'utf8'), name));
}

function parseAudit(text: string, name: string): Audit {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new DataError(`${name} is not JSON (${(error as Error).message}); audit the data again.`);
  }
  const parsed = auditSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new DataError(`${name} is no audit: ${issueOf(parsed.error)}; audit the data again.`);
}

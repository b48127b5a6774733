/**
 * A cell retrained in PyTorch, as `retrain.py` writes it: which record it repeats, with which seed of
 * its own, and what it scored. Its answers are kept by sibling group, so that it can be compared with
 * the record group by group.
 */
import { sha256 } from '../../core/hash.ts';
import { regimeSchema, tierSchema } from '../../core/vocabulary.ts';
import { endingSchema } from '../../leaderboards/records/schema.ts';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { compareText } from '../../leaderboards/records/read.ts';

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();
/** Absent in standard tasks, whose groups are no tables of questions, and in twins of benchmark 1.0. */
const use = z.number().min(-1).max(1).optional();

export const twinSchema = z.strictObject({
  schema: z.literal(1),
  /** Id of the record whose cell was trained again. */
  record: z.string().regex(/^[0-9a-f]{12}$/, 'expected the id of a record'),
  cell: z.strictObject({
    task: z.string(),
    tier: tierSchema,
    model: z.string(),
    modelOptions: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
    regime: regimeSchema,
  }),
  /** Seed of PyTorch's random numbers, unrelated to a record's seed of the same value. */
  seed: count,
  parameters: count,
  /** The record's; absent in twins of benchmark 1.0, as is `ending`. */
  learningRate: z.number().positive().optional(),
  /** How its own training ended, by the same rule. */
  ending: endingSchema.optional(),
  selectedStep: count,
  validation: share,
  test: share,
  use,
  /** Empty for standard tasks. */
  distances: z.array(z.strictObject({ distance: z.int().positive(), accuracy: share, use })),
  curve: z.array(z.strictObject({ step: count, loss: z.number(), validation: share })).min(1),
  /** Wall-clock seconds of training and testing. */
  seconds: z.number().nonnegative(),
  torch: z.string(),
  threads: z.int().positive(),
  /** Beside the JSON: the predicted class of every test example, an npy of bytes. */
  predictions: z.strictObject({ file: z.string(), sha256: z.string() }),
  /** Right answers of each sibling group of the test split, in its order. */
  correct: z.array(count).min(1),
});

export type Twin = z.infer<typeof twinSchema>;

/** @throws Error naming the file, the field and what was expected there */
export function parseTwin(data: unknown, file: string): Twin {
  const parsed = twinSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new Error(`${file}: field ${path.join('.')}: ${message}; write it again with retrain.py`);
}

/**
 * Every twin of a folder, by record and seed.
 *
 * @throws Error where a file is no twin, or its predictions are missing or altered
 */
export function readTwins(folder: string): Twin[] {
  const twins = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const twin = parseTwin(JSON.parse(readFileSync(join(folder, file), 'utf8')), file);
      const { file: name, sha256: expected } = twin.predictions;
      const path = join(folder, name);
      if (!existsSync(path) || sha256(readFileSync(path)) !== expected)
        throw new Error(`${name} is missing or was altered, but ${file} names it; restore it`);
      return twin;
    });
  return sortTwins(twins);
}

/** By task, model, record and seed. */
export function sortTwins(twins: readonly Twin[]): Twin[] {
  const place = ({ cell, record }: Twin) => `${cell.task} ${cell.model} ${record}`;
  return twins.toSorted((a, b) => compareText(place(a), place(b)) || a.seed - b.seed);
}

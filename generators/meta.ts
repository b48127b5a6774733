/** What meta.json says about a data set on disk: what it is, what made it, and its checksums. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError, issueOf, reasonOf } from './errors.ts';
import { unsignedType, type NpyType } from './npy.ts';
import { scans, splits, type SplitName } from './task.ts';

const count = z.int().nonnegative();
const positive = z.int().positive();
const optionValue = z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]);

/** The arrays of a split, one file each; rows of all four belong together. */
export const arrays = ['inputs', 'labels', 'groups', 'distances'] as const;
export type ArrayName = (typeof arrays)[number];

const fileSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a sha256 in hex'),
  bytes: positive,
});

export const shapeSchema = z.strictObject({
  length: positive,
  documents: z.union([z.literal(1), z.literal(2)]),
  input: z.enum(['tokens', 'levels']),
  picture: z
    .strictObject({ rows: positive, columns: positive, scan: z.enum(scans) })
    .optional(),
  vocabulary: z.int().min(2),
  classes: z.int().min(2),
  readout: z.enum(['pool', 'query']),
  padded: z.boolean(),
  distances: z.array(count),
  siblings: positive,
  order: count,
  maskRatio: z.number().min(0).max(1),
  counts: z.strictObject({ train: count, val: count, test: count }),
  extras: z.record(z.string().regex(/^[a-z][A-Za-z]{0,31}$/, 'expected a name in letters'), positive),
});

export const metaSchema = z.strictObject({
  schema: z.literal(2),
  task: z.string().max(64),
  kind: z.enum(['standard', 'controlled']),
  title: z.string().max(100),
  tier: z.enum(['smoke', 'lite', 'lra']),
  /** Every parameter as it was used, the tier's overrides included. */
  options: z.record(z.string().max(64), optionValue),
  seed: count,
  generatorVersion: positive,
  shape: shapeSchema,
  /** What real data went in, and in which state. */
  source: z.string().max(300).optional(),
  /** Version of this package that wrote the files. */
  package: z.string().max(40),
  /** By path below the data set's folder, such as `train/inputs.npy`. */
  files: z.record(z.string().max(100), fileSchema),
});

export type Meta = z.output<typeof metaSchema>;

/** Path of an array below the data set's folder. */
export function arrayPath(split: string, array: ArrayName): string {
  return `${split}/${array}.npy`;
}

/** Numbers in which each array is kept. */
export function arrayTypes(shape: Meta['shape']): Record<ArrayName, NpyType> {
  return {
    inputs: unsignedType(shape.vocabulary),
    labels: unsignedType(shape.classes),
    groups: 'i4',
    distances: 'i4',
  };
}

/** Shape that an array of a split has. */
export function arrayShape(shape: Meta['shape'], split: SplitName, array: ArrayName): number[] {
  const count = shape.counts[split];
  if (array !== 'inputs') return [count];
  return shape.documents === 1 ? [count, shape.length] : [count, shape.documents, shape.length];
}

/** @throws DataError if the folder holds no meta.json, or one that breaks the schema. */
export async function readMeta(dir: string): Promise<Meta> {
  const path = join(dir, 'meta.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DataError(`Cannot read ${path}: ${reasonOf(error)}.`);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new DataError(`${path} is not valid JSON; make the data set again.`);
  }
  const parsed = metaSchema.safeParse(json);
  if (!parsed.success)
    throw new DataError(`${path} breaks the schema at ${issueOf(parsed.error)}.`);
  for (const split of splits)
    for (const array of arrays)
      if (!(arrayPath(split, array) in parsed.data.files))
        throw new DataError(`${path} breaks the schema: files lacks ${arrayPath(split, array)}.`);
  return parsed.data;
}

/** Everything that determines the bytes of the arrays, in one canonical text. */
export function identityOf(
  meta: Pick<Meta, 'task' | 'generatorVersion' | 'options' | 'seed' | 'source'>,
): string {
  const { task, generatorVersion, options, seed, source } = meta;
  const sorted = Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify([task, generatorVersion, sorted, seed, source ?? null]);
}

/** First 12 hex digits of a text's sha256. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

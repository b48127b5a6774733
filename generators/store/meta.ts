/** What meta.json says about a data set on disk: what it is, what made it, and its checksums. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError, issueOf, reasonOf } from '../../core/errors.ts';
import { readoutSchema, taskKindSchema, tierSchema } from '../../core/vocabulary.ts';
import { bytesOf, unsignedType, type NpyType } from '../../core/npy.ts';
import { scans } from '../pictures/scan.ts';
import { countOf, partsOf, signalKinds } from '../task.ts';

const count = z.int().nonnegative();
const positive = z.int().positive();
const optionValue = z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]);

/** The arrays that every part has, one file each; rows of all of them belong together. */
export const arrays = ['inputs', 'labels', 'groups', 'members', 'distances'] as const;
/** One of them, `answers` where questions are asked earlier in the sequence, or an extra column. */
export type ArrayName = string;

export const fileSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a sha256 in hex'),
  bytes: positive,
});

/** Names that no extra column may have. */
const reserved: readonly string[] = [...arrays, 'answers'];

const tableSchema = z.strictObject({
  states: positive,
  questions: positive,
  question: count,
  asked: z.array(count),
  sets: positive,
  ends: z.array(positive),
});

const signalSchema = z.strictObject({
  kind: z.enum(signalKinds),
  distance: positive,
  pairs: positive,
  nearest: positive,
  farthest: positive,
  position: positive,
  question: positive,
  firstValue: positive,
  count: positive,
});

export const shapeSchema = z.strictObject({
  length: positive,
  documents: z.union([z.literal(1), z.literal(2)]),
  input: z.enum(['tokens', 'levels']),
  picture: z.strictObject({ rows: positive, columns: positive, scan: z.enum(scans) }).optional(),
  vocabulary: z.int().min(2),
  classes: z.int().min(2),
  readout: readoutSchema,
  padded: z.boolean(),
  distances: z.array(count),
  siblings: positive,
  table: tableSchema.optional(),
  signal: signalSchema.optional(),
  order: count,
  maskRatio: z.number().min(0).max(1),
  counts: z.strictObject({ train: count, val: count, test: count }),
  extras: z.record(
    z
      .string()
      .regex(/^[a-z][A-Za-z]{0,31}$/, 'expected a name in letters')
      .refine((name) => !reserved.includes(name), 'expected another name'),
    positive,
  ),
});

/** Raised whenever the layout of the files changes. */
export const schema = 3;

export const metaSchema = z.strictObject({
  schema: z.literal(schema),
  task: z.string().max(64),
  kind: taskKindSchema,
  /** Whether the examples were made here, or read from files of the Long Range Arena. */
  origin: z.enum(['generated', 'imported']),
  title: z.string().max(100),
  tier: tierSchema,
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

/** Earlier questions per example: the width of the array `answers`, which is absent for 0. */
export const askedOf = (shape: Meta['shape']) => shape.table?.asked.length ?? 0;

/** All arrays of a part: those that each one has, and the task's own. */
export function arraysOf(shape: Meta['shape']): ArrayName[] {
  const answers = askedOf(shape) > 0 ? ['answers'] : [];
  return [...arrays, ...answers, ...Object.keys(shape.extras)];
}

/** Path of an array below the data set's folder. */
export function arrayPath(part: string, array: ArrayName): string {
  return `${part}/${array}.npy`;
}

/** Numbers in which an array is kept. */
export function arrayType(shape: Meta['shape'], array: ArrayName): NpyType {
  if (array === 'inputs') return unsignedType(shape.vocabulary);
  const isLabel = array === 'labels' || array === 'answers';
  return isLabel ? unsignedType(shape.classes) : 'i4';
}

/** Numbers a row of an array: tokens of an example for `inputs`. */
export function arrayWidth(shape: Meta['shape'], array: ArrayName): number {
  if (array === 'inputs') return shape.documents * shape.length;
  return array === 'answers' ? askedOf(shape) : (shape.extras[array] ?? 1);
}

/** Shape of an array with so many rows. */
export function arrayShape(shape: Meta['shape'], rows: number, array: ArrayName): number[] {
  const width = arrayWidth(shape, array);
  if (array === 'answers') return [rows, width];
  if (array !== 'inputs') return width === 1 ? [rows] : [rows, width];
  return shape.documents === 1 ? [rows, width] : [rows, shape.documents, shape.length];
}

/** Examples of all parts together. */
export const examplesOf = (shape: Meta['shape']) =>
  partsOf(shape).reduce((sum, part) => sum + countOf(shape, part), 0);

/** Bytes that all arrays take, without their headers. */
export function sizeOf(shape: Meta['shape']): number {
  const widths = arraysOf(shape).map(
    (array) => arrayWidth(shape, array) * bytesOf(arrayType(shape, array)),
  );
  return examplesOf(shape) * widths.reduce((a, b) => a + b, 0);
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
  for (const part of partsOf(parsed.data.shape))
    for (const array of arraysOf(parsed.data.shape))
      if (!(arrayPath(part, array) in parsed.data.files))
        throw new DataError(`${path} breaks the schema: files lacks ${arrayPath(part, array)}.`);
  return parsed.data;
}

/** Everything that determines the files, in one canonical text. */
export function identityOf(
  meta: Pick<Meta, 'task' | 'origin' | 'generatorVersion' | 'options' | 'seed' | 'source'>,
): string {
  const { task, origin, generatorVersion, options, seed, source } = meta;
  const sorted = Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify([schema, task, origin, generatorVersion, sorted, seed, source ?? null]);
}

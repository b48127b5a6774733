/**
 * submission.json: what a submission says of itself. Names and links are data from strangers, so
 * they are bounded, on one line, without marks of HTML, and links are https.
 */
import { regimeSchema, submittedFamilySchema, tierSchema } from '../../core/vocabulary.ts';
import { z } from 'zod';
import { nameSchema } from './schema.ts';

/** Controls, line separators, direction marks, invisible characters and lone surrogates. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u;

/** Text of one line that a page, a table and a spreadsheet can show. */
function line(most: number) {
  return z
    .string()
    .min(1, 'expected some text')
    .max(most, `expected at most ${most} characters`)
    .refine((text) => !unseen.test(text), 'expected one line without invisible characters')
    .refine((text) => !/[<>`|\\[\]{}]/.test(text), 'expected no < > ` | \\ [ ] { }')
    .refine((text) => !/^[\s=+\-@]/.test(text) && !/\s$/.test(text), {
      error: 'expected a letter or digit first, and no space at either end',
    })
    .refine((text) => !/\p{M}{3}/u.test(text), 'expected at most two marks on a letter');
}

const link = z
  .string()
  .max(200, 'expected at most 200 characters')
  .refine(isLink, 'expected a link such as https://arxiv.org/abs/1706.03762');

function isLink(text: string): boolean {
  if (!/^https:\/\/[A-Za-z0-9]/.test(text) || !/^[\x21-\x7e]+$/.test(text)) return false;
  if (/["'<>`\\^{|}[\]]/.test(text) || !URL.canParse(text)) return false;
  const { username, password, hostname, port } = new URL(text);
  return username === '' && password === '' && port === '' && /\.[a-z]{2,}$/.test(hostname);
}

/** A file of the folder itself: a plain name, so that no path can lead out of it. */
const fileOf = (extension: string) =>
  z
    .string()
    .max(80, 'expected at most 80 characters')
    .regex(
      new RegExp(`^[A-Za-z0-9][A-Za-z0-9_-]*\\.${extension}$`),
      `expected the name of a file of this folder that ends in .${extension}`,
    );

const atMost = (most: number) =>
  z
    .int('expected a whole number')
    .min(0, 'expected at least 0')
    .max(most, `expected at most ${most}`);

const seed = atMost(999_999_999);

const common = {
  schema: z.literal(1, 'expected 1'),
  /** Version of the benchmark whose data were used. */
  benchmark: z.string().max(16),
  /** Of the model, on the board and in files. */
  name: nameSchema,
  title: line(60),
  family: submittedFamilySchema,
  authors: z.array(line(80)).min(1, 'expected at least one').max(20, 'expected at most 20'),
  paper: link.optional(),
  code: link.optional(),
};

/** What cannot be found out from predictions, and only in part from an ONNX file. */
const declared = {
  parameters: atMost(1e12).min(1, 'expected at least 1'),
  /** Numbers a causal recurrence would carry for a sequence; keys and values for attention. */
  stateSize: atMost(1e12),
};

const resultOf = (extension: string) =>
  z.strictObject({
    task: z.string().max(64),
    tier: tierSchema,
    regime: regimeSchema,
    /** Of the training. */
    seed,
    /** Tokens times optimiser steps that the model was trained for. */
    budget: z.strictObject({ pretrain: atMost(1e15), train: atMost(1e15) }),
    file: fileOf(extension),
  });

const results = (extension: string) =>
  z.array(resultOf(extension)).min(1, 'expected at least one').max(64, 'expected at most 64');

export const submissionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('architecture'),
    file: fileOf('ts'),
    options: z.record(
      z
        .string()
        .max(64)
        .regex(/^[a-z][A-Za-z0-9]*$/, 'expected the name of an option'),
      z.union([z.number(), z.string().max(64), z.boolean()]),
    ),
    tasks: z
      .array(z.string().max(64))
      .min(1, 'expected at least one')
      .max(16, 'expected at most 16'),
    tier: tierSchema,
    seeds: z.array(seed).min(1, 'expected at least one').max(10, 'expected at most 10'),
  }),
  z.strictObject({ ...common, ...declared, kind: z.literal('model'), results: results('onnx') }),
  z.strictObject({
    ...common,
    ...declared,
    kind: z.literal('predictions'),
    results: results('csv'),
  }),
]);

export type Submission = z.infer<typeof submissionSchema>;
export type Architecture = Extract<Submission, { kind: 'architecture' }>;
export type SubmittedResult = Extract<Submission, { kind: 'model' }>['results'][number];

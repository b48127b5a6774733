/**
 * The record of a run that was tested beyond the length it was trained at: the parameters of the run,
 * unchanged, on a test split of longer sequences with farther evidence. A file of its own, so that the
 * run's record stays as it is; `<runs>/length/<tier>/<task>/<model>-<regime>-<seed>-<id>.json`.
 */
import { z } from 'zod';
import { distanceScoreSchema, recordSchema, scoreSchema, specSchema } from './schema.ts';

/** Folder of these records below that of the runs'. */
export const lengthFolder = 'length';

const id = z.string().regex(/^[0-9a-f]{12}$/);
const { task, model, predictions, groups, provenance, timing } = recordSchema.shape;

export const lengthSchema = z.strictObject({
  schema: z.literal(1),
  /** First 12 hex digits of a sha256 of the run's id and the options of the data set. */
  id,
  /** The run whose parameters were tested, and its spec. */
  run: id,
  spec: specSchema,
  /** Length of the tested sequences as a multiple of the trained ones. */
  factor: z.int().min(2),
  /** Options of the task for the data set, besides those of the tier. */
  taskOptions: specSchema.shape.taskOptions,
  /** Of the longer data set, and of the model at its length. */
  task,
  model,
  /** Checksum of the file of trained parameters. */
  parameters: z.string().regex(/^[0-9a-f]{64}$/),
  result: z.strictObject({ test: scoreSchema, distances: z.array(distanceScoreSchema) }),
  predictions: predictions.unwrap(),
  groups: groups.unwrap(),
  provenance,
  timing: timing.pick({ started: true, ended: true, seconds: true, peakBytes: true }),
});

export type LengthRecord = z.infer<typeof lengthSchema>;

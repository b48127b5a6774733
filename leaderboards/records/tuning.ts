/**
 * The record of a tuning stage: one task and model, every learning rate of the grid tried for the same
 * number of steps on a seed that no result is reported of, and the choice by validation.
 */
import { z } from 'zod';
import { recordSchema, specSchema } from './schema.ts';

/** The seed of the tuning stage: runs with a learning rate from it may not have it. */
export const tuningSeed = 0;

/** Folder of these records below that of the runs'. */
export const tuningFolder = 'tuning';

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);

export const tuningSchema = z.strictObject({
  schema: z.literal(1),
  /** First 12 hex digits of a sha256 of what the choice depends on. */
  id: z.string().regex(/^[0-9a-f]{12}$/),
  /** The runs that use the choice, of the tuning seed and the regime `scratch`. */
  spec: specSchema,
  /** The learning rate that was chosen. */
  learningRate: z.number().positive(),
  /** Validation examples of a look. */
  examples: z.int().positive(),
  /** In the order of the grid. */
  trials: z
    .array(
      z.strictObject({
        learningRate: z.number().positive(),
        /** Absent where the loss diverged. */
        found: z
          .strictObject({
            /** Best accuracy of a look. */
            accuracy: share,
            /** Mean loss on training data since the look before the last. */
            loss: z.number(),
          })
          .optional(),
        curve: z.array(
          z.strictObject({ step: count, loss: z.number(), validation: share.optional() }),
        ),
      }),
    )
    .min(1),
  provenance: recordSchema.shape.provenance,
  timing: recordSchema.shape.timing,
});

export type TuningRecord = z.infer<typeof tuningSchema>;

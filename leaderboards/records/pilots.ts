/**
 * The pilot runs by which the lite tier was fixed: trained from scratch, seed 1, on data as of the
 * benchmark's version or on what was tried before. They are evidence for a choice and no results: none
 * is on the board. Since benchmark 2.0 each says what was predicted before it ran.
 */
import { z } from 'zod';

export const pilotsSchema = z.array(
  z.strictObject({
    task: z.string(),
    /** `benchmark 2.0` or `benchmark 1.0`, or how the data differed from it. */
    data: z.string(),
    /** As `--model` takes it. */
    model: z.string(),
    width: z.int().positive(),
    batch: z.int().positive(),
    /** Steps that were done. */
    steps: z.int().positive(),
    learningRate: z.number().positive(),
    /** On the test split, and by distance. */
    accuracy: z.number().min(0).max(1),
    distances: z.array(
      z.strictObject({ distance: z.int().positive(), accuracy: z.number().min(0).max(1) }),
    ),
    /** Use at each distance, where the task has questions. */
    use: z.array(z.number().min(-1).max(1)).optional(),
    /** What was expected, written down before the run. */
    prediction: z.string().max(200).optional(),
    /** How the training ended, in words. */
    ending: z.string().max(100).optional(),
    /** Of work, on one of two shared CPU cores. */
    seconds: z.int().positive(),
  }),
);

export type Pilot = z.infer<typeof pilotsSchema>[number];

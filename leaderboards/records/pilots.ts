/**
 * The pilot runs by which the lite tier was fixed: trained from scratch, seed 1, on data as of the
 * benchmark's version or on what was tried before. They are evidence for a choice, and no results: none is on the
 * board.
 */
import { z } from 'zod';

export const pilotsSchema = z.array(
  z.strictObject({
    task: z.string(),
    /** `benchmark 1.0`, or how the data differed from it. */
    data: z.string(),
    /** As `--model` takes it. */
    model: z.string(),
    width: z.int().positive(),
    batch: z.int().positive(),
    steps: z.int().positive(),
    learningRate: z.number().positive(),
    /** On the test split, and by distance. */
    accuracy: z.number().min(0).max(1),
    distances: z.array(
      z.strictObject({ distance: z.int().positive(), accuracy: z.number().min(0).max(1) }),
    ),
    /** Of work, on one of two shared CPU cores. */
    seconds: z.int().positive(),
  }),
);

export type Pilot = z.infer<typeof pilotsSchema>[number];

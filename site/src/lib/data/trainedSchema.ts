/** What `public/models/<task>.json` says of the models that a task page runs in the browser. */
import { z } from 'zod';
import { specSchema } from '../../../../leaderboards/records/schema.ts';

export const trainedSchema = z.strictObject({
  task: z.string(),
  /** Version of the task's generator: models of another one do not fit its examples. */
  generatorVersion: z.int().positive(),
  models: z.array(
    z.strictObject({
      file: z.string(),
      title: z.string(),
      /** Tokens that its read-out can depend on; null for all. */
      reach: z.int().positive().nullable(),
      parameters: z.int().positive(),
      /** Id of the run's record, and the command that repeats the run. */
      run: z.string(),
      command: z.string(),
      spec: specSchema,
      /** On the whole test split. */
      distances: z.array(
        z.strictObject({
          distance: z.int(),
          accuracy: z.number(),
          /** Absent of tasks without questions. */
          use: z.number().optional(),
        }),
      ),
      bytes: z.int().positive(),
      sha256: z.string(),
    }),
  ),
});

export type Trained = z.infer<typeof trainedSchema>;

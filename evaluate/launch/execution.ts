/** How a run is executed: what may change its speed and memory, and never its spec. */
import { z } from 'zod';
import { engineNames } from '../engine/open.ts';

export const executionSchema = z.strictObject({
  engine: z.enum(engineNames),
  /** CPU threads of one run. */
  threads: z.int().positive(),
  /** Whether threads that wait for work keep their core busy; absent: only if no runs share cores. */
  spinning: z.boolean().optional(),
  /** Examples per pass; absent: the whole batch. */
  microBatch: z.int().positive().optional(),
});

export type Execution = z.infer<typeof executionSchema>;

/** Audits of data sets: what cheap predictors score before any model is trained. */
import { z } from 'zod';

const predictorSchema = z.object({
  name: z.string(),
  title: z.string(),
  test: z.object({ accuracy: z.number(), interval: z.tuple([z.number(), z.number()]) }),
});
const auditSchema = z.object({
  task: z.string(),
  tier: z.string(),
  chance: z.number(),
  predictors: z.array(predictorSchema),
  floor: z.object({ name: z.string(), accuracy: z.number() }),
  profile: z.array(
    z.object({ reach: z.number(), accuracy: z.number(), kept: z.number().optional() }),
  ),
  certified: z.object({ covered: z.number(), exact: z.number() }),
  provenance: z.object({ command: z.string() }),
});

export type SiteAudit = z.infer<typeof auditSchema>;

const files = import.meta.glob<unknown>('../../../leaderboards/audits/*.json', {
  eager: true,
  import: 'default',
});

/** Of a task, by tier. */
export function auditsOf(task: string): SiteAudit[] {
  return Object.values(files)
    .map((file) => auditSchema.parse(file))
    .filter((audit) => audit.task === task)
    .sort((a, b) => (a.tier < b.tier ? -1 : 1));
}

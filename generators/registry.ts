/** The tasks by name. To add one: write its file, and put it into the list here. */
import { imageDistance } from './controlled/image/imageDistance.ts';
import { listopsDistance } from './controlled/listops/listopsDistance.ts';
import { pathfinderDistance } from './controlled/pathfinder/pathfinderDistance.ts';
import { recall, recallCapacity } from './controlled/recall/recall.ts';
import { retrievalDistance } from './controlled/retrieval/retrievalDistance.ts';
import { textDistance } from './controlled/text/textDistance.ts';
import { OptionError, UsageError, issueOf, unknown } from '../core/errors.ts';
import { image } from './standard/image/image.ts';
import { listops } from './standard/listops/listops.ts';
import { pathfinder, pathx, pathx256 } from './standard/pathfinder/pathfinder.ts';
import { retrieval } from './standard/retrieval/retrieval.ts';
import { text } from './standard/text/text.ts';
import type { TaskDefinition, TierName } from './task.ts';

/** All tasks, controlled ones first, in the order in which they are listed. */
export const tasks: readonly TaskDefinition[] = [
  recall,
  recallCapacity,
  listopsDistance,
  imageDistance,
  textDistance,
  pathfinderDistance,
  retrievalDistance,
  listops,
  text,
  retrieval,
  image,
  pathfinder,
  pathx,
  pathx256,
];

/**
 * @param others names that could have been meant besides the tasks.
 * @throws UsageError with the known names, and the nearest of them.
 */
export function findTask(name: string, others: readonly string[] = []): TaskDefinition {
  const found = tasks.find((task) => task.name === name);
  if (found) return found;
  const names = tasks.map((task) => task.name);
  throw new UsageError(unknown('task', name, names, others));
}

/**
 * The parameters of a tier with some of them replaced.
 * @throws OptionError naming the parameter and what was expected.
 */
export function resolveOptions(
  task: TaskDefinition,
  tier: TierName,
  overrides: Record<string, unknown> = {},
): Record<string, unknown> {
  const known = Object.keys(task.options.shape);
  for (const name of Object.keys(overrides)) {
    if (known.includes(name)) continue;
    throw new OptionError(unknown(`${task.name} parameter`, name, known));
  }
  const given = { ...task.tiers[tier], ...overrides };
  const parsed = task.options.safeParse(given);
  if (!parsed.success)
    throw new OptionError(`Task ${task.name} cannot take ${issueOf(parsed.error, given)}.`);
  return parsed.data;
}

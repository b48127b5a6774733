/**
 * meta.json checked against what this program knows: nothing in it is believed that can be computed
 * from the task, its options and the files.
 */
import { isDeepStrictEqual } from 'node:util';
import { DataError } from '../../core/errors.ts';
import { resolveOptions } from '../registry.ts';
import { arrayPath, arraysOf, readMeta, type Meta } from '../store/meta.ts';
import { partsOf, splits, type TaskDefinition, type TierName } from '../task.ts';
import { Break, type Finding } from './finding.ts';

/** What the data set claims to be, after meta.json was found to be consistent. */
export interface Claim {
  meta: Meta;
  task: TaskDefinition;
  options: Record<string, unknown>;
}

/**
 * @param tasks that can have made the data set.
 * @throws Break where meta.json says anything that it cannot rightly say.
 */
export async function checkMeta(
  dir: string,
  tasks: readonly TaskDefinition[],
): Promise<Claim & { finding: Finding }> {
  const meta = await readMeta(dir).catch((error: unknown) => {
    throw error instanceof DataError ? broken(error.message) : error;
  });
  const task = tasks.find(({ name }) => name === meta.task);
  if (!task)
    throw broken(
      `its task '${meta.task}' is unknown; this program has ${tasks.map(({ name }) => name).join(', ')}`,
    );
  if (meta.generatorVersion !== task.version)
    throw broken(
      `version ${meta.generatorVersion} of the generator of ${task.name} made it, this program has version ${task.version} and cannot check others; make it again, or use the program that made it`,
    );
  for (const fact of ['kind', 'title'] as const)
    if (meta[fact] !== task[fact])
      throw broken(`its ${fact} is '${meta[fact]}', that of the task is '${task[fact]}'`);
  if (!/^\d+\.\d+\.\d+\S*$/.test(meta.package))
    throw broken(`'${meta.package}' is no version of a package`);
  const options = checkOptions(meta, task);
  checkShape(meta, task, options);
  checkFileList(meta);
  const origin = meta.origin === 'imported' ? 'imported' : `seed ${meta.seed}`;
  const detail = `task ${meta.task}, tier ${meta.tier}, ${origin}, generator version ${task.version}`;
  return { meta, task, options, finding: { rule: 'schema', holds: true, detail } };
}

const broken = (detail: string) => new Break('schema', detail, 'meta.json');

/** The options must be all that the task has, as they are after parsing, and fit the tier. */
function checkOptions(meta: Meta, task: TaskDefinition): Record<string, unknown> {
  const { tier, origin, options: given } = meta;
  let options: Record<string, unknown>;
  try {
    options = resolveOptions(task, tier, given);
  } catch (error) {
    throw broken((error as Error).message);
  }
  // Imported data sets have as many examples as there were in the files.
  const expected = origin === 'imported' ? withoutCounts(options) : options;
  if (!isDeepStrictEqual(expected, { ...given }))
    throw broken(
      `its options are ${Object.keys(given).join(', ')}, expected ${Object.keys(expected).join(', ')}`,
    );
  checkTier(tier, task, options);
  return options;
}

/** Options that are those of one tier, but for the counts of examples, have the name of that tier. */
function checkTier(tier: TierName, task: TaskDefinition, options: Record<string, unknown>): void {
  const tiers = Object.entries(task.tiers) as [TierName, Record<string, unknown>][];
  const same = tiers.filter(([, preset]) => isDeepStrictEqual({ ...preset }, options));
  const alike = tiers.filter(([, preset]) =>
    isDeepStrictEqual(withoutCounts(preset), withoutCounts(options)),
  );
  const names = (same.length > 0 ? same : alike).map(([name]) => name);
  if (names.length > 0 && !names.includes(tier))
    throw broken(`its tier is '${tier}', but its options are those of tier '${names[0]}'`);
}

const withoutCounts = (options: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(options).filter(([name]) => !(splits as readonly string[]).includes(name)),
  );

function checkShape(meta: Meta, task: TaskDefinition, options: Record<string, unknown>): void {
  const shape = task.shape(options);
  if (meta.origin === 'generated') {
    if (!isDeepStrictEqual(shape, meta.shape))
      throw broken('its shape is not the one that its options lead to');
    return;
  }
  if (!task.lra) throw broken(`task ${task.name} has no files that could have been imported`);
  if (meta.seed !== 0) throw broken(`its seed is ${meta.seed}, imported data sets have seed 0`);
  if (meta.source === undefined) throw broken('it does not say which files it was imported from');
  if (!isDeepStrictEqual({ ...shape, counts: meta.shape.counts }, meta.shape))
    throw broken('its shape is not the one that its options lead to');
}

/** Exactly the files that the shape leads to. */
function checkFileList(meta: Meta): void {
  const expected = partsOf(meta.shape).flatMap((part) =>
    arraysOf(meta.shape).map((array) => arrayPath(part, array)),
  );
  const more = Object.keys(meta.files).find((path) => !expected.includes(path));
  if (more !== undefined) throw broken(`it lists ${more}, which the data set does not have`);
}

/** The test splits that submissions are scored on: the published one, and one that nobody has seen. */
import type { Tier } from '../../core/vocabulary.ts';
import { join } from 'node:path';
import { makeSplit } from '../../generators/store/memory.ts';
import { ensureDataset, openDataset, type Dataset } from '../../generators/store/dataset.ts';
import type { Split } from '../../generators/store/split.ts';
import { findTask, resolveOptions } from '../../generators/registry.ts';
import { defaultSources } from '../../generators/sources/folder.ts';

export interface DataPlace {
  /** Folder of data sets and scratch files. */
  work: string;
  sources?: string | undefined;
}

/** The data set of a board: the task's parameters at that tier, seed 0. */
export async function publishedData(task: string, tier: Tier, place: DataPlace): Promise<Dataset> {
  const { work, sources } = place;
  return openDataset(
    await ensureDataset({ task, tier, seed: 0, sources, cache: join(work, 'cache') }),
  );
}

/**
 * A test split of that task and tier from a seed of its own, in memory alone. Of generated tasks every
 * example is new; of those from real data it is drawn anew from the same test texts or pictures, and
 * where it has all of them, it is the published split in another order.
 */
export async function freshTest(
  name: string,
  tier: Tier,
  seed: number,
  { sources = defaultSources() }: DataPlace,
): Promise<Split> {
  const task = findTask(name);
  const options = resolveOptions(task, tier);
  const shape = task.shape(options);
  const { example } = await task.open(options, seed, sources);
  return makeSplit({ task: name, seed, shape }, example, 'test');
}

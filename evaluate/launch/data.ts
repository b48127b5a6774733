/** The data sets of a plan's lines, each made once before any run starts. */
import { join } from 'node:path';
import { openDisplay } from '../../core/terminal/progress.ts';
import { ensureDataset } from '../../generators/store/dataset.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import type { Line } from '../plan/manifest.ts';
import { canonical, shapeOf } from '../plan/spec.ts';

export interface DataPlaces {
  /** Data sets are made in its folder `cache`. */
  work: string;
  /** Real data. */
  sources?: string | undefined;
}

/** What a run's data set depends on. */
function dataKey({ task, tier, taskOptions, dataSeed }: RunSpec): string {
  return canonical({ task, tier, taskOptions, dataSeed });
}

/** Makes the data sets that do not exist yet. @returns the folder of a run's data set */
export async function prepareData(
  lines: readonly Line[],
  { work, sources }: DataPlaces,
): Promise<(spec: RunSpec) => string> {
  const folders = new Map<string, string>();
  const display = openDisplay();
  for (const { spec } of lines) {
    const { task, tier, taskOptions, dataSeed } = spec;
    if (folders.has(dataKey(spec))) continue;
    const counts = Object.values(shapeOf(task, tier, taskOptions).counts);
    const all = counts.reduce((sum, count) => sum + count, 0);
    const folder = await ensureDataset({
      task,
      tier,
      options: taskOptions,
      seed: dataSeed,
      sources,
      cache: join(work, 'cache'),
      onProgress: ({ split, done, total }) =>
        display.update(`data ${task}`, `${split} ${done}/${total} of ${all}`, done / total),
    });
    folders.set(dataKey(spec), folder);
  }
  display.close();
  return (spec) => folders.get(dataKey(spec))!;
}

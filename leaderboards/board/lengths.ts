/**
 * Runs that were tested beyond their length, as runs of a variant of their task: so that a study scores
 * them as everything else, with intervals over seeds and groups, reach and certified limits.
 */
import type { RecordFile } from '../records/read.ts';
import type { LengthFile } from '../records/readLengths.ts';
import type { NamedOptions } from './studies.ts';

/** The variant of a task at a multiple of its length. */
export const longer = (factor: number): NamedOptions => ({
  label: String(factor),
  options: { times: factor },
});

/** @param files of the runs; tests of a run that is not among them are left out */
export function longerFiles(
  files: readonly RecordFile[],
  tests: readonly LengthFile[],
): RecordFile[] {
  const byId = new Map(files.map(({ record }) => [record.id, record]));
  return tests.flatMap(({ file, groups, record: tested }): RecordFile[] => {
    const run = byId.get(tested.run);
    if (!run?.result) return [];
    const own = { ...run };
    // Asked at the distances of the trained length.
    delete own.beforeLabels;
    return [
      {
        file,
        groups,
        record: {
          ...own,
          id: tested.id,
          spec: { ...run.spec, taskOptions: longer(tested.factor).options },
          task: tested.task,
          model: tested.model,
          result: { ...run.result, ...tested.result },
          predictions: tested.predictions,
          groups: tested.groups,
        },
      },
    ];
  });
}

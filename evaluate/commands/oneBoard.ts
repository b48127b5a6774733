/** The records of one board: of a tier, at one version of the benchmark. */
import { flag, text } from '../../core/cli/flags.ts';
import { RunError, UsageError, unknown } from '../../core/errors.ts';
import type { Tier } from '../../core/vocabulary.ts';
import type { RecordFile } from '../../leaderboards/records/read.ts';
import { tierKind } from './flags.ts';

export const boardFlags = {
  tier: flag(tierKind, { default: 'lite', help: 'tier of the runs' }),
  benchmark: flag(text, {
    word: 'VERSION',
    help: 'version of the benchmark',
    shown: 'the newest with records',
  }),
};

/**
 * @param folder that the files are from, for an error
 * @throws RunError without records of the tier; UsageError without such of the version
 */
export function boardRecords(
  files: readonly RecordFile[],
  { tier, benchmark }: { tier: Tier; benchmark?: string | undefined },
  folder: string,
): RecordFile[] {
  const ofTier = files.filter(({ record }) => record.spec.tier === tier);
  if (ofTier.length === 0)
    throw new RunError(
      `No records of tier ${tier} in ${folder}; make some with npm run evaluate -- run, or name another folder with --records.`,
    );
  const versions = [...new Set(ofTier.map(({ record }) => record.spec.benchmark))].sort((a, b) =>
    b.localeCompare(a, 'en', { numeric: true }),
  );
  if (benchmark !== undefined && !versions.includes(benchmark))
    throw new UsageError(unknown('recorded benchmark', benchmark, versions));
  const chosen = benchmark ?? versions[0];
  return ofTier.filter(({ record }) => record.spec.benchmark === chosen);
}

/** Versions of the benchmark that cannot be run here, and where they can. */
import { benchmarkVersion } from './spec.ts';

/** The tag or commit that runs a version. */
const sources: Record<string, string> = {
  '1.0': 'a92ca34',
};

/**
 * One sentence on a run of another version: which one made it and how to repeat it.
 *
 * @param commit that of the run's record, if there is one
 */
export function otherVersion(benchmark: string, commit = sources[benchmark]): string {
  const how = commit
    ? `check out commit ${commit} and run the same command there`
    : 'use the commit that its records name';
  return `It was made by benchmark ${benchmark}, and this is ${benchmarkVersion}: ${how}.`;
}

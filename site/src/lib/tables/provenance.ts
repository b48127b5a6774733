/** What the records behind a row say besides the board: by which rules, when, and how long they took. */
import { median } from '../../../../core/math.ts';
import type { RecordFile } from '../../../../leaderboards/records/read.ts';

export interface Provenance {
  ruleset: 'fixed' | 'tuned' | 'mixed';
  /** Day of the latest run, as 2026-01-31. */
  date: string;
  /** Median wall-clock time of a run, on the threads that it had. */
  seconds: number;
  /** Most memory of a run. */
  peakBytes: number;
}

/** @param records at least one */
export function provenanceOf(records: readonly RecordFile[]): Provenance {
  const tuned = records.filter(({ record }) => record.spec.protocol.learningRates !== undefined);
  return {
    ruleset: tuned.length === 0 ? 'fixed' : tuned.length === records.length ? 'tuned' : 'mixed',
    date: records
      .map(({ record }) => record.timing.ended.slice(0, 10))
      .sort()
      .at(-1)!,
    seconds: median(records.map(({ record }) => record.timing.seconds)),
    peakBytes: Math.max(...records.map(({ record }) => record.timing.peakBytes)),
  };
}

/**
 * Running records again: which ones are drawn, and how a second run compares with the first.
 *
 * With the same engine, processor, thread count and micro-batch a run gives the same bytes, so its
 * predictions have the same checksum. On another machine sums may round differently; then the accuracy
 * must lie within the interval of the record.
 */
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import { shuffle, stream } from '../../core/random.ts';

/** `differs` in accuracy by more than the record's interval; `no result` where either run has none. */
export type Verdict = 'same bytes' | 'within the interval' | 'differs' | 'no result';

/**
 * Whether engine, device, processor, thread count and micro-batch are those of the record;
 * `unknown` where all else is the same but one of the two does not name its processor.
 */
export type Machine = 'the same' | 'another' | 'unknown';

export interface Recheck {
  record: RunRecord;
  again: RunRecord;
  verdict: Verdict;
  machine: Machine;
}

/** At most `count` records of this version, drawn by `seed`; submissions are left out. */
export function drawRecords(
  records: readonly RunRecord[],
  benchmark: string,
  count: number,
  seed: number,
): RunRecord[] {
  const own = records
    .filter(({ spec, verification }) => spec.benchmark === benchmark && !verification)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return shuffle(own, stream(`recheck/${seed}`)).slice(0, count);
}

export function compareRuns(record: RunRecord, again: RunRecord): Recheck {
  return {
    record,
    again,
    verdict: verdictOf(record, again),
    machine: machineOf(record.provenance, again.provenance),
  };
}

function machineOf(a: RunRecord['provenance'], b: RunRecord['provenance']): Machine {
  const of = ({ engine, device, threads, microBatch }: RunRecord['provenance']) =>
    JSON.stringify([engine, device, threads, microBatch]);
  if (of(a) !== of(b)) return 'another';
  if (!a.processor || !b.processor) return 'unknown';
  return a.processor === b.processor ? 'the same' : 'another';
}

function verdictOf(record: RunRecord, again: RunRecord): Verdict {
  // A run that diverges again is the same result.
  if (!record.result && !again.result && record.status === again.status) return 'same bytes';
  if (!record.result || !again.result) return 'no result';
  if (record.predictions?.sha256 === again.predictions?.sha256) return 'same bytes';
  const [low, high] = record.result.test.interval;
  const { accuracy } = again.result.test;
  return accuracy >= low && accuracy <= high ? 'within the interval' : 'differs';
}

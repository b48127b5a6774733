/** Selects records by the names in their specs. Pure. */
import { UsageError, unknown } from '../../core/errors.ts';
import type { RecordFile } from '../../leaderboards/records/read.ts';

/** Names separated by commas; an absent field selects everything. */
export interface Selection {
  tier?: string | undefined;
  task?: string | undefined;
  model?: string | undefined;
  regime?: string | undefined;
}

/**
 * The files whose spec has one of the names asked for, of every kind of name.
 *
 * @throws UsageError where a name has no record, with those that have
 */
export function selectRecords(files: readonly RecordFile[], wanted: Selection): RecordFile[] {
  const kinds = ['tier', 'task', 'model', 'regime'] as const;
  const tests = kinds.flatMap((kind) => {
    const list = wanted[kind];
    if (list === undefined) return [];
    const known = [...new Set(files.map(({ record }) => record.spec[kind]))];
    const names = list.split(',').map((name) => name.trim());
    for (const name of names) {
      if (known.includes(name)) continue;
      throw new UsageError(unknown(`recorded ${kind}`, name, known));
    }
    return [({ record }: RecordFile) => names.includes(record.spec[kind])];
  });
  return files.filter((file) => tests.every((holds) => holds(file)));
}

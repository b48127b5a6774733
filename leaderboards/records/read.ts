/** Reads the records of a folder and everything below it; the one place where they are checked. */
import { sha256 } from '../../core/hash.ts';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { z } from 'zod';
import { decodeGroups, type GroupResults } from './groupResults.ts';
import { recordSchema, type BeforeLabels, type RunRecord, type Score } from './schema.ts';
import { lengthFolder } from './length.ts';
import { tuningFolder } from './tuning.ts';

/** Folders of records of another kind. */
const apart = [tuningFolder, lengthFolder];

/** A record and the file it came from, relative to the folder that was read. */
export interface RecordFile {
  file: string;
  record: RunRecord;
  /** Where the run kept them. */
  groups?: GroupResults;
}

/**
 * Every run's record under `folder`, in the order of their paths; none where the folder is missing.
 *
 * @param options.quick trusts that the predictions that records name are there, unaltered
 * @throws Error naming the file, and the field and what was expected there
 */
export function readRecords(folder: string, options: { quick?: boolean } = {}): RecordFile[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.split(sep).join('/'))
    .filter((file) => !apart.some((name) => file.startsWith(`${name}/`)))
    .sort(compareText)
    .map((file) => {
      const record = parseRecord(readFileSync(join(folder, file), 'utf8'), file);
      if (record.predictions && !options.quick) readNamed(folder, file, record.predictions);
      const groups = readGroups(folder, file, record);
      return groups ? { file, record, groups } : { file, record };
    });
}

/**
 * The bytes of a file that a record names.
 *
 * @param file of the record, relative to `folder`
 * @throws Error where it is missing or altered
 */
export function readNamed(
  folder: string,
  file: string,
  named: { file: string; sha256: string },
): Uint8Array {
  if (basename(named.file) !== named.file || named.file.includes('\\'))
    throw new Error(`${file} names ${named.file}, expected a file beside it`);
  const path = join(dirname(file), named.file);
  const there = statSync(join(folder, path), { throwIfNoEntry: false });
  if (!there) throw new Error(`${path} is missing, but ${file} names it; restore it`);
  const bytes = readFileSync(join(folder, path));
  if (sha256(bytes) !== named.sha256)
    throw new Error(`${path} was altered: its checksum is not the one in ${file}; restore it`);
  return bytes;
}

/** @throws Error where the file is missing, altered, or contradicts the record */
export function readGroups(
  folder: string,
  file: string,
  record: Pick<RunRecord, 'groups' | 'result' | 'task'>,
): GroupResults | undefined {
  if (!record.groups || !record.result) return undefined;
  const path = join(dirname(file), record.groups.file);
  const bytes = readNamed(folder, file, record.groups);
  const groups = decodeGroups(bytes, path, record.task.classes);
  const { test, distances } = record.result;
  const parts = distances.length > 0 ? distances : [test];
  const agrees = parts.every(({ correct, groups: count }, stratum) => {
    let [right, members] = [0, 0];
    groups.strata.forEach((own, g) => {
      if (own !== stratum) return;
      right += groups.correct[g]!;
      members++;
    });
    return right === correct && members === count;
  });
  if (agrees && groups.strata.every((stratum) => stratum < parts.length)) return groups;
  throw new Error(`${path} does not have the right answers that ${file} counts; restore it`);
}

/** @param file name to give in an error */
export function parseRecord(text: string, file: string): RunRecord {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON (${(error as Error).message}); write the record again`);
  }
  const parsed = recordSchema.safeParse(data);
  if (!parsed.success) throw new Error(`${file}: ${describe(parsed.error)}`);
  const contradiction = findContradiction(parsed.data);
  if (contradiction) throw new Error(`${file}: ${contradiction}`);
  return parsed.data;
}

/** What the schema cannot say: fields that must agree with each other. */
function findContradiction(record: RunRecord): string | undefined {
  const { status, reason, task, result, beforeLabels } = record;
  if (task.chance === 1) return 'field task.chance: 1 leaves nothing to learn, expected less';
  if (task.distances.some((distance, i) => distance <= (task.distances[i - 1] ?? 0))) {
    return `field task.distances: expected positive and ascending, got ${task.distances.join(', ')}`;
  }
  const wrong = beforeLabels && breakOfBeforeLabels(record, beforeLabels);
  if (wrong) return wrong;
  if (status !== 'done') {
    return reason ? undefined : `field reason: expected a sentence, because the run ${status}`;
  }
  if (!result) return 'field result: missing, but status is done';
  const measured = result.distances.map(({ distance }) => distance).join(', ');
  if (measured !== task.distances.join(', ')) {
    return `field result.distances: has ${measured || 'none'}, expected ${task.distances.join(', ') || 'none'} as in task.distances`;
  }
  const scores = [result.validation ?? result.test, result.test, ...result.distances];
  const useless = [result.test, ...result.distances].find(({ use }) => !use);
  if (task.table && task.table.questions > 1 && useless)
    return 'field result: a score lacks its use, expected one because task.table has questions';
  const off = scores.find(isOff);
  return off && `field result: accuracy ${off.accuracy} is not ${off.correct} / ${off.count}`;
}

/** Whether an accuracy is not what its counts say. */
export const isOff = ({ accuracy, correct, count }: Score) =>
  count === 0 || Math.abs(accuracy - correct / count) > 1e-6;

/** What the pretrained model predicts of a signal obeys the certificate as every result does. */
function breakOfBeforeLabels(
  { spec, task, model }: RunRecord,
  { overall, distances }: BeforeLabels,
): string | undefined {
  if (spec.regime !== 'spt')
    return `field beforeLabels: a run of ${spec.regime} has no pretraining, expected none`;
  const measured = distances.map(({ distance }) => distance).join(', ');
  if (measured !== task.distances.join(', '))
    return `field beforeLabels.distances: has ${measured || 'none'}, expected ${task.distances.join(', ')} as in task.distances`;
  const off = [overall, ...distances].find(isOff);
  if (off)
    return `field beforeLabels: accuracy ${off.accuracy} is not ${off.correct} / ${off.count}`;
  const beyond = distances.find(
    ({ distance, correct, count }) =>
      model.reach !== null && distance > model.reach && correct * task.classes !== count,
  );
  return (
    beyond &&
    `field beforeLabels: ${beyond.correct} of ${beyond.count} right at distance ${beyond.distance}, beyond the certified limit ${model.reach}, expected exactly one in ${task.classes}`
  );
}

function describe(error: z.ZodError): string {
  const [first, ...others] = error.issues;
  const field = first!.path.join('.') || 'the record';
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return `field ${field}: ${first!.message}${more}`;
}

/** Order by code units: the same on every machine, unlike localeCompare. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

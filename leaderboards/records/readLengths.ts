/** Reads the records of runs that were tested beyond their length; the one place where they are checked. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { GroupResults } from './groupResults.ts';
import { lengthFolder, lengthSchema, type LengthRecord } from './length.ts';
import { compareText, isOff, readGroups, readNamed } from './read.ts';

export interface LengthFile {
  /** Relative to the folder that was read. */
  file: string;
  record: LengthRecord;
  groups: GroupResults;
}

/**
 * Every such record below `folder`, in the order of their paths.
 *
 * @param folder that of the runs' records
 * @throws Error naming the file, and the field and what was expected there
 */
export function readLengthRecords(folder: string): LengthFile[] {
  const below = join(folder, lengthFolder);
  if (!statSync(below, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(below, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => join(lengthFolder, file).split(sep).join('/'))
    .sort(compareText)
    .map((file) => {
      const record = parseLength(readFileSync(join(folder, file), 'utf8'), file);
      readNamed(folder, file, record.predictions);
      return { file, record, groups: readGroups(folder, file, record)! };
    });
}

/** @param file name to give in an error */
export function parseLength(text: string, file: string): LengthRecord {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON (${(error as Error).message}); test the run again`);
  }
  const parsed = lengthSchema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${file}: field ${issue!.path.join('.') || 'the record'}: ${issue!.message}`);
  }
  const contradiction = findContradiction(parsed.data);
  if (contradiction) throw new Error(`${file}: ${contradiction}`);
  return parsed.data;
}

/** What the schema cannot say: fields that must agree, and the certificate of a bounded model. */
function findContradiction({ task, model, result }: LengthRecord): string | undefined {
  const measured = result.distances.map(({ distance }) => distance).join(', ');
  const expected = task.distances.join(', ');
  if (measured !== expected)
    return `field result.distances: has ${measured || 'none'}, expected ${expected} as in task.distances`;
  const off = [result.test, ...result.distances].find(isOff);
  if (off) return `field result: accuracy ${off.accuracy} is not ${off.correct} / ${off.count}`;
  const beyond = result.distances.find(
    ({ distance, correct, count }) =>
      model.reach !== null && distance > model.reach && correct * task.classes !== count,
  );
  return (
    beyond &&
    `field result.distances: ${beyond.correct} of ${beyond.count} right at distance ${beyond.distance}, beyond the certified limit ${model.reach}, expected exactly one in ${task.classes}`
  );
}

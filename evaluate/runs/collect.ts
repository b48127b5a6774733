/**
 * Brings records together: copies and checks those of another folder with their arrays, and writes a
 * record at chance for every run of a plan that failed, so that it stays on the board.
 */
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openDataset } from '../../generators/store/dataset.ts';
import { createModel } from '../../models/backbone/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import { readNamed, type RecordFile } from '../../leaderboards/records/read.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/records/schema.ts';
import { RunError, messageOf } from '../../core/errors.ts';
import { writeWhole } from '../../core/files.ts';
import { freshProgress } from '../training/checkpoint.ts';
import { readFailure, type Failure } from './failures.ts';
import type { Line } from '../plan/manifest.ts';
import { provenanceOf } from './provenance.ts';
import { recordOf } from './record.ts';
import { canonical, commandOf, idOf } from '../plan/spec.ts';
import { statesOf } from './status.ts';
import {
  readRecord,
  readTuning,
  readTuningFile,
  recordPath,
  writeRecord,
  writeTuning,
} from './store.ts';
import { tuningFolder } from '../../leaderboards/records/tuning.ts';

export type Merged = 'added' | 'replaced' | 'there' | 'different';

/**
 * Copies one record and its arrays, unless the run is there already. A run that ended well takes the
 * place of a failed one; another result of the same run never does.
 *
 * @param from folder of the record's file
 * @throws RunError where an array is missing or altered, or the record is not of its spec
 */
export async function mergeRecord(from: string, file: RecordFile, out: string): Promise<Merged> {
  const { record } = file;
  const source = join(from, file.file);
  const id = idOf(record.spec);
  if (record.id !== id) {
    throw new RunError(
      `${source}: id is ${record.id}, but its spec hashes to ${id}; run it again.`,
    );
  }
  const target = recordPath(out, record.spec);
  const present = await readRecord(target);
  if (present && (present.status === 'done' || record.status !== 'done')) {
    return sameResult(present, record) ? 'there' : 'different';
  }
  for (const array of [record.predictions, record.groups]) {
    if (array) await copyArray(from, file.file, array, dirname(target));
  }
  await writeWhole(target, await readFile(source));
  return present ? 'replaced' : 'added';
}

/**
 * Copies the records of tuning stages below `from`, unless the stage is recorded in `out` already.
 *
 * @returns how many are new
 * @throws RunError if one is not the record of a tuning stage
 */
export async function mergeTunings(from: string, out: string): Promise<number> {
  const folder = join(from, tuningFolder);
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  let added = 0;
  for (const file of files.filter((name) => name.endsWith('.json')).sort()) {
    const record = await readTuningFile(join(folder, file));
    if (!record || (await readTuning(out, record.spec))) continue;
    await writeTuning(out, record);
    added++;
  }
  return added;
}

/** Copies a file that the record `file` of the folder `from` names. */
async function copyArray(
  from: string,
  file: string,
  named: { file: string; sha256: string },
  to: string,
): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = readNamed(from, file, named);
  } catch (error) {
    throw new RunError(`${from}: ${messageOf(error)}.`);
  }
  await writeWhole(join(to, named.file), bytes);
}

/** Whether two records of a run have the same result, whatever the machine and the time. */
function sameResult(a: RunRecord, b: RunRecord): boolean {
  const of = ({ status, result }: RunRecord) => canonical({ status, result: result ?? null });
  return of(a) === of(b);
}

/**
 * Writes a record, at chance and with the reason, for every run of a plan that failed, by itself or
 * because its pretraining did.
 *
 * @param dataOf folders of the runs' data sets
 */
export async function recordFailures(
  lines: readonly Line[],
  place: { out: string; work: string },
  dataOf: (lines: readonly Line[]) => Promise<(spec: RunSpec) => string>,
): Promise<RunRecord[]> {
  const states = await statesOf(lines, place);
  const failed: { line: Line; failure: Failure }[] = [];
  for (const [i, line] of lines.entries()) {
    const { kind } = states[i]!;
    if (line.kind !== 'run' || kind === 'done' || kind === 'running') continue;
    const failure = await failureOf(line, lines, place.work);
    if (failure) failed.push({ line, failure });
  }
  if (failed.length === 0) return [];
  const folder = await dataOf(failed.map(({ line }) => line));
  const records: RunRecord[] = [];
  for (const { line, failure } of failed) {
    records.push(
      await writeRecord(place.out, await failedRecord(line.spec, failure, folder(line.spec))),
    );
  }
  return records;
}

/** Why a line failed: by itself, or because a line that it waits for did. */
async function failureOf(
  { id, parent }: Line,
  lines: readonly Line[],
  work: string,
): Promise<Failure | undefined> {
  const own = await readFailure(work, id);
  const before = lines.find((line) => line.id === parent);
  if (own || !before) return own;
  const failure = await failureOf(before, lines, work);
  const what = before.kind === 'run' ? 'run of spt' : before.kind;
  return failure && { ...failure, reason: `its ${what} failed: ${failure.reason}` };
}

async function failedRecord(
  spec: RunSpec,
  { reason, attempts, at, engine, threads }: Failure,
  data: string,
): Promise<Omit<RunRecord, 'predictions' | 'groups'>> {
  const { meta } = await openDataset(data);
  const model = createModel(findMixer(spec.model), spec.modelOptions, meta.shape, spec.size);
  const record = recordOf({
    ...{ spec, meta, model },
    progress: { ...freshProgress('train'), attempts, started: at },
    ending: { status: 'failed', reason },
    provenance: provenanceOf({ name: engine, device: 'unknown' }, threads, commandOf(spec)),
  });
  // Collected twice, a failure gives the same record: nothing of this process is in it.
  return { ...record, timing: { ...record.timing, ended: at, peakBytes: 0 } };
}

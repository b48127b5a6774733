/**
 * Where records and checkpoints live. The record of a run is one JSON file,
 * `<runs>/<tier>/<task>/<model>-<regime>-<seed>-<id>.json`; beside it lie, as npy, its predictions and
 * the right answers of its sibling groups. The record of a tuning stage is
 * `<runs>/tuning/<tier>/<task>/<model>-<id>.json`; that of a run tested beyond its length,
 * `<runs>/length/<tier>/<task>/<model>-<regime>-<seed>-<id>-x<factor>.json`.
 */
import { sha256 } from '../../core/hash.ts';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { tryLock, type Holder, type Lock } from '../../core/lock.ts';
import { encodeNpy } from '../../core/npy.ts';
import { encodeGroups, type GroupResults } from '../../leaderboards/records/groupResults.ts';
import {
  lengthFolder,
  lengthSchema,
  type LengthRecord,
} from '../../leaderboards/records/length.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/records/schema.ts';
import { parseRecord, readNamed } from '../../leaderboards/records/read.ts';
import { recordSchema } from '../../leaderboards/records/schema.ts';
import {
  tuningFolder,
  tuningSchema,
  type TuningRecord,
} from '../../leaderboards/records/tuning.ts';
import { RunError, messageOf } from '../../core/errors.ts';
import { writeWhole } from '../../core/files.ts';
import { idOf, pretrainingIdOf, tuningIdOf } from '../plan/spec.ts';

/** Name of a run, without extension: readable, and unique by the id at its end. */
export function runName(spec: RunSpec): string {
  return `${spec.model}-${spec.regime}-${spec.seed}-${idOf(spec)}`;
}

export function recordPath(runs: string, spec: RunSpec): string {
  return join(runs, spec.tier, spec.task, `${runName(spec)}.json`);
}

export function checkpointPath(work: string, spec: RunSpec): string {
  return join(work, 'checkpoints', `${spec.task}-${runName(spec)}.safetensors`);
}

/** Of a run that was tested at a multiple of its length. */
export function lengthPath(runs: string, spec: RunSpec, factor: number): string {
  return join(runs, lengthFolder, spec.tier, spec.task, `${runName(spec)}-x${factor}.json`);
}

/** The lock of a run or a pretraining, by its id. */
export function lockPath(work: string, id: string): string {
  return join(work, 'locks', id);
}

/**
 * One run, one worker: its lock, undefined where somebody alive holds it.
 *
 * @param onNote told when the lock of a process that has died is taken over
 */
export async function lockRun(
  work: string,
  id: string,
  onNote?: (text: string) => void,
): Promise<Lock | undefined> {
  const path = lockPath(work, id);
  await mkdir(dirname(path), { recursive: true });
  return tryLock(path, (holder) =>
    onNote?.(`goes on in the place of ${holderName(holder)}, which has died`),
  );
}

/** Who does a run or a pretraining, in words. */
export function holderName(holder: Holder | undefined): string {
  return holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
}

/** What self-pretraining leaves for the `spt` runs that share it, and its checkpoint on the way. */
export function pretrainedPath(work: string, spec: RunSpec): string {
  return join(work, 'pretrained', pretrainingName(spec));
}

export function pretrainingCheckpointPath(work: string, spec: RunSpec): string {
  return join(work, 'checkpoints', `pretraining-${pretrainingName(spec)}`);
}

/** The parameters that a run was tested with, by name, for `export` and for other frameworks. */
export function trainedPath(work: string, spec: RunSpec): string {
  return join(work, 'trained', `${spec.task}-${runName(spec)}.safetensors`);
}

/** The token-steps that a run of `spt` took, for the runs that match them. */
export function spentPath(work: string, spec: RunSpec): string {
  return join(work, 'spent', `${spec.task}-${runName(spec)}.txt`);
}

/** Every file that a run writes. */
export function runFiles({ runs, work }: { runs: string; work: string }, spec: RunSpec): string[] {
  const record = recordPath(runs, spec);
  const arrays = ['.npy', '.groups.npy'].map((end) => record.replace(/\.json$/, end));
  const other = [checkpointPath, trainedPath, spentPath].map((pathOf) => pathOf(work, spec));
  return [record, ...arrays, ...other];
}

export function tuningPath(runs: string, spec: RunSpec): string {
  const name = `${spec.model}-${tuningIdOf(spec)}.json`;
  return join(runs, tuningFolder, spec.tier, spec.task, name);
}

export function tuningCheckpointPath(work: string, spec: RunSpec): string {
  return join(
    work,
    'checkpoints',
    `tuning-${spec.task}-${spec.model}-${tuningIdOf(spec)}.safetensors`,
  );
}

const pretrainingName = (spec: RunSpec) =>
  `${spec.task}-${spec.model}-${spec.seed}-${pretrainingIdOf(spec)}.safetensors`;

/**
 * The record of a run that is finished; undefined where there is none.
 *
 * @throws RunError where it is not valid, or a file that it names is missing or altered
 */
export async function readRecord(path: string): Promise<RunRecord | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  let record: RunRecord;
  try {
    record = parseRecord(text, path);
  } catch (error) {
    throw new RunError(`Not a valid record: ${messageOf(error)}; remove the file and run again.`);
  }
  try {
    for (const named of [record.predictions, record.groups])
      if (named) readNamed(dirname(path), basename(path), named);
  } catch (error) {
    throw new RunError(
      `The record ${path} is not whole: ${messageOf(error)}, or make the run again with --force.`,
    );
  }
  return record;
}

/** The record of the tuning stage of `spec`; undefined where there is none. */
export function readTuning(runs: string, spec: RunSpec): Promise<TuningRecord | undefined> {
  return readTuningFile(tuningPath(runs, spec));
}

/** @throws RunError if the file exists and is not the record of a tuning stage */
export async function readTuningFile(path: string): Promise<TuningRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record = tuningSchema.parse(JSON.parse(text));
    if (record.id === tuningIdOf(record.spec)) return record;
  } catch {
    // Said below, as for a record whose spec has another id.
  }
  throw new RunError(`${path} is not the record of a tuning stage; remove it and run again.`);
}

export async function writeTuning(runs: string, record: TuningRecord): Promise<TuningRecord> {
  const checked = tuningSchema.parse(record);
  await writeWhole(tuningPath(runs, record.spec), `${JSON.stringify(checked, null, 2)}\n`);
  return checked;
}

/** What a finished run leaves beside its record. */
export interface Arrays {
  predictions: Uint8Array;
  groups: GroupResults;
}

/** Writes the arrays beside a record, first: a record is never without its files. */
async function writeArrays(path: string, { predictions, groups }: Arrays) {
  const save = async (extension: string, bytes: Uint8Array) => {
    const file = path.replace(/\.json$/, extension);
    await writeWhole(file, bytes);
    return { file: basename(file), sha256: sha256(bytes) };
  };
  return {
    predictions: await save('.npy', encodeNpy(Uint8Array.from(predictions), [predictions.length])),
    groups: await save('.groups.npy', encodeGroups(groups)),
  };
}

/** Writes the record of a run, with its arrays. */
export async function writeRecord(
  runs: string,
  record: Omit<RunRecord, 'predictions' | 'groups'>,
  arrays?: Arrays,
): Promise<RunRecord> {
  const path = recordPath(runs, record.spec);
  const named = arrays && (await writeArrays(path, arrays));
  const checked = recordSchema.parse({ ...record, ...named });
  await writeWhole(path, `${JSON.stringify(checked, null, 2)}\n`);
  return checked;
}

/** Writes the record of a run that was tested beyond its length, with its arrays. */
export async function writeLength(
  runs: string,
  record: Omit<LengthRecord, 'predictions' | 'groups'>,
  arrays: Arrays,
): Promise<LengthRecord> {
  const path = lengthPath(runs, record.spec, record.factor);
  const checked = lengthSchema.parse({ ...record, ...(await writeArrays(path, arrays)) });
  await writeWhole(path, `${JSON.stringify(checked, null, 2)}\n`);
  return checked;
}

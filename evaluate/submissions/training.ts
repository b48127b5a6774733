/**
 * Trains a submitted mixer under every regime, in a guarded process, and believes as little of it as
 * it can: the record must be of the run that was asked for, and its predictions are scored again here.
 *
 * What stays possible: the file runs in the process that trains, so that code written to cheat could
 * read the test labels there. Whoever merges an architecture reads it first.
 */
import { type Regime, boardRegimes } from '../../core/vocabulary.ts';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { readNpy } from '../../core/npy.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { type RunRecord } from '../../leaderboards/records/schema.ts';
import { messageOf } from '../../core/errors.ts';
import { writeWhole } from '../../core/files.ts';
import type { Tick } from '../runs/execute.ts';
import { provenanceOf } from '../runs/provenance.ts';
import { taskOf } from '../runs/record.ts';
import { benchmarkVersion, idOf } from '../plan/spec.ts';
import { presetOf } from '../plan/tiers.ts';
import type { Arrays } from '../runs/store.ts';
import type { Checked } from './check.ts';
import { publishedData, type DataPlace } from './data.ts';
import { SubmissionError } from './errors.ts';
import { guarded } from './guarded.ts';
import { scoreTest, verificationOf } from './record.ts';
import type { TrainingOrder, TrainingTick } from './trainingChild.ts';

export const trainingLimits = { seconds: 6 * 3600, bytes: 16 * 2 ** 30 };

export interface TrainingRun {
  task: string;
  regime: Regime;
  seed: number;
}

export type CheckedArchitecture = Extract<Checked, { kind: 'architecture' }>;

/** Every run of a submission: tasks × regimes × seeds. */
export function runsOf({ submission: { tasks, seeds } }: CheckedArchitecture): TrainingRun[] {
  return tasks.flatMap((task) =>
    boardRegimes.flatMap((regime) => seeds.map((seed) => ({ task, regime, seed }))),
  );
}

interface TrainOptions extends DataPlace {
  threads: number;
  command: string;
  onTick(tick: Tick): void;
  stop?: AbortSignal | undefined;
}

/**
 * Does one run; an interrupted one goes on from its checkpoint.
 *
 * @throws SubmissionError where the mixer does not work, breaks a limit, or its record is not true
 */
export async function train(
  { submission, sha256, source }: CheckedArchitecture,
  { task, regime, seed }: TrainingRun,
  { threads, command, onTick, stop, ...place }: TrainOptions,
): Promise<{ record: Omit<RunRecord, 'predictions' | 'groups'>; arrays?: Arrays }> {
  const { name, tier, options, file } = submission;
  const data = await publishedData(task, tier, place);
  const scratch = resolve(place.work, 'submissions', `${name}-${sha256.slice(0, 12)}`);
  const runs = join(scratch, 'runs', `${task}-${regime}-${seed}`);
  await rm(runs, { recursive: true, force: true });
  await mkdir(runs, { recursive: true });
  const copy = join(scratch, 'mixer.ts');
  await writeWhole(copy, source);
  const order: TrainingOrder = {
    mixer: pathToFileURL(copy).href,
    ...{ name, options, task, tier, regime, seed, threads },
    place: { runs, work: join(scratch, 'work'), data: resolve(data.dir) },
  };
  const wrong = (field: string, problem: string) => new SubmissionError(file, field, problem);
  const script = new URL('./trainingChild.ts', import.meta.url);
  await guarded(
    { script, reads: [resolve(data.dir)], writes: [scratch], ...trainingLimits, stop },
    order,
    (message) => onTick((message as TrainingTick).tick),
  ).catch((error: unknown) => {
    if (stop?.aborted) throw error;
    throw wrong('the mixer', `does not train: ${messageOf(error).replace(/\.$/, '')}`);
  });

  const found = readRecords(runs);
  const made = found[0]?.record;
  if (found.length !== 1 || !made) throw wrong('the record', 'is not there, expected one');
  const { size, protocol } = presetOf(task, tier, data.meta.shape.maskRatio);
  const asked = {
    benchmark: benchmarkVersion,
    task,
    tier,
    taskOptions: {},
    dataSeed: 0,
    model: name,
    size,
    regime,
    seed,
    protocol,
  };
  const spec = { ...asked, modelOptions: made.spec.modelOptions };
  if (!isDeepStrictEqual(made.spec, spec) || made.id !== idOf(spec))
    throw wrong('the record', 'is of another run than the one that was asked for');
  if (!isDeepStrictEqual(made.task, taskOf(data.meta)))
    throw wrong('the record', 'is of other data than the board has');
  const { engine, device } = made.provenance;
  const record = {
    ...made,
    model: { ...made.model, title: submission.title, family: submission.family },
    verification: verificationOf(submission, 'trained-here', sha256),
    provenance: provenanceOf({ name: engine, device }, threads, command),
  };
  if (!made.result) return { record };
  delete (record as Partial<RunRecord>).predictions;
  delete (record as Partial<RunRecord>).groups;
  const { data: read } = await readNpy(join(runs, found[0]!.file).replace(/\.json$/, '.npy'));
  const predictions = Uint8Array.from(read);
  const split = await data.split('test');
  if (predictions.length !== split.count)
    throw wrong('the predictions', `are ${predictions.length}, expected ${split.count}`);
  const { groups, result } = scoreTest(predictions, split, data.meta.shape);
  const { test, distances } = made.result;
  if (!isDeepStrictEqual({ test, distances }, result))
    throw wrong('the record', 'has other figures than its predictions give');
  return { record, arrays: { predictions, groups } };
}

/** Removes what a submission's runs left besides their records. */
export async function dropScratch(
  { submission, sha256 }: CheckedArchitecture,
  work: string,
): Promise<void> {
  await rm(resolve(work, 'submissions', `${submission.name}-${sha256.slice(0, 12)}`), {
    recursive: true,
    force: true,
  });
}

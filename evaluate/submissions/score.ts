/** Carries a checked submission out, result by result, and writes the records. */
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunRecord, Verification } from '../../leaderboards/records/schema.ts';
import type { TuningRecord } from '../../leaderboards/records/tuning.ts';
import type { SubmittedResult } from '../../leaderboards/records/submission.ts';
import { RunError } from '../../core/errors.ts';
import { tryFolder } from '../../core/folders.ts';
import type { Tick } from '../runs/execute.ts';
import { readRecord, recordPath, writeRecord, writeTuning, type Arrays } from '../runs/store.ts';
import { cpuDevice } from '../engine/device.ts';
import type { Checked } from './check.ts';
import { freshTest, publishedData } from './data.ts';
import { SubmissionError } from './errors.ts';
import { infer, type InferenceLimits } from './inference.ts';
import { recordOf, scoreTest, specOf, verificationOf, type Scores } from './record.ts';
import { dropScratch, runsOf, train } from './training.ts';

export interface PerformOptions {
  /** Folder of the records. */
  out: string;
  /** Folder of data sets and scratch files. */
  work: string;
  sources?: string | undefined;
  threads: number;
  /** Replaces records of other files under the same name. */
  force: boolean;
  /** Repeats it. */
  command: string;
  /** Seed of the fresh test split of models; taken from the clock where absent. */
  freshSeed?: number | undefined;
  limits?: InferenceLimits | undefined;
  /** Called before each result. */
  onStart(label: string): void;
  onTick(label: string, tick: Tick): void;
  /** @param before whether the record was there already, so that nothing was run */
  onEnd(label: string, record: RunRecord, before: boolean): void;
  stop?: AbortSignal | undefined;
}

type Run = Pick<SubmittedResult, 'task' | 'tier' | 'regime' | 'seed'>;

interface Job {
  run: Run;
  /** Of the submitted file. */
  sha256: string;
  make(onTick: (tick: Tick) => void): Promise<Made>;
}

/** The records of a submission, those that were there already among them. */
export async function performSubmission(
  checked: Checked,
  options: PerformOptions,
): Promise<RunRecord[]> {
  await tryFolder(options.out, 'records');
  await tryFolder(options.work, 'data sets and scratch files');
  const records: RunRecord[] = [];
  for (const { run, sha256, make } of jobsOf(checked, options)) {
    const label = `${run.task} ${run.regime} ${run.seed}`;
    const before = await recordedBefore(checked, run, sha256, options);
    let record = before;
    if (!record) {
      options.onStart(label);
      const made = await make((tick) => options.onTick(label, tick));
      if (made.tuning) await writeTuning(options.out, made.tuning);
      record = await keep(made.record, made.arrays, options);
    }
    options.onEnd(label, record, before !== undefined);
    records.push(record);
  }
  if (checked.kind === 'architecture') await dropScratch(checked, options.work);
  return records;
}

function jobsOf(checked: Checked, options: PerformOptions): Job[] {
  if (checked.kind !== 'architecture') {
    return checked.files.map(({ result, sha256 }, i) => ({
      run: result,
      sha256,
      make: () =>
        checked.kind === 'model'
          ? runModel(checked, i, options)
          : scorePredictions(checked, i, options),
    }));
  }
  const { tier } = checked.submission;
  return runsOf(checked).map((run) => ({
    run: { ...run, tier },
    sha256: checked.sha256,
    make: (onTick) => train(checked, run, { ...options, onTick }),
  }));
}

interface Made {
  record: Omit<RunRecord, 'predictions' | 'groups'>;
  /** None where a training diverged. */
  arrays?: Arrays;
  /** The stage that chose the learning rate of a training here. */
  tuning?: TuningRecord | undefined;
}

async function scorePredictions(
  { submission, files }: Extract<Checked, { kind: 'predictions' }>,
  index: number,
  options: PerformOptions,
): Promise<Made> {
  const started = new Date();
  const { result, sha256, predictions } = files[index]!;
  const data = await publishedData(result.task, result.tier, options);
  const { shape } = data.meta;
  const scores = scoreTest(predictions, await data.split('test'), shape);
  const record = recordOf(
    submission,
    data,
    specOf(submission, result, shape.maskRatio),
    result.budget,
    scores.result,
    verificationOf(submission, 'self-reported', sha256),
    {
      started,
      engine: 'submitted predictions',
      device: 'not known',
      command: options.command,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    },
  );
  return { record, arrays: { predictions, groups: scores.groups } };
}

async function runModel(
  { submission, files }: Extract<Checked, { kind: 'model' }>,
  index: number,
  options: PerformOptions,
): Promise<Made> {
  const started = new Date();
  const { result, sha256, bytes, facts } = files[index]!;
  const { task, tier, file } = result;
  const data = await publishedData(task, tier, options);
  const { shape } = data.meta;
  const { classes } = shape;
  // Chosen only now that the file is fixed by its checksum.
  const freshSeed = options.freshSeed ?? Date.now();
  const fresh = await freshTest(task, tier, freshSeed, options);
  const test = await data.split('test');
  const { limits } = options;
  const { predictions, peakBytes } = await infer(file, { bytes, facts }, [test, fresh], {
    classes,
    ...(limits && { limits }),
  });
  const published = scoreTest(predictions[0]!, test, shape);
  const unseen = scoreTest(predictions[1]!, fresh, shape);
  refuseMemorised(file, published.result, unseen.result);
  const verification: Verification = {
    ...verificationOf(submission, 'inference-verified', sha256),
    floats: facts.floats,
    fresh: { seed: freshSeed, ...unseen.result },
  };
  const record = recordOf(
    submission,
    data,
    specOf(submission, result, shape.maskRatio),
    result.budget,
    published.result,
    verification,
    {
      started,
      engine: 'onnx-cpu',
      device: `${cpuDevice()}, 1 thread`,
      command: `${options.command} --fresh-seed ${freshSeed}`,
      peakBytes,
    },
  );
  return { record, arrays: { predictions: predictions[0]!, groups: published.groups } };
}

type Result = Scores['result'];

/** A model that knows the published examples by heart is better at them than at others. */
function refuseMemorised(file: string, { test }: Result, { test: fresh }: Result): void {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  if (test.interval[0] > fresh.interval[1])
    throw new SubmissionError(
      file,
      'the model',
      `gets ${percent(test.accuracy)} of the published test split, but ${percent(fresh.accuracy)} of one that it had not seen, expected the same within the 95 % intervals`,
    );
}

/** The record of the same file; @throws RunError where the name's record is of another file. */
async function recordedBefore(
  { submission }: Checked,
  run: Run,
  sha256: string,
  { out, force }: PerformOptions,
): Promise<RunRecord | undefined> {
  for (const path of await recordsOf(out, submission.name, run)) {
    const record = await readRecord(path);
    if (!record || force) continue;
    if (record.verification?.file === sha256) return record;
    throw new RunError(
      `${path} is the record of another file; choose another name in submission.json, or replace it with --force.`,
    );
  }
  return undefined;
}

/** Paths of the records of that name and run, whatever their options. */
async function recordsOf(
  out: string,
  name: string,
  { task, tier, regime, seed }: Run,
): Promise<string[]> {
  const folder = join(out, tier, task);
  const files = await readdir(folder).catch(() => []);
  const pattern = new RegExp(`^${name}-${regime}-${seed}-[0-9a-f]{12}\\.json$`);
  return files.filter((file) => pattern.test(file)).map((file) => join(folder, file));
}

/** Writes a record in the place of others of the same name and run. */
async function keep(
  record: Omit<RunRecord, 'predictions' | 'groups'>,
  arrays: Made['arrays'],
  { out }: PerformOptions,
): Promise<RunRecord> {
  const { spec } = record;
  const path = recordPath(out, spec);
  const written = await writeRecord(out, record, arrays);
  for (const other of await recordsOf(out, spec.model, spec)) {
    if (other === path || dirname(other) !== dirname(path)) continue;
    await rm(other, { force: true });
    for (const extension of ['.npy', '.groups.npy'])
      await rm(other.replace(/\.json$/, extension), { force: true });
  }
  return written;
}

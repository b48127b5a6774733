/**
 * Trains a submitted mixer under every regime, in a guarded process, with the ruleset of the boards: its
 * learning rate is chosen on validation, from the same grid as all. It believes as little of it as
 * it can: the records must be of what was asked for, and the predictions are scored again here.
 *
 * What stays possible: the file runs in the process that trains, so that code written to cheat could
 * read the test labels there. Whoever merges an architecture reads it first.
 */
import { type Regime, type Tier, boardRegimes } from '../../core/vocabulary.ts';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { readNpy } from '../../core/npy.ts';
import type { Dataset } from '../../generators/store/dataset.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/records/schema.ts';
import type { Architecture } from '../../leaderboards/records/submission.ts';
import { tuningFolder, type TuningRecord } from '../../leaderboards/records/tuning.ts';
import { messageOf } from '../../core/errors.ts';
import { writeWhole } from '../../core/files.ts';
import type { Tick } from '../runs/execute.ts';
import { provenanceOf } from '../runs/provenance.ts';
import { taskOf } from '../runs/record.ts';
import { readTuningFile, writeTuning, type Arrays } from '../runs/store.ts';
import { benchmarkVersion, idOf, tuningSpecOf } from '../plan/spec.ts';
import { presetOf } from '../plan/tiers.ts';
import { chooseRate } from '../training/tune.ts';
import type { Checked } from './check.ts';
import { publishedData, type DataPlace } from './data.ts';
import { SubmissionError } from './errors.ts';
import { guarded } from './guarded.ts';
import { scoreTest, verificationOf } from './record.ts';
import type { TrainingEnd, TrainingOrder, TrainingTick } from './trainingChild.ts';

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

interface Trained {
  record: Omit<RunRecord, 'predictions' | 'groups'>;
  /** None where the training diverged. */
  arrays?: Arrays;
  /** None where the loss diverged at every learning rate. */
  tuning?: TuningRecord | undefined;
}

/**
 * Does one run, and first the tuning stage of its task, where no earlier run did; an interrupted one
 * goes on from its checkpoint.
 *
 * @throws SubmissionError where the mixer does not work, breaks a limit, or its record is not true
 */
export async function train(
  checked: CheckedArchitecture,
  run: TrainingRun,
  options: TrainOptions,
): Promise<Trained> {
  const { submission, sha256 } = checked;
  const data = await publishedData(run.task, submission.tier, options);
  const tuning = await tuningOf(checked, run, data, options);
  const asked = { kind: 'run', ...run, tuning } as const;
  const { runs, leastState } = await execute(checked, asked, data, options);
  const wrong = wrongIn(checked);
  const found = readRecords(runs);
  const made = found[0]?.record;
  if (found.length !== 1 || !made) throw wrong('the record', 'is not there, expected one');
  const spec = specOf(submission, run, data, made.spec.modelOptions);
  if (!isDeepStrictEqual(made.spec, spec) || made.id !== idOf(spec))
    throw wrong('the record', 'is of another run than the one that was asked for');
  if (!isDeepStrictEqual(made.task, taskOf(data.meta)))
    throw wrong('the record', 'is of other data than the board has');
  if (
    made.tuning !== tuning?.id ||
    (made.result?.learningRate ?? tuning?.learningRate) !== tuning?.learningRate
  )
    throw wrong('the record', 'has another learning rate than the tuning stage chose');
  const { engine, device } = made.provenance;
  const record = {
    ...made,
    model: { ...made.model, title: submission.title, family: submission.family },
    verification: { ...verificationOf(submission, 'trained-here', sha256), leastState },
    provenance: provenanceOf({ name: engine, device }, options.threads, options.command),
  };
  if (!made.result) return { record, tuning };
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
  return { record, arrays: { predictions, groups }, tuning };
}

/** The tuning stage of a task: as an earlier run left it, else done now and judged. */
async function tuningOf(
  checked: CheckedArchitecture,
  run: TrainingRun,
  data: Dataset,
  options: TrainOptions,
): Promise<TuningRecord | undefined> {
  const { submission } = checked;
  const { judged } = placesOf(checked, options.work);
  const before = await onlyTuning(judged, submission.tier, run.task);
  if (before) return before;
  const wrong = wrongIn(checked);
  const { runs } = await execute(checked, { kind: 'tuning', ...run }, data, options);
  const made = await onlyTuning(runs, submission.tier, run.task);
  if (!made) return undefined;
  const spec = tuningSpecOf(specOf(submission, run, data, made.spec.modelOptions));
  const rates = made.trials.map(({ learningRate }) => learningRate);
  if (!isDeepStrictEqual(made.spec, spec) || !isDeepStrictEqual(rates, spec.protocol.learningRates))
    throw wrong('the tuning stage', 'is another than the one that was asked for');
  const isFound = made.trials.some(({ found }) => found);
  const { learningRate: tierRate } = spec.protocol;
  if (!isFound || made.learningRate !== chooseRate(made.trials, made.examples, tierRate))
    throw wrong('the tuning stage', 'chose another learning rate than its figures give');
  const { engine, device } = made.provenance;
  return writeTuning(judged, {
    ...made,
    provenance: provenanceOf({ name: engine, device }, options.threads, options.command),
  });
}

/** The tuning record of a task below a folder of records, which has no other. */
async function onlyTuning(
  runs: string,
  tier: Tier,
  task: string,
): Promise<TuningRecord | undefined> {
  const folder = join(runs, tuningFolder, tier, task);
  const [file] = await readdir(folder).catch(() => []);
  return file === undefined ? undefined : readTuningFile(join(folder, file));
}

/** Has a guarded process do a run or a tuning stage. @returns also the folder of what it recorded */
async function execute(
  checked: CheckedArchitecture,
  asked: TrainingRun & { kind: TrainingOrder['kind']; tuning?: TuningRecord | undefined },
  data: Dataset,
  { threads, onTick, stop, work }: TrainOptions,
): Promise<TrainingEnd & { runs: string }> {
  const { name, tier, options } = checked.submission;
  const { kind, task, regime, seed, tuning } = asked;
  const { scratch } = placesOf(checked, work);
  const runs = join(scratch, 'runs', kind === 'run' ? `${task}-${regime}-${seed}` : task);
  await rm(runs, { recursive: true, force: true });
  await mkdir(runs, { recursive: true });
  if (tuning) await writeTuning(runs, tuning);
  const copy = join(scratch, 'mixer.ts');
  await writeWhole(copy, checked.source);
  const order: TrainingOrder = {
    mixer: pathToFileURL(copy).href,
    ...{ kind, name, options, task, tier, regime, seed, threads },
    place: { runs, work: join(scratch, 'work'), data: resolve(data.dir) },
  };
  const script = new URL('./trainingChild.ts', import.meta.url);
  const { end } = await guarded<TrainingEnd>(
    { script, reads: [resolve(data.dir)], writes: [scratch], ...trainingLimits, stop },
    order,
    (message) => onTick((message as TrainingTick).tick),
  ).catch((error: unknown) => {
    if (stop?.aborted) throw error;
    const problem = `does not train: ${messageOf(error).replace(/\.$/, '')}`;
    throw wrongIn(checked)('the mixer', problem);
  });
  return { runs, leastState: end.leastState };
}

/** The run that is asked for, under the ruleset of the boards. */
function specOf(
  { name, tier }: Architecture,
  { task, regime, seed }: TrainingRun,
  { meta }: Dataset,
  modelOptions: RunSpec['modelOptions'],
): RunSpec {
  const { size, protocol, tuning } = presetOf(task, tier, meta.shape.maskRatio);
  return {
    benchmark: benchmarkVersion,
    ...{ task, tier, taskOptions: {}, dataSeed: 0 },
    ...{ model: name, modelOptions, size, regime, seed },
    protocol: { ...protocol, ...tuning },
  };
}

const wrongIn =
  ({ submission }: CheckedArchitecture) =>
  (field: string, problem: string) =>
    new SubmissionError(submission.file, field, problem);

/** Folders of a submitted file: what its process may write, and what was judged, out of its reach. */
function placesOf({ submission, sha256 }: CheckedArchitecture, work: string) {
  const own = resolve(work, 'submissions', `${submission.name}-${sha256.slice(0, 12)}`);
  return { own, scratch: join(own, 'scratch'), judged: join(own, 'judged') };
}

/** Removes what a submission's runs left besides their records. */
export async function dropScratch(checked: CheckedArchitecture, work: string): Promise<void> {
  await rm(placesOf(checked, work).own, { recursive: true, force: true });
}

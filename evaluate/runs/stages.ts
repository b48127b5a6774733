/** The stages that runs share: the tuning of a learning rate, and pretraining. */
import { removeTemporaries } from '../../core/files.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import type { TuningRecord } from '../../leaderboards/records/tuning.ts';
import { pretrainingIdOf, tuningIdOf, tuningSpecOf } from '../plan/spec.ts';
import {
  dropCheckpoint,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
} from '../training/checkpoint.ts';
import { DivergedError } from '../training/phase.ts';
import { pretrain } from '../training/pretrain.ts';
import { tune } from '../training/tune.ts';
import {
  hooksFor,
  openBench,
  resumeFrom,
  shared,
  type Bench,
  type Circumstances,
} from './bench.ts';
import { tuningCommandOf } from '../plan/spec.ts';
import { provenanceOf } from './provenance.ts';
import { timingOf } from './record.ts';
import {
  pretrainedPath,
  pretrainingCheckpointPath,
  readTuning,
  tuningCheckpointPath,
  tuningPath,
  writeTuning,
} from './store.ts';

/** Does a stage by itself, for the runs that need it. */
export async function executeStage(
  kind: 'tuning' | 'pretraining',
  spec: RunSpec,
  circumstances: Circumstances,
): Promise<void> {
  const bench = await openBench(spec, circumstances);
  const stage =
    kind === 'tuning' ? tuned(bench) : pretrained(bench, (await tuned(bench))?.learningRate);
  await stage.catch((error: unknown) => {
    // A divergence is the result of each run that needs the stage, and each finds it by itself.
    if (!(error instanceof DivergedError)) throw error;
  });
}

/**
 * The tuning stage of a run: read if it is done, else done now. Undefined under the ruleset `fixed`.
 *
 * @throws DivergedError if the loss diverged at every learning rate
 */
export async function tuned(bench: Bench): Promise<TuningRecord | undefined> {
  const id = tuningIdOf(bench.spec);
  if (id === undefined) return undefined;
  return shared(
    bench,
    { id, name: 'tuning' },
    () => readTuning(bench.place.runs, bench.spec),
    () => makeTuning(bench, id),
  );
}

async function makeTuning(bench: Bench, id: string): Promise<TuningRecord> {
  const { place, dataset, model, engine, microBatch, threads } = bench;
  const spec = tuningSpecOf(bench.spec);
  const { learningRates: rates, tuningSteps: steps } = spec.protocol;
  if (!rates || steps === undefined) throw new RangeError(`spec ${id} has no tuning stage`);
  const path = tuningCheckpointPath(place.work, spec);
  const { hooks } = hooksFor(path, id, bench, ({ trials, step }) => ({
    phase: 'tune',
    done: trials.length * steps + step,
    of: rates.length * steps,
  }));
  const from = await resumeFrom(path, id, bench);
  const training = { spec, model, dataset, engine, steps, from, microBatch };
  const { trials, learningRate, examples, progress } = await tune(training, rates, hooks);
  const record = await writeTuning(place.runs, {
    schema: 1,
    id,
    spec,
    learningRate,
    examples,
    trials: trials.map(({ curve, ...trial }) => ({
      ...trial,
      curve: curve.map(({ step, loss, validation }) => ({
        step,
        loss,
        ...(validation !== undefined && { validation }),
      })),
    })),
    provenance: provenanceOf(engine, threads, tuningCommandOf(bench.spec)),
    timing: timingOf(progress),
  });
  await dropCheckpoint(path);
  await removeTemporaries([path, tuningPath(place.runs, spec)]);
  return record;
}

/** The pretraining that a run starts from: read if it is done, else done now and kept for others. */
export async function pretrained(
  bench: Bench,
  learningRate: number | undefined,
): Promise<Checkpoint> {
  const { spec, place, dataset, model, engine, microBatch } = bench;
  const id = pretrainingIdOf(spec);
  const path = pretrainedPath(place.work, spec);
  return shared(
    bench,
    { id, name: 'pretraining' },
    () => readCheckpoint(path, id, bench.onNote),
    async () => {
      const checkpoint = pretrainingCheckpointPath(place.work, spec);
      const { hooks } = hooksFor(checkpoint, id, bench);
      const from = await resumeFrom(checkpoint, id, bench);
      const made = await pretrain({
        ...{ spec, model, dataset, engine },
        ...{ hooks, from, microBatch, learningRate },
      });
      await writeCheckpoint(path, id, made);
      await dropCheckpoint(checkpoint);
      await removeTemporaries([path, checkpoint]);
      return made;
    },
  );
}

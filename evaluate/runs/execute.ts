/** Does one run in this process, from its spec to its record on disk; goes on from its checkpoint. */
import { readFile } from 'node:fs/promises';
import { removeTemporaries, writeWhole } from '../../core/files.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/records/schema.ts';
import type { TuningRecord } from '../../leaderboards/records/tuning.ts';
import { isMatched } from '../training/regimes.ts';
import { commandOf, idOf, sptSpecOf } from '../plan/spec.ts';
import { dropCheckpoint, freshProgress, type Progress } from '../training/checkpoint.ts';
import { tokensOf } from '../training/objectives.ts';
import { DivergedError } from '../training/phase.ts';
import { classifierLayout } from '../training/programs.ts';
import { trainAndTest } from '../training/train.ts';
import { encodeTrained } from '../training/trained.ts';
import {
  hooksFor,
  openBench,
  resumeFrom,
  shared,
  type Bench,
  type Circumstances,
} from './bench.ts';
import { provenanceOf } from './provenance.ts';
import { recordOf, type Ending } from './record.ts';
import { pretrained, tuned } from './stages.ts';
import {
  checkpointPath,
  readRecord,
  recordPath,
  runFiles,
  spentPath,
  trainedPath,
  writeRecord,
} from './store.ts';

export { StoppedError, type Circumstances, type Place, type Tick } from './bench.ts';
export { executeStage } from './stages.ts';

/**
 * Trains, tests and writes the record of `spec`; first does what it needs and nobody has done: its
 * tuning stage, its pretraining, the run of `spt` whose token-steps it matches.
 *
 * A diverged run is a result: it is recorded with its reason. Every other error is thrown, and the
 * checkpoint stays for another attempt.
 *
 * @throws StoppedError if it was asked to stop
 */
export async function execute(spec: RunSpec, circumstances: Circumstances): Promise<RunRecord> {
  const bench = await openBench(spec, circumstances);
  const { dataset, model, place, engine, threads, microBatch } = bench;
  const path = checkpointPath(place.work, spec);
  const { hooks, seen } = hooksFor(path, idOf(spec), bench);
  let ending: Ending;
  let progress: Progress;
  let tuning: TuningRecord | undefined;
  let beforeLabels: RunRecord['beforeLabels'];
  try {
    tuning = await tuned(bench);
    const learningRate = tuning?.learningRate;
    const start = spec.regime === 'spt' ? await pretrained(bench, learningRate) : undefined;
    beforeLabels = start?.progress.beforeLabels;
    const steps = isMatched(spec.regime) ? await matchedSteps(bench) : undefined;
    const from = await resumeFrom(path, idOf(spec), bench);
    const outcome = await trainAndTest(
      {
        ...{ spec, model, dataset, engine, microBatch },
        ...{ learningRate, steps, pretrained: start, from },
      },
      hooks,
    );
    ({ progress } = outcome);
    ending = { status: 'done', outcome };
    const trained = encodeTrained(classifierLayout(model), outcome.parameters, idOf(spec));
    await writeWhole(trainedPath(place.work, spec), trained);
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    progress = seen.latest ?? freshProgress('train');
    ending = { status: 'diverged', reason: error.message };
  }
  const record = await writeRecord(
    place.runs,
    recordOf({
      ...{ spec, meta: dataset.meta, model, progress, ending, tuning, beforeLabels },
      provenance: provenanceOf(engine, threads, commandOf(spec)),
    }),
    ending.status === 'done' ? ending.outcome : undefined,
  );
  if (spec.regime === 'spt') await writeSpent(bench, record);
  await dropCheckpoint(path);
  await removeTemporaries(runFiles(place, spec));
  return record;
}

/** Steps that take as many token-steps as `spt` of the same seed took in both phases. */
async function matchedSteps(bench: Bench): Promise<number> {
  const { spec, place, dataset } = bench;
  const spt = sptSpecOf(spec);
  const spent = await shared(
    bench,
    { id: idOf(spt), name: 'run of spt' },
    async () => {
      const record = await readRecord(recordPath(place.runs, spt));
      return record?.budget.total ?? (await readSpent(spentPath(place.work, spt)));
    },
    async () => (await execute(spt, bench)).budget.total,
  );
  return Math.max(1, Math.round(spent / (spec.protocol.batch * tokensOf(dataset.meta))));
}

/** Keeps the token-steps of a run of `spt` for matched runs whose records go to another folder. */
async function writeSpent({ spec, place }: Bench, { budget }: RunRecord): Promise<void> {
  await writeWhole(spentPath(place.work, spec), `${budget.total}\n`);
}

async function readSpent(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  // The end of its line shows that the number is whole.
  return /^[1-9]\d*\n$/.test(text) ? Number(text) : undefined;
}

/**
 * Tests a trained run at a multiple of its length: the model is built anew at that length, with the
 * parameters that the run kept, and answers the test split of a longer data set. Nothing is trained.
 */
import { readFile } from 'node:fs/promises';
import { RunError, messageOf } from '../../core/errors.ts';
import { sha256, shortHash } from '../../core/hash.ts';
import { ensureDataset, openDataset, type Dataset } from '../../generators/store/dataset.ts';
import { verifyDataset } from '../../generators/verify/dataset.ts';
import type { LengthRecord } from '../../leaderboards/records/length.ts';
import type { RunRecord, RunSpec } from '../../leaderboards/records/schema.ts';
import { createModel } from '../../models/backbone/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import type { Engine, Program } from '../engine/engine.ts';
import { memoryLimit, programBytes } from '../engine/memory.ts';
import { longerOptions } from '../plan/lengths.ts';
import { canonical } from '../plan/spec.ts';
import { groupsOf, score, scoreByDistance } from '../training/predict.ts';
import { predictTest } from '../training/predictTest.ts';
import { classifierLayout, predictProgram } from '../training/programs.ts';
import { decodeTrained } from '../training/trained.ts';
import { provenanceOf } from './provenance.ts';
import { taskOf } from './record.ts';
import { writeLength } from './store.ts';

/** The data set at a multiple of a run's length, made where it is missing, its certificates verified. */
export async function longerData(
  spec: Pick<RunSpec, 'task' | 'tier' | 'taskOptions' | 'dataSeed'>,
  factor: number,
  places: { cache: string; sources?: string | undefined },
): Promise<Dataset> {
  const { task, tier, dataSeed: seed } = spec;
  const options = longerOptions(spec, factor);
  const folder = await ensureDataset({ task, tier, seed, options, ...places });
  const broken = (await verifyDataset(folder, places)).find(({ holds }) => !holds);
  if (broken)
    throw new RunError(
      `The data set ${folder} breaks the rule "${broken.rule}": ${broken.detail}; remove it and test again.`,
    );
  return openDataset(folder);
}

export interface LongerTest {
  /** The run: done, with its result. */
  run: RunRecord;
  factor: number;
  /** From `longerData`. */
  dataset: Dataset;
  /** File of the parameters that the run was tested with. */
  trained: string;
  /** Folder of the records. */
  runs: string;
  engine: Engine;
  threads: number;
  /** Repeats it. */
  command: string;
  onTick?: ((done: number, count: number) => void) | undefined;
}

/** @returns the record, which is written */
export async function testLonger(test: LongerTest): Promise<LengthRecord> {
  const { run, factor, dataset, engine } = test;
  const { spec } = run;
  const { meta } = dataset;
  const { shape } = meta;
  const started = new Date();
  const model = createModel(findMixer(spec.model), spec.modelOptions, shape, spec.size);
  const layout = classifierLayout(model);
  const file = await readFile(test.trained);
  let parameters: Float32Array;
  try {
    parameters = decodeTrained(layout, file, run.id);
  } catch (error) {
    throw new RunError(`${test.trained} cannot be used: ${messageOf(error)}.`);
  }
  const length = shape.documents * shape.length;
  const program = (batch: number) => predictProgram(model, { batch, length });
  const batch = fittingBatch(program, spec.protocol.batch, memoryLimit() / 2);
  const predictor = await engine.compile(program(batch));
  const split = await dataset.split('test');
  const predictions = await predictTest(predictor, parameters, split, (done) =>
    test.onTick?.(done, split.count),
  );
  await predictor.dispose();
  const groups = groupsOf(predictions, split, shape);
  const taskOptions = longerOptions(spec, factor);
  const ended = new Date();
  return writeLength(
    test.runs,
    {
      schema: 1,
      id: shortHash(canonical({ run: run.id, taskOptions })),
      run: run.id,
      ...{ spec, factor, taskOptions },
      task: taskOf(meta),
      model: {
        ...run.model,
        stateSize: model.stateSize,
        reach: Number.isFinite(model.reach) ? model.reach : null,
      },
      parameters: sha256(file),
      result: { test: score(groups), distances: scoreByDistance(groups, shape.distances) },
      provenance: {
        ...provenanceOf(engine, test.threads, test.command),
        ...(batch < spec.protocol.batch && { microBatch: batch }),
      },
      timing: {
        started: started.toISOString(),
        ended: ended.toISOString(),
        seconds: Math.round((ended.getTime() - started.getTime()) / 100) / 10,
        peakBytes: process.resourceUsage().maxRSS * 1024,
      },
    },
    { predictions, groups },
  );
}

/**
 * Examples per call: the batch, halved until the prediction of its memory is at most `limit` bytes. One
 * example is tried whatever it needs: the engine says by how much it does not fit.
 */
export function fittingBatch(
  program: (batch: number) => Program,
  most: number,
  limit: number,
): number {
  let batch = most;
  while (batch > 1 && programBytes(program(batch)) > limit) batch = Math.ceil(batch / 2);
  return batch;
}

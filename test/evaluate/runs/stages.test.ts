import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Regime } from '../../../core/vocabulary.ts';
import { openEngine } from '../../../evaluate/engine/open.ts';
import type { Engine } from '../../../evaluate/engine/engine.ts';
import { linesOf } from '../../../evaluate/plan/manifest.ts';
import { specsOf, tuningIdOf } from '../../../evaluate/plan/spec.ts';
import { mergeTunings } from '../../../evaluate/runs/collect.ts';
import { execute, executeStage, StoppedError } from '../../../evaluate/runs/execute.ts';
import { statesOf } from '../../../evaluate/runs/status.ts';
import { readRecord, readTuning, recordPath, spentPath } from '../../../evaluate/runs/store.ts';
import { ensureDataset } from '../../../generators/store/dataset.ts';
import type { RunRecord } from '../../../leaderboards/records/schema.ts';
import { chooseRate } from '../../../evaluate/training/tune.ts';
import type { RunSpec } from '../../../leaderboards/records/schema.ts';

let folder: string;
let data: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach-stages-'));
  data = await ensureDataset({ task: 'recall', tier: 'smoke', seed: 0, cache: folder });
  engine = await openEngine('onnx-cpu', { threads: 1 });
});
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

let place: { runs: string; work: string; data: string };
let attempt = 0;
beforeEach(() => {
  const own = join(folder, String(attempt++));
  place = { runs: join(own, 'runs'), work: join(own, 'work'), data };
});

const specFor = (regime: Regime) =>
  specsOf({
    ...{ tasks: ['recall'], models: [{ name: 'gated-deltanet', options: {} }], regimes: [regime] },
    ...{ seeds: [1], tier: 'smoke', ruleset: 'tuned', dataSeed: 0 },
    ...{ taskOptions: {}, modelOptions: {}, size: {} },
    protocol: {
      ...{ batch: 8, steps: 20, pretrainSteps: 6, tuningSteps: 4, lookEvery: 4, lookExamples: 32 },
      learningRates: [1e-4, 6e-3],
    },
  })[0]!;

const circumstances = () => ({ place, engine, threads: 1, onTick: () => {} });

/** A record without what may differ between two executions. */
const lasting = (record: RunRecord) => ({ ...record, timing: undefined });

describe('a matched run', () => {
  it('does first what it needs, and takes exactly the token-steps of spt', async () => {
    const spec = specFor('scratch-matched');
    const record = await execute(spec, circumstances());
    const spt = (await readRecord(recordPath(place.runs, specFor('spt'))))!;
    const tuning = (await readTuning(place.runs, spec))!;
    expect(record.budget.total).toBe(spt.budget.total);
    expect(spt.budget.pretrain).toBe(6 * 8 * 64);
    expect(record.result!.ending).toMatchObject({ reason: 'matched' });
    expect(record.result!.ending!.steps).toBe(6 + spt.result!.ending!.steps);
    // One choice for both, and for the pretraining.
    expect(tuning.learningRate).toBe(
      chooseRate(tuning.trials, tuning.examples, spec.protocol.learningRate),
    );
    for (const { result, tuning: id } of [record, spt]) {
      expect(result!.learningRate).toBe(tuning.learningRate);
      expect(result!.trials!.map(({ learningRate }) => learningRate)).toEqual([1e-4, 6e-3]);
      expect(id).toBe(tuningIdOf(spec));
    }
    const lines = linesOf([spec]);
    const states = await statesOf(lines, { out: place.runs, work: place.work });
    expect(states.map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done']);

    // Joint training takes as many, from a folder of its own, by what the work folder remembers.
    const joint = await execute(specFor('joint'), {
      ...circumstances(),
      place: { ...place, runs: join(place.work, 'elsewhere') },
    });
    expect(joint.budget.total).toBe(spt.budget.total);

    // A number that was cut is no number: the run of spt is done again.
    const spent = spentPath(place.work, specFor('spt'));
    await truncate(spent, 2);
    const again = await execute(specFor('joint'), {
      ...circumstances(),
      place: { ...place, runs: join(place.work, 'once more') },
    });
    expect(again.budget.total).toBe(spt.budget.total);
    expect(await readFile(spent, 'utf8')).toBe(`${spt.budget.total}\n`);
  });
});

/** Executes a run until so many steps are done, and stops it there. */
async function stopAfter(spec: RunSpec, steps: number): Promise<void> {
  const stop = new AbortController();
  let ticks = 0;
  const onTick = () => {
    if (++ticks === steps) stop.abort();
  };
  const stopped = execute(spec, { ...circumstances(), onTick, stop: stop.signal });
  await expect(stopped).rejects.toThrow(StoppedError);
}

describe('a tuning stage', () => {
  it('goes on where it was stopped, to the same record', async () => {
    const spec = specFor('scratch');
    const whole = await execute(spec, circumstances());
    const tuning = await readTuning(place.runs, spec);
    place = { ...place, runs: join(place.runs, 'again'), work: join(place.work, 'again') };
    // Stopped at its third step, then in the second trial, then once more in the run itself.
    for (const after of [3, 6, 5]) await stopAfter(spec, after);
    const resumed = await execute(spec, circumstances());
    expect(lasting(resumed)).toEqual(lasting(whole));
    const again = await readTuning(place.runs, spec);
    expect({ ...again, timing: undefined }).toEqual({ ...tuning, timing: undefined });
  });

  it('is done by itself for the runs after it, and is collected with them', async () => {
    const spec = specFor('spt');
    await executeStage('tuning', spec, circumstances());
    const other = join(place.work, 'collected');
    expect(await mergeTunings(place.runs, other)).toBe(1);
    expect(await mergeTunings(place.runs, other)).toBe(0);
    expect(await readTuning(other, spec)).toEqual(await readTuning(place.runs, spec));
  });
});

describe('pretraining on a signal', () => {
  it('says in the record what it predicts before any label, the same after every stop', async () => {
    const options = { signal: 'near', train: 8 };
    const spec = { ...specFor('spt'), taskOptions: options };
    const cache = { task: 'recall', tier: 'smoke', seed: 0, cache: folder } as const;
    place = { ...place, data: await ensureDataset({ ...cache, options }) };
    const whole = await execute(spec, circumstances());
    expect(whole.beforeLabels).toMatchObject({
      objective: 'next token',
      signal: { kind: 'near', distance: 8, pairs: 3 },
      overall: { count: 256, groups: 16 },
    });
    expect(whole.beforeLabels!.distances.map(({ distance }) => distance)).toEqual([16, 32]);
    expect(await readRecord(recordPath(place.runs, spec))).toEqual(whole);
    place = { ...place, runs: join(place.runs, 'again'), work: join(place.work, 'again') };
    // Stopped in tuning, in pretraining, at its last step, and in training.
    for (const after of [3, 9, 5, 4]) await stopAfter(spec, after);
    expect(lasting(await execute(spec, circumstances()))).toEqual(lasting(whole));
    expect((await execute({ ...spec, regime: 'scratch' }, circumstances())).beforeLabels).toBe(
      undefined,
    );
  });
});

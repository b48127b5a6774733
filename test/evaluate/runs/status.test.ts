import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeWhole } from '../../../core/files.ts';
import { clearFailure, noteFailure } from '../../../evaluate/runs/failures.ts';
import { linesOf } from '../../../evaluate/plan/manifest.ts';
import { specsOf } from '../../../evaluate/plan/spec.ts';
import { secondsLeft, statesOf } from '../../../evaluate/runs/status.ts';
import {
  lockRun,
  pretrainedPath,
  recordPath,
  tuningPath,
  writeRecord,
  writeTuning,
} from '../../../evaluate/runs/store.ts';
import type { RunRecord } from '../../../leaderboards/records/schema.ts';
import { makeRecord } from '../../fixtures/records.ts';

let folder: string;
let place: { out: string; work: string };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach-status-'));
  place = { out: join(folder, 'runs'), work: join(folder, 'work') };
});
afterEach(() => rm(folder, { recursive: true }));

const linesUnder = (ruleset: 'fixed' | 'tuned') =>
  linesOf(
    specsOf({
      tasks: ['recall'],
      models: [{ name: 'local', options: {} }],
      regimes: ['scratch', 'spt'],
      seeds: [1, 2],
      tier: 'smoke',
      ruleset,
      dataSeed: 0,
      taskOptions: {},
      modelOptions: {},
      protocol: { steps: 100, pretrainSteps: 50 },
      size: {},
    }),
  );
const lines = linesUnder('fixed');
const runs = lines.filter(({ kind }) => kind === 'run');
const kindsOf = async (queued = new Set<number>()) =>
  (await statesOf(lines, place, queued)).map(({ kind }) => kind);

/** A record of a line, of so many seconds. */
async function record(index: number, seconds: number): Promise<void> {
  const { id, spec } = lines[index]!;
  const base = makeRecord();
  const tokens = 100 * spec.protocol.batch * base.task.length;
  const made: RunRecord = {
    ...base,
    id,
    spec,
    budget: { pretrain: 0, train: tokens, total: tokens },
    timing: { ...base.timing, seconds },
  };
  await writeWhole(recordPath(place.out, spec), JSON.stringify(made));
}

it('tells done, running, queued, failed and missing apart', async () => {
  expect(lines.map(({ kind }) => kind).join(' ')).toBe('pretraining pretraining run run run run');
  expect(new Set(await kindsOf())).toEqual(new Set(['missing']));
  await writeWhole(pretrainedPath(place.work, lines[0]!.spec), 'parameters');
  await record(2, 10);
  const lock = await lockRun(place.work, lines[3]!.id);
  const failure = { reason: 'out of memory', engine: 'onnx-cpu', threads: 1 };
  await noteFailure(place.work, lines[4]!.id, failure);
  await noteFailure(place.work, lines[4]!.id, failure);
  const expected = ['done', 'missing', 'done', 'running', 'failed', 'queued'];
  expect(await kindsOf(new Set([2, 5]))).toEqual(expected);
  expect((await statesOf(lines, place))[4]).toMatchObject({ reason: 'out of memory', attempts: 2 });
  await lock!.release();
  await clearFailure(place.work, lines[4]!.id);
  expect(await kindsOf()).toEqual(['done', 'missing', 'done', 'missing', 'missing', 'missing']);
});

it('calls a pretraining done whose runs are done, whatever became of what it left', async () => {
  expect(
    lines.map(({ id, parent }) => lines.findIndex((line) => line.id === (parent ?? id))),
  ).toEqual([0, 1, 2, 3, 0, 1]);
  await record(4, 10);
  expect(await kindsOf()).toEqual(['done', 'missing', 'missing', 'missing', 'done', 'missing']);
  // By itself, it was asked for by itself.
  expect((await statesOf([lines[0]!], place)).map(({ kind }) => kind)).toEqual(['missing']);
});

it('calls a tuning done whose record is there, or whose runs are done and name none', async () => {
  const tuned = linesUnder('tuned');
  const [tuning] = tuned;
  const runs = tuned.filter(({ kind }) => kind === 'run');
  const state = async () => (await statesOf(tuned, place))[0]!;
  const recordRuns = async (named: object) => {
    for (const { id, spec } of runs)
      await writeRecord(place.out, { ...makeRecord(), id, spec, ...named });
  };
  // At every learning rate the loss diverged: no record, and nothing to do again.
  await recordRuns({});
  expect((await state()).kind).toBe('done');
  // What a record names is missed.
  await recordRuns({ tuning: tuning!.id });
  expect((await state()).kind).toBe('missing');
  const { provenance, timing } = makeRecord();
  await writeTuning(place.out, {
    ...{ schema: 1, id: tuning!.id, spec: tuning!.spec, learningRate: 0.01, examples: 10 },
    trials: [{ learningRate: 0.01, curve: [] }],
    ...{ provenance, timing },
  });
  expect((await state()).kind).toBe('done');
  await truncate(tuningPath(place.out, tuning!.spec), 100);
  expect(await state()).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(/is not the record of a tuning stage; remove it/) as string,
  });
});

it('says what is left by the speed of what is done, token by token', async () => {
  expect(secondsLeft(lines, await statesOf(lines, place))).toBeUndefined();
  // 100 steps took 10 seconds: three runs are left, one of 100 steps and two of at most 150.
  await record(2, 10);
  expect(runs.map(({ spec }) => spec.regime)).toEqual(['scratch', 'scratch', 'spt', 'spt']);
  expect(secondsLeft(lines, await statesOf(lines, place))).toBeCloseTo(10 + 15 + 15, 6);
});

it('calls a run failed whose record names a file that is missing or cut, and says which', async () => {
  const { id, spec } = lines[2]!;
  const groups = {
    correct: Uint32Array.of(1),
    sizes: Uint32Array.of(1),
    strata: Uint32Array.of(0),
  };
  await writeRecord(
    place.out,
    { ...makeRecord(), id, spec },
    {
      predictions: Uint8Array.of(1, 2, 3),
      groups,
    },
  );
  const path = recordPath(place.out, spec).replace(/json$/, 'npy');
  expect((await kindsOf())[2]).toBe('done');
  await truncate(path, 100);
  expect((await statesOf(lines, place))[2]).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(
      /is not whole: \S+\.npy was altered: .* or make the run again/,
    ) as string,
  });
  await rm(path);
  expect((await statesOf(lines, place))[2]).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('.npy is missing') as string,
  });
});

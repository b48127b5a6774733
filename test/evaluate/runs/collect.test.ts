import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureDataset } from '../../../generators/store/dataset.ts';
import { buildBoard } from '../../../leaderboards/board/build.ts';
import { readRecords } from '../../../leaderboards/records/read.ts';
import type { RunRecord } from '../../../leaderboards/records/schema.ts';
import { mergeRecord, recordFailures } from '../../../evaluate/runs/collect.ts';
import { noteFailure } from '../../../evaluate/runs/failures.ts';
import { linesOf } from '../../../evaluate/plan/manifest.ts';
import { idOf, specsOf } from '../../../evaluate/plan/spec.ts';
import { recordPath, writeRecord } from '../../../evaluate/runs/store.ts';
import { makeRecord, type Wanted } from '../../fixtures/records.ts';

let folder: string;
let [from, out] = ['', ''];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reach-collect-'));
  [from, out] = [join(folder, 'from'), join(folder, 'out')];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A record with its true id, and groups that agree with its counts. */
function recordOf(wanted: Wanted = {}): RunRecord {
  const record = makeRecord({ task: 'text', ...wanted });
  return { ...record, id: idOf(record.spec) };
}
async function save(record: RunRecord, to = from): Promise<void> {
  if (!record.result) return void (await writeRecord(to, record));
  const { correct, count } = record.result.test;
  const right = Uint32Array.from({ length: count }, (_, i) => (i < correct ? 1 : 0));
  const groups = {
    correct: right,
    sizes: new Uint32Array(count).fill(1),
    strata: new Uint32Array(count),
  };
  await writeRecord(to, record, { predictions: Uint8Array.from(right), groups });
}
const mergeAll = () => Promise.all(readRecords(from).map((file) => mergeRecord(from, file, out)));

describe('collecting records', () => {
  it('brings arrays along, and does nothing the second time', async () => {
    const record = recordOf();
    await save(record);
    expect(await mergeAll()).toEqual(['added']);
    const [file] = readRecords(out);
    expect(file!.groups!.correct).toHaveLength(200);
    const predictions = recordPath(out, record.spec).replace(/\.json$/, '.npy');
    const sha256 = createHash('sha256').update(readFileSync(predictions)).digest('hex');
    expect(file!.record.predictions!.sha256).toBe(sha256);
    expect(await mergeAll()).toEqual(['there']);
  });
  it('replaces a failed run, never another result', async () => {
    await save(recordOf({ status: 'failed', reason: 'no memory' }), out);
    await save(recordOf({ near: 0.7 }));
    expect(await mergeAll()).toEqual(['replaced']);
    await save(recordOf({ near: 0.8 }));
    expect(await mergeAll()).toEqual(['different']);
    await save(recordOf({ status: 'failed', reason: 'no memory' }));
    expect(await mergeAll()).toEqual(['different']);
    expect(readRecords(out)[0]!.record.result!.test.accuracy).toBeCloseTo(0.7, 1);
  });
  it('refuses arrays that are altered, missing or elsewhere, and records of another spec', async () => {
    const record = recordOf();
    await save(record);
    const path = recordPath(from, record.spec);
    const [whole] = readRecords(from);
    const merge = (change: (record: RunRecord) => RunRecord) =>
      mergeRecord(from, { file: whole!.file, record: change(whole!.record) }, out);
    const named = (file: string) => (r: RunRecord) => ({
      ...r,
      predictions: { ...r.predictions!, file },
    });
    await expect(merge(named('../../secret.npy'))).rejects.toThrow(/expected a file beside it/);
    await expect(merge(named('gone.npy'))).rejects.toThrow(/gone\.npy is missing/);
    await expect(merge((r) => ({ ...r, id: '0'.repeat(12) }))).rejects.toThrow(/hashes to/);
    writeFileSync(path.replace(/\.json$/, '.npy'), 'other');
    await expect(merge((r) => r)).rejects.toThrow(/was altered/);
    expect(mergeAll).toThrow(/was altered/);
    expect(readRecords(out)).toEqual([]);
    writeFileSync(path.replace(/\.json$/, '.groups.npy'), 'other');
    expect(() => readRecords(from)).toThrow(/was altered/);
  });
});

describe('failures of a plan', () => {
  it('become records at chance, with the reason, the same each time', async () => {
    const lines = linesOf(
      specsOf({
        tasks: ['recall'],
        models: [{ name: 'local', options: {} }],
        regimes: ['scratch', 'spt'],
        seeds: [1],
        tier: 'smoke',
        ruleset: 'fixed',
        dataSeed: 0,
        taskOptions: {},
        modelOptions: {},
        protocol: {},
        size: {},
      }),
    );
    const place = { out, work: join(folder, 'work') };
    const collect = () =>
      recordFailures(lines, place, async () => {
        const cache = join(place.work, 'cache');
        const data = await ensureDataset({ task: 'recall', tier: 'smoke', seed: 0, cache });
        return () => data;
      });
    expect(await collect()).toEqual([]);
    const [pretraining, scratch] = lines;
    const failure = { engine: 'onnx-cpu', threads: 1 };
    await noteFailure(place.work, scratch!.id, { ...failure, reason: 'no memory' });
    await noteFailure(place.work, pretraining!.id, { ...failure, reason: 'no disk' });
    const records = await collect();
    expect(records.map(({ status, reason }) => `${status}: ${reason}`)).toEqual([
      'failed: no memory',
      'failed: its pretraining failed: no disk',
    ]);
    const bytes = () =>
      lines.slice(1).map(({ spec }) => readFileSync(recordPath(out, spec), 'utf8'));
    const before = bytes();
    rmSync(out, { recursive: true });
    await collect();
    const untimed = (texts: string[]) =>
      texts.map((text) => ({ ...JSON.parse(text), provenance: 0 }));
    expect(untimed(bytes())).toEqual(untimed(before));
    const [cell] = buildBoard(readRecords(out)).tiers[0]!.rows[0]!.cells;
    expect(cell).toMatchObject({ state: 'failed', accuracy: 0.25 });
    expect(await collect()).toEqual([]);
  });
});

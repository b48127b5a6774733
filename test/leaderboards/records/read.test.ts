import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRecord, readRecords } from '../../../leaderboards/records/read.ts';
import type { RunRecord } from '../../../leaderboards/records/schema.ts';
import { makeRecord, sampleRecords, writeRecords } from '../../fixtures/records.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reach-records-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('reading records', () => {
  it('finds every record below the folder, by path, and nothing else', () => {
    writeRecords(folder, sampleRecords());
    writeFileSync(join(folder, 'notes.txt'), 'no record');
    writeFileSync(join(folder, 'x.json.tmp-1'), '{');
    const files = readRecords(folder);
    expect(files).toHaveLength(sampleRecords().length);
    expect(files.map(({ file }) => file)).toEqual(files.map(({ file }) => file).sort());
  });
  it('gives none for a folder that is not there', () => {
    expect(readRecords(join(folder, 'nowhere'))).toEqual([]);
  });
  it('checks the predictions that a record names, unless asked to trust them', () => {
    const bytes = Buffer.from('predictions');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const write = (file: string) => {
      const record = { ...makeRecord(), predictions: { file, sha256 } };
      writeFileSync(join(folder, 'a.json'), JSON.stringify(record));
    };
    write('a.npy');
    expect(() => readRecords(folder)).toThrow('a.npy is missing, but a.json names it; restore it');
    expect(readRecords(folder, { quick: true })).toHaveLength(1);
    writeFileSync(join(folder, 'a.npy'), bytes);
    expect(readRecords(folder)).toHaveLength(1);
    writeFileSync(join(folder, 'a.npy'), bytes.subarray(1));
    expect(() => readRecords(folder)).toThrow('a.npy was altered: its checksum is not the one in');
    write('../a.npy');
    expect(() => readRecords(folder)).toThrow(/a\.json/);
  });
  it('names the file that is broken', () => {
    writeFileSync(join(folder, 'half.json'), '{"schema": 1,');
    expect(() => readRecords(folder)).toThrow(/^half\.json is not JSON/);
  });
});

describe('a record is refused with its file and field', () => {
  const refused = (change: (record: RunRecord) => unknown) => () => {
    const record = makeRecord();
    parseRecord(JSON.stringify(change(record) ?? record), 'a.json');
  };
  it('where the schema does not hold', () => {
    expect(refused((r) => ({ ...r, status: 'great' }))).toThrow(/^a\.json: field status: /);
    expect(refused((r) => ({ ...r, spec: { ...r.spec, model: '<script>' } }))).toThrow(
      /field spec\.model: expected lower-case words/,
    );
    expect(refused((r) => ({ ...r, schema: 2, id: 'no' }))).toThrow(/\(and 1 more\)/);
  });
  it('where fields contradict each other', () => {
    expect(refused((r) => ({ ...r, result: undefined }))).toThrow(/field result: missing/);
    const { table } = makeRecord({ questions: true }).task;
    expect(refused((r) => ({ ...r, task: { ...r.task, table } }))).toThrow(/lacks its use/);
    expect(refused((r) => ({ ...r, status: 'failed' }))).toThrow(/field reason: .* the run failed/);
    expect(refused((r) => void (r.task.distances = [0, 4]))).toThrow(/positive and ascending/);
    expect(refused((r) => void (r.task.chance = 1))).toThrow(/field task\.chance/);
    expect(refused((r) => void r.result!.distances.pop())).toThrow(
      /field result\.distances: has 4/,
    );
    expect(refused((r) => void (r.result!.test.accuracy = 1))).toThrow(/accuracy 1 is not \d+ \//);
  });
  it('where what it says of pretraining contradicts the run or the certificate', () => {
    const pretrained = (change: (record: RunRecord) => unknown) =>
      refused((r) => {
        const { test, distances } = r.result!;
        r.spec.regime = 'spt';
        r.beforeLabels = {
          objective: 'masked token',
          signal: { kind: 'near', distance: 8, pairs: 3 },
          overall: structuredClone(test),
          distances: structuredClone(distances),
        };
        change(r);
      });
    expect(pretrained(() => undefined)).not.toThrow();
    expect(pretrained((r) => void (r.spec.regime = 'scratch'))).toThrow(/has no pretraining/);
    expect(pretrained((r) => void r.beforeLabels!.distances.pop())).toThrow(
      /field beforeLabels\.distances: has 4/,
    );
    expect(pretrained((r) => void (r.beforeLabels!.overall.accuracy = 1))).toThrow(
      /field beforeLabels: accuracy 1 is not/,
    );
    expect(pretrained((r) => void (r.model.reach = 1))).toThrow(/beyond the certified limit 1/);
  });
  it('and taken where all is well', () => {
    expect(refused((r) => r)).not.toThrow();
  });
});

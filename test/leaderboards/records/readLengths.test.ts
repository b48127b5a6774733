import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRecords } from '../../../leaderboards/records/read.ts';
import { parseLength, readLengthRecords } from '../../../leaderboards/records/readLengths.ts';
import { writeRecords } from '../../fixtures/records.ts';
import { lengthRuns, lengthTests, writeLengthTests } from '../../fixtures/studies.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'reach-lengths-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const tests = lengthTests(lengthRuns(), () => 0.5);

describe('records of runs beyond their length', () => {
  it('lie beside those of the runs, which are read as if they were not there', () => {
    writeRecords(folder, lengthRuns());
    const before = readRecords(folder);
    expect(readLengthRecords(folder)).toEqual([]);
    writeLengthTests(folder, tests);
    expect(readRecords(folder)).toEqual(before);
    const found = readLengthRecords(folder);
    expect(found.map(({ record }) => record.id).sort()).toEqual(
      tests.map(({ record }) => record.id).sort(),
    );
  });
  it('are refused where an array is missing or altered', () => {
    writeLengthTests(folder, tests);
    const file = join(folder, tests[0]!.file.replace(/\.json$/, '.groups.npy'));
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(1, bytes.length - 1));
    expect(() => readLengthRecords(folder)).toThrow(/was altered/);
    rmSync(file);
    expect(() => readLengthRecords(folder)).toThrow(/is missing/);
  });
  it('are refused where fields contradict each other or a certificate', () => {
    const { record } = tests[0]!;
    const parse = (changed: object) => parseLength(JSON.stringify({ ...record, ...changed }), 'f');
    expect(parse({})).toEqual(record);
    expect(() => parse({ factor: 1 })).toThrow(/^f: field factor/);
    expect(() => parse({ task: { ...record.task, distances: [4] } })).toThrow(/result\.distances/);
    expect(() => parse({ model: { ...record.model, reach: 100 } })).toThrow(
      /beyond the certified limit 100, expected exactly one in 8/,
    );
    expect(() => parseLength('{', 'f')).toThrow(/not JSON/);
  });
});

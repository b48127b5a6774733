import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  formatScaling,
  scalingLengths,
  scalingModels,
  scalingReport,
  type ScalingReport,
} from '../../../evaluate/bench/scaling.ts';
import { findMixer } from '../../../models/registry.ts';

const settings = { batch: 2, steps: 3, threads: 1, engine: 'onnx-cpu' };
const figures = { parameters: 1, compile: 1, baseMegabytes: 100, predictedMegabytes: 80 };
const cell = (model: string, length: number, milliseconds: number) => ({
  ...{ ...settings, ...figures, model, length, cost: 'L²' },
  times: [milliseconds, 2 * milliseconds, milliseconds],
  peakMegabytes: length,
});

test('it goes from 256 to 16,384 tokens with models that there are', () => {
  expect(scalingLengths).toEqual([256, 512, 1024, 2048, 4096, 8192, 16_384]);
  for (const name of scalingModels) expect(findMixer(name).name).toBe(name);
});

describe('the report', () => {
  const problem = '"train" needs about 99.0 GB of memory and this machine has 8.0 GB';
  const report = scalingReport([
    cell('local', 1024, 64),
    cell('local', 256, 4),
    cell('transformer', 256, 10),
    { ...settings, model: 'transformer', cost: 'L²', length: 1024, error: problem },
  ]);

  test('has medians, speeds, and the exponent between the first length and the last', () => {
    const [local, transformer] = report.models;
    // 4 times the length, 16 times the time.
    expect(local!.exponent).toBeCloseTo(2, 10);
    expect(local!.points).toEqual([
      { length: 256, milliseconds: 4, tokensPerSecond: 128_000, peakMegabytes: 256 },
      { length: 1024, milliseconds: 64, tokensPerSecond: 32_000, peakMegabytes: 1024 },
    ]);
    expect(transformer).not.toHaveProperty('exponent');
    expect(transformer!.points[1]).toEqual({ length: 1024, problem });
  });

  test('shows a cell that did not fit, and why', () => {
    const text = formatScaling(report);
    const rows = text.split('\n').filter((line) => /^(local|transformer) +\d/.test(line));
    expect(rows.map((row) => row.trim().split(/ {2,}/))).toEqual([
      ['local', '4', '64', '2.00', 'L²'],
      ['transformer', '10', '–', 'L²'],
      ['local', '128,000', '32,000'],
      ['transformer', '51,200', '–'],
      ['local', '256', '1,024'],
      ['transformer', '256', '–'],
    ]);
    expect(text).toContain(`transformer at 1,024 tokens: ${problem}`);
  });
});

test('the command prints the tables and writes the report', async () => {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'reach-arena-test-')), 'report.json');
  const { stdout } = await promisify(execFile)(process.execPath, [
    path.resolve('evaluate/bench/cli.ts'),
    ...['scaling', '--model', 'local', '--length', '16,32', '--steps', '1', '--json', file],
  ]);
  const report = JSON.parse(await readFile(file, 'utf8')) as ScalingReport;
  expect(report).toMatchObject({ bench: 'scaling', batch: 1, models: [{ model: 'local' }] });
  expect(report.models[0]!.points.map(({ length }) => length)).toEqual([16, 32]);
  expect(stdout).toContain('Tokens a second');
});

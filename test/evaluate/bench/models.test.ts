import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  benchModels,
  claimedExponent,
  fittedExponent,
  formatModels,
  plan,
  type Cell,
} from '../../../evaluate/bench/models.ts';
import { mixers } from '../../../models/registry.ts';

const lengths = [256, 512, 1024, 2048, 4096];
const settings = { batch: 1, steps: 1, threads: 1, engine: 'onnx-cpu' };

describe('the exponent', () => {
  test('of a power is that power, whatever its factor', () => {
    const points = lengths.map((length): [number, number] => [length, 3 * length ** 1.5]);
    expect(fittedExponent(points)).toBeCloseTo(1.5, 10);
    expect(fittedExponent(points.slice(0, 1))).toBeNaN();
  });

  test('that is claimed is read from the order', () => {
    expect(claimedExponent('L²', lengths)).toBeCloseTo(2, 10);
    expect(claimedExponent('L√L', lengths)).toBeCloseTo(1.5, 10);
    expect(claimedExponent('L·window', lengths)).toBeCloseTo(1, 10);
    const logarithmic = claimedExponent('L log L', lengths);
    expect(logarithmic).toBeGreaterThan(1.1);
    expect(logarithmic).toBeLessThan(1.2);
    expect(() => claimedExponent('2^L', lengths)).toThrow(/cost '2\^L'/);
  });

  test('is known for the order of every model', () => {
    for (const { cost } of mixers)
      expect(claimedExponent(cost, lengths)).toBeLessThanOrEqual(2.001);
  });
});

test('every model has its turn, but those of order L² only by name at great length', () => {
  const all = plan({ ...settings, lengths: [64, 16_384] });
  expect(new Set(all.map(({ model }) => model)).size).toBe(mixers.length);
  const lengthsOf = (name: string) =>
    all.filter(({ model }) => model === name).map(({ length }) => length);
  expect(lengthsOf('transformer')).toEqual([64]);
  expect(lengthsOf('local')).toEqual([64, 16_384]);
  const named = plan({ ...settings, models: ['transformer'], lengths: [16_384] });
  expect(named).toHaveLength(1);
});

test('a cell that fails is kept with its reason, and the next one is measured', async () => {
  const good = { ...settings, model: 'local', length: 32 };
  const seen: Cell[] = [];
  const cells = await benchModels([{ ...good, engine: 'steam' }, good], async (cell) => {
    seen.push(cell);
    await Promise.resolve();
  });
  expect(seen).toEqual(cells);
  expect(cells[0]).toMatchObject({ error: expect.stringContaining('no engine "steam"') as string });
  const figures = cells[1] as Cell & {
    times: number[];
    baseMegabytes: number;
    peakMegabytes: number;
  };
  expect(figures.times).toHaveLength(1);
  expect(figures.peakMegabytes).toBeGreaterThan(figures.baseMegabytes);
});

test('the tables have times, memory, exponents, and what failed', () => {
  const cell = { ...settings, model: 'local', cost: 'L·window', parameters: 1234, compile: 1 };
  const memory = { baseMegabytes: 100, predictedMegabytes: 80 };
  const text = formatModels([
    { ...cell, length: 256, times: [10, 30, 11], ...memory, peakMegabytes: 150 },
    { ...cell, length: 1024, times: [44], ...memory, peakMegabytes: 500 },
    { ...settings, model: 'transformer', cost: 'L²', length: 256, error: 'out of memory' },
  ]);
  const rows = text.split('\n').filter((line) => /^(local|transformer) /.test(line));
  const columns = rows.map((row) => row.split(/ {2,}/));
  expect(columns[0]).toEqual(['local', '1,234', '11', '44', '1.00', '1.00', '1.00', 'L·window']);
  expect(columns[2]).toEqual(['local', '1,234', '150', '500', '1.50', '1.50', '1.00', 'L·window']);
  expect(text).toContain('transformer at 256 tokens: out of memory');
});

test('the command keeps each cell as a line of JSON and prints the tables', async () => {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'reach-arena-test-')), 'cells.jsonl');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    path.resolve('evaluate/bench/cli.ts'),
    ...['models', '--model', 'local', '--length', '16,32', '--batch', '1', '--steps', '1'],
    ...['--json', file],
  ]);
  const cells = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Cell);
  expect(cells.map(({ model, length }) => [model, length])).toEqual([
    ['local', 16],
    ['local', 32],
  ]);
  expect(stdout).toContain('Peak megabytes');
  expect(stderr.trim().split('\n')).toHaveLength(2);
});

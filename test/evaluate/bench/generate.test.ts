import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { formatGenerate } from '../../../evaluate/bench/generate.ts';
import type { Figures } from '../../../evaluate/bench/probes/generate.ts';

const run = promisify(execFile);
const bench = path.resolve('evaluate', 'bench');

describe('the speed of generation', () => {
  test('is measured in a process of its own, alone and with the writer', async () => {
    for (const probe of [
      { task: 'listops', seconds: 0.2 },
      { task: 'recall', split: 'test', seconds: 0.2 },
      { task: 'listops', examples: 60 },
    ]) {
      const args = [path.join(bench, 'probe.ts'), 'generate', JSON.stringify(probe)];
      const figures = JSON.parse((await run(process.execPath, args)).stdout) as Figures;
      if (probe.examples) expect(figures.examples).toBe(probe.examples);
      else expect(figures.seconds).toBeGreaterThanOrEqual(0.2);
      for (const value of Object.values(figures)) expect(value).toBeGreaterThan(0);
    }
  });

  test('is printed beside what is aimed at', () => {
    const figures = { examples: 9000, seconds: 3, cpuSeconds: 2, peakMegabytes: 120.4 };
    const text = formatGenerate({
      bench: 'generate',
      date: '',
      device: 'a machine',
      node: 'v22',
      measurements: [
        { task: 'listops', ...figures, target: 17_000, isWritten: false },
        { task: 'pathx', ...figures, isWritten: true },
      ],
    });
    const [, , , , first, second] = text.split('\n');
    expect(first!.split(/ {2,}/)).toEqual([
      'listops',
      '9,000',
      'made',
      '3,000',
      '4,500',
      '17,000',
      '120',
      '< 300',
    ]);
    expect(second).toContain('made and written');
  });

  test('is asked for in whole numbers', async () => {
    const asked = run(process.execPath, [path.join(bench, 'cli.ts'), 'generate', '--seconds', 'x']);
    await expect(asked).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--seconds is 'x', expected a whole number") as string,
    });
  });
});

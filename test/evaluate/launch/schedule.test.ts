import type { Regime } from '../../../core/vocabulary.ts';
import { availableParallelism, tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Execution } from '../../../evaluate/launch/execution.ts';
import { fittingRuns, schedule } from '../../../evaluate/launch/schedule.ts';
import { linesOf } from '../../../evaluate/plan/manifest.ts';
import { specsOf } from '../../../evaluate/plan/spec.ts';

const specs = (changes: { batch?: number; regimes?: Regime[]; seeds?: number[] } = {}) =>
  specsOf({
    tasks: ['recall'],
    models: [{ name: 'local', options: {} }],
    regimes: changes.regimes ?? ['scratch'],
    seeds: changes.seeds ?? [1],
    tier: 'smoke',
    ruleset: 'fixed',
    dataSeed: 0,
    taskOptions: {},
    modelOptions: {},
    protocol: { batch: changes.batch ?? 32 },
    size: {},
  });

describe('the runs that fit beside each other', () => {
  const limit = 8e9;

  it('are fewer for a larger batch, more for a smaller micro-batch, and never none', () => {
    const small = fittingRuns(specs({ batch: 16 }), undefined, limit);
    const large = fittingRuns(specs({ batch: 512 }), undefined, limit);
    expect(large).toBeLessThan(small);
    expect(fittingRuns(specs({ batch: 512 }), 16, limit)).toBeGreaterThan(large);
    expect(fittingRuns(specs({ batch: 512 }), undefined, 1)).toBe(1);
  });

  it('are as many as the largest of them allows', () => {
    const mixed = [...specs({ batch: 16 }), ...specs({ batch: 512, seeds: [2] })];
    expect(fittingRuns(mixed, undefined, limit)).toBe(
      fittingRuns(specs({ batch: 512 }), undefined, limit),
    );
  });
});

describe('schedule', () => {
  let folder: string;
  const said: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reach-schedule-'));
    said.length = 0;
    vi.spyOn(console, 'error').mockImplementation((line: string) => said.push(line));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true });
  });
  const options = (engine: Execution['engine'] = 'onnx-cpu') => ({
    execution: { engine },
    out: folder,
    force: false,
  });

  it('leaves numbers as they are and measures nothing', async () => {
    const lines = linesOf(specs());
    expect(await schedule(lines, { jobs: 3, threads: 2 }, options())).toEqual({
      jobs: 3,
      threads: 2,
    });
    expect(said).toEqual([]);
  });

  it('measures nothing where the threads are given', async () => {
    const lines = linesOf(specs({ seeds: [1, 2, 3] }));
    const { jobs, threads } = await schedule(lines, { jobs: 'auto', threads: 1 }, options());
    expect([jobs, threads]).toEqual([Math.min(3, availableParallelism()), 1]);
    expect(said.join()).not.toContain('measured');
  });

  it('measures a step of the first run and says what it chose', async () => {
    const lines = linesOf(specs({ regimes: ['spt'], seeds: [1, 2] }));
    const chosen = await schedule(lines, { jobs: 'auto', threads: 'auto' }, options());
    expect(chosen.jobs * chosen.threads).toBeLessThanOrEqual(availableParallelism());
    expect(said).toHaveLength(1);
    // Two pretrainings are lines of their own, and no runs.
    expect(said[0]).toMatch(/^2 runs to do on \d+ cores?, memory for \d+: \d+ at a time/);
    if (availableParallelism() > 1) expect(said[0]).toMatch(/measured: .*\d ms/);
  });

  // On one core there is no choice, and so nothing to measure.
  it.skipIf(availableParallelism() === 1)('says why a timing failed', async () => {
    const tried = schedule(
      linesOf(specs()),
      { jobs: 'auto', threads: 'auto' },
      // A name that passes no flag, so that the child process meets it.
      options('steam' as Execution['engine']),
    );
    await expect(tried).rejects.toThrow('There is no engine "steam"');
  });
});

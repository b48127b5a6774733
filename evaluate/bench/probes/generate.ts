/**
 * The child process of one measurement of `npm run bench -- generate`, so that its peak memory is
 * its own: makes examples in one thread, alone or through the writer, and prints the figures.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTask, resolveOptions } from '../../../generators/registry.ts';
import type { SplitName } from '../../../generators/task.ts';
import { writeDataset } from '../../../generators/store/write.ts';

/** One measurement: examples made for some seconds, or so many of them written to disk. */
export interface Probe {
  task: string;
  /** Which rows are made; `train` if absent. Rows of a scored group share what they have in common. */
  split?: 'train' | 'test';
  seconds?: number;
  examples?: number;
}

export interface Figures {
  examples: number;
  seconds: number;
  /** Of all threads of the process, while the examples were made. */
  cpuSeconds: number;
  /** Largest resident set of the process, from its start on. */
  peakMegabytes: number;
}

/** Examples before the clock counts, while the code is being compiled. */
const warmUp = 20;

async function makeFor(name: string, split: SplitName, seconds: number): Promise<Figures> {
  const task = findTask(name);
  const options = resolveOptions(task, 'lra');
  const { example } = await task.open(options, 0);
  const total = task.shape(options).counts[split];
  for (let i = 0; i < warmUp; i++) example(split, total - 1 - i);
  return measured(async () => {
    const start = performance.now();
    let made = 0;
    while (performance.now() - start < 1000 * seconds) example(split, made++ % total);
    return made;
  });
}

async function write(name: string, examples: number): Promise<Figures> {
  const task = findTask(name);
  const options = resolveOptions(task, 'lra', { train: examples - 2, val: 1, test: 1 });
  const dir = await mkdtemp(join(tmpdir(), 'reach-arena-bench-'));
  try {
    return await measured(async () => {
      const out = join(dir, 'set');
      await writeDataset({ task, tier: 'lra', options, seed: 0, out, workers: 1 });
      return examples;
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function measured(work: () => Promise<number>): Promise<Figures> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const examples = await work();
  const { user, system } = process.cpuUsage(cpu);
  return {
    examples,
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
}

export const measure = ({ task, split = 'train', seconds, examples }: Probe): Promise<Figures> =>
  examples === undefined ? makeFor(task, split, seconds!) : write(task, examples);

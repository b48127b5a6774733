/** What the tests of the generators share: folders, real data where it is there, small statistics. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll } from 'vitest';
import { defaultSources } from '../../generators/sources/folder.ts';
import { findTask, resolveOptions } from '../../generators/registry.ts';
import type { TierName } from '../../generators/task.ts';
import { writeDataset } from '../../generators/store/write.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A new folder that is removed when the test file is done. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'reach-arena-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/**
 * Path of a file of real data, or undefined after a line that says what is skipped.
 * @throws where CI is set, so that the check cannot be skipped there unseen; `REACH_MISSING_DATA=skip`
 * says that a machine has no real data and need not have any.
 */
export function sharedData(path: string, what: string): string | undefined {
  const full = join(defaultSources(), path);
  if (existsSync(full)) return full;
  const missing = `${what} needs ${path} in ${defaultSources()}`;
  if (process.env.CI === 'true' && process.env.REACH_MISSING_DATA !== 'skip')
    throw new Error(`${missing}.`);
  console.log(`Skipped: ${missing}; README.md says where to get it.`);
  return undefined;
}

/** Makes a data set of a task. */
export async function make(
  out: string,
  name: string,
  overrides: Record<string, unknown> = {},
  request: {
    tier?: TierName;
    seed?: number;
    sources?: string;
    force?: boolean;
    workers?: number;
  } = {},
): Promise<'written' | 'kept'> {
  const task = findTask(name);
  const { tier = 'smoke', seed = 1 } = request;
  return writeDataset({
    ...request,
    task,
    tier,
    options: resolveOptions(task, tier, overrides),
    seed,
    out,
  });
}

/** Runs `npm run generate` with these arguments. */
export function generate(...args: string[]): { code: number | null; out: string; err: string } {
  const cli = join(root, 'generators', 'cli.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, out: stdout, err: stderr };
}

/** A gzipped tar archive of these files, by path. */
export async function archive(files: Record<string, string | Buffer>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files))
    tar.entry({ name, mtime: new Date(0) }, content);
  tar.finalize();
  const parts: Buffer[] = [];
  for await (const part of tar) parts.push(part as Buffer);
  return gzipSync(Buffer.concat(parts));
}

/** Reviews in the official layout: `count` of each part and side, all different. */
export function tinyReviews(count: number): Record<string, string> {
  const files: Record<string, string> = {
    'aclImdb/README': 'about',
    'aclImdb/train/unsup/0_0.txt': 'x',
  };
  for (const part of ['train', 'test'])
    for (const [side, word] of [
      ['pos', 'fine'],
      ['neg', 'dull'],
    ])
      for (let i = 0; i < count; i++)
        files[`aclImdb/${part}/${side}/${i}_${side === 'pos' ? 9 : 2}.txt`] =
          `${part} ${i}: a ${word} film<br />${'and so on '.repeat(i % 7)}`;
  return files;
}

/** Largest chi-square statistic that is not yet significant at 0.1 % (Wilson and Hilferty). */
export function chiSquareLimit(freedom: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + 3.09 * Math.sqrt(spread)) ** 3;
}

/** Statistic and limit of the test that rows of counts come from one distribution. */
export function chiSquare(rows: number[][]): { statistic: number; limit: number } {
  const columns = rows[0]!.map((_, c) => c).filter((c) => rows.some((row) => row[c]! > 0));
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  const total = sum(rows.map(sum));
  let statistic = 0;
  for (const row of rows)
    for (const c of columns) {
      const expected = (sum(row) * sum(rows.map((other) => other[c]!))) / total;
      statistic += (row[c]! - expected) ** 2 / expected;
    }
  return { statistic, limit: chiSquareLimit((rows.length - 1) * (columns.length - 1)) };
}

/** Two-sample Kolmogorov-Smirnov distance and its limit at 0.1 %. */
export function kolmogorovSmirnov(a: number[], b: number[]): { statistic: number; limit: number } {
  const [x, y] = [[...a].sort((p, q) => p - q), [...b].sort((p, q) => p - q)];
  let [i, j, statistic] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i]!, y[j]!);
    while (x[i] === value) i++;
    while (y[j] === value) j++;
    statistic = Math.max(statistic, Math.abs(i / x.length - j / y.length));
  }
  return { statistic, limit: 1.95 * Math.sqrt((x.length + y.length) / (x.length * y.length)) };
}

/** How often each of 0 to bound - 1 occurs. */
export function histogram(values: Iterable<number>, bound: number): number[] {
  const counts = new Array<number>(bound).fill(0);
  for (const value of values) counts[value]!++;
  return counts;
}

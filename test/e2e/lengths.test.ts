/** The study of lengths as a user runs it: trained once, tested beyond its length, resumed, printed. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecords } from '../../leaderboards/records/read.ts';
import { readLengthRecords } from '../../leaderboards/records/readLengths.ts';
import { command, type Ended } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'reach-lengths-'));
const [runs, work] = [join(folder, 'runs'), join(folder, 'work')];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const study = (...more: string[]) =>
  command('evaluate/cli.ts', [
    ...['study', 'length', '--tier', 'smoke', '--seed', '1'],
    ...['--records', runs, '--work', work, ...more],
  ]);

describe('the study of lengths', () => {
  let first: Ended;
  let trained: Buffer;
  let record: string;

  beforeAll(async () => {
    const made = await command('evaluate/cli.ts', [
      ...['run', '--task', 'recall', '--model', 'local:positions=rotary', '--regime', 'scratch'],
      ...['--ruleset', 'tuned', '--tier', 'smoke', '--seed', '1', '--out', runs, '--work', work],
    ]);
    expect(made.code, made.stderr).toBe(0);
    record = join(runs, readRecords(runs)[0]!.file);
    trained = readFileSync(record);
    first = await study();
  }, 600_000);

  it('tests a trained run at each length and leaves its record as it was', () => {
    expect(first.code, first.stderr).toBe(0);
    expect(readFileSync(record)).toEqual(trained);
    const tests = readLengthRecords(runs).map(({ record }) => record);
    const [run] = readRecords(runs).map(({ record }) => record);
    expect(tests.map(({ factor, task }) => [factor, task.length]).sort()).toEqual(
      [
        [16, 1024],
        [2, 128],
        [4, 256],
      ].sort(),
    );
    for (const { run: id, model, task, result } of tests) {
      expect(id).toBe(run!.id);
      // Windows do not grow: the certified limit holds at every length, exactly.
      expect(model.reach).toBe(run!.model.reach);
      for (const { distance, correct, count } of result.distances)
        if (distance > model.reach!) expect(correct * task.classes).toBe(count);
    }
  });

  it('prints a row for each length, and who cannot be tested', () => {
    const rows = first.stdout.split('\n').filter((line) => line.startsWith('Local attention'));
    expect(rows.map((row) => row.split(/ {2,}/).slice(1, 3).join(' '))).toEqual([
      '1 64',
      '2 128',
      '4 256',
      '16 1024',
    ]);
    expect(first.stdout).toContain('Linformer: cannot be tested. Its parameter');
  });

  it('tests nothing twice, and again what is missing, with the same answers', async () => {
    const before = readLengthRecords(runs);
    const again = await study();
    expect(again.stdout).toBe(first.stdout);
    expect(readLengthRecords(runs)).toEqual(before);
    rmSync(join(runs, before[0]!.file));
    expect((await study('--print')).stdout).not.toBe(first.stdout);
    expect(readLengthRecords(runs)).toHaveLength(2);
    expect((await study()).stdout).toBe(first.stdout);
    const answers = () => readLengthRecords(runs).map(({ record }) => record.predictions);
    expect(answers()).toEqual(before.map(({ record }) => record.predictions));
    expect(readdirSync(join(work, 'locks'))).toEqual([]);
  });

  it('says where the trained parameters are missing', async () => {
    rmSync(join(work, 'trained'), { recursive: true });
    rmSync(join(runs, readLengthRecords(runs)[0]!.file));
    const { code, stdout } = await study();
    expect(code).toBe(0);
    expect(stdout).toContain('1 run has a record, but the parameters');
  });
});

/** The script that trains a cell again: what it writes, and what it refuses. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPython } from '../../../evaluate/bench/torch.ts';
import { readRecords, type RecordFile } from '../../../leaderboards/records/read.ts';
import { compareTwins } from '../../../evaluate/twins/compare.ts';
import { readTwins } from '../../../evaluate/twins/twin.ts';
import { command } from '../../e2e/command.ts';

const script = fileURLToPath(new URL('../../../evaluate/twins/retrain.py', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'reach-retrain-'));
afterAll(() => rmSync(root, { recursive: true }));

const [runs, work] = [join(root, 'runs'), join(root, 'work')];
let found: RecordFile;
type Spec = RecordFile['record']['spec'];

/** The record of a cell whose spec is changed, in a file. */
function recordWith(name: string, change: (spec: Spec) => void): string {
  const record = structuredClone(found.record);
  change(record.spec);
  const file = join(root, `${name}.json`);
  writeFileSync(file, JSON.stringify(record));
  return file;
}

const python = findPython();
if (!python)
  console.log('Skipped: retraining a cell needs torch, see evaluate/bench/peers/README.md.');
// Every start of PyTorch takes seconds.
describe.skipIf(!python)('retrain.py', { timeout: 600_000 }, () => {
  let data = '';
  beforeAll(async () => {
    const { code } = await command('evaluate/cli.ts', [
      ...['run', '--task', 'recall', '--model', 'local', '--regime', 'scratch', '--tier', 'smoke'],
      ...['--protocol', 'steps=6', '--protocol', 'batch=8', '--protocol', 'evaluations=2'],
      ...['--out', runs, '--work', work],
    ]);
    expect(code).toBe(0);
    found = readRecords(runs)[0]!;
    const cache = join(work, 'cache');
    data = join(cache, readdirSync(cache)[0]!);
  });
  const retrain = (record: string, from: string) => {
    const args = ['-B', script, record, from, '--seed', '7', '--out', root];
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
    return spawnSync(python!, args, { encoding: 'utf8', env });
  };

  it('writes what is compared with the record, exact beyond the certified limit', () => {
    const file = join(runs, found.file);
    const { status, stderr } = retrain(file, data);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const name = `recall-local-scratch-${found.record.id}-7`;
    const [twin, ...more] = readTwins(root);
    expect(more).toEqual([]);
    expect(twin).toMatchObject({ record: found.record.id, seed: 7, threads: 1 });
    expect(twin!.curve.map(({ step }) => step)).toEqual([3, 6]);
    expect(twin!.predictions.file).toBe(`${name}.npy`);
    // Hardly trained, and yet exactly at chance where its windows do not reach.
    expect(compareTwins([found], [twin!])[0]!.limitHolds).toBe(true);
    expect(readFileSync(join(root, `${name}.json`), 'utf8')).toMatch(/"correct": \[\n {4}\d+, \d+/);
  });

  it('refuses in one sentence what it does not train', () => {
    const spt = recordWith('spt', (spec) => (spec.regime = 'spt'));
    expect(retrain(spt, data)).toMatchObject({
      ...{ status: 2, stdout: '' },
      stderr: 'retrain.py: expected a run from scratch at one learning rate\n',
    });
    const other = recordWith('other', (spec) => (spec.model = 'mamba'));
    expect(retrain(other, data).stderr).toBe(
      'retrain.py: no twin of mamba; expected transformer, local, s4d or lru\n',
    );
    const record = JSON.parse(readFileSync(other, 'utf8')) as RecordFile['record'];
    record.task.checksums.test = '0'.repeat(64);
    writeFileSync(other, JSON.stringify(record));
    expect(retrain(other, data).stderr).toMatch(
      / is not the data of record .*; generate recall anew\n$/,
    );
    expect(retrain(other, root).stderr).toMatch(/meta\.json cannot be read .*expected a folder/);
  });
});

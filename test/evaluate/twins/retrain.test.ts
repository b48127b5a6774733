/** The script that trains a cell of benchmark 1.0 again: what it refuses. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPython } from '../../../evaluate/bench/torch.ts';
import { readRecords, type RecordFile } from '../../../leaderboards/records/read.ts';
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

  it('refuses in one sentence what it does not train', () => {
    expect(retrain(join(runs, found.file), data)).toMatchObject({
      ...{ status: 2, stdout: '' },
      stderr: `retrain.py: record ${found.record.id} is of benchmark 2.0; expected one of 1.0, which has one answer per sequence and a cosine schedule\n`,
    });
    const older = (spec: Spec) => (spec.benchmark = '1.0');
    const spt = recordWith('spt', (spec) => {
      older(spec);
      spec.regime = 'spt';
    });
    expect(retrain(spt, data).stderr).toBe(
      'retrain.py: expected a run from scratch at one learning rate\n',
    );
    const other = recordWith('other', older);
    const record = JSON.parse(readFileSync(other, 'utf8')) as RecordFile['record'];
    record.task.checksums.test = '0'.repeat(64);
    writeFileSync(other, JSON.stringify(record));
    expect(retrain(other, data).stderr).toMatch(
      / is not the data of record .*; generate recall anew\n$/,
    );
    expect(retrain(other, root).stderr).toMatch(/meta\.json cannot be read .*expected a folder/);
  });
});

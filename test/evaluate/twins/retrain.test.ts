/** The script that trains a cell again: what it writes is a twin of its record, and what it refuses. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareTwins } from '../../../evaluate/twins/compare.ts';
import { readTwins } from '../../../evaluate/twins/twin.ts';
import { readRecords, type RecordFile } from '../../../leaderboards/records/read.ts';
import { command } from '../../e2e/command.ts';
import { peerPython } from '../../peers.ts';

const script = fileURLToPath(new URL('../../../evaluate/twins/retrain.py', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'reach-retrain-'));
afterAll(() => rmSync(root, { recursive: true }));

const [runs, work, twins] = [join(root, 'runs'), join(root, 'work'), join(root, 'twins')];
let found: RecordFile;
type Stored = RecordFile['record'];

/** The record, changed, in a file. */
function recordWith(name: string, change: (record: Stored) => void): string {
  const record = structuredClone(found.record);
  change(record);
  const file = join(root, `${name}.json`);
  writeFileSync(file, JSON.stringify(record));
  return file;
}

const python = peerPython('retraining a cell');
// Every start of PyTorch takes seconds.
describe.skipIf(!python)('retrain.py', { timeout: 600_000 }, () => {
  let data = '';
  beforeAll(async () => {
    const { code } = await command('evaluate/cli.ts', [
      ...['run', '--task', 'recall', '--model', 'local', '--regime', 'scratch', '--tier', 'smoke'],
      ...['--protocol', 'steps=6', '--protocol', 'batch=8', '--protocol', 'lookEvery=2'],
      ...['--model-option', 'window=2', '--out', runs, '--work', work],
    ]);
    expect(code).toBe(0);
    found = readRecords(runs)[0]!;
    const cache = join(work, 'cache');
    data = join(cache, readdirSync(cache)[0]!);
  });
  const retrain = (record: string, from = data) => {
    const args = ['-B', script, record, from, '--seed', '7', '--out', twins];
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
    return spawnSync(python!, args, { encoding: 'utf8', env });
  };

  it('trains by the rule of the record, and writes a twin that can be compared with it', () => {
    expect(retrain(join(runs, found.file))).toMatchObject({ status: 0, stderr: '' });
    const [twin] = readTwins(twins);
    const { result } = found.record;
    expect(twin!.curve.map(({ step }) => step)).toEqual([2, 4, 5, 6]);
    expect(twin).toMatchObject({
      learningRate: result!.learningRate,
      ending: { steps: 6, reason: 'budget', decayFrom: 5, outcome: 'did not train' },
    });
    // Throws if accuracies or uses are not those of the groups.
    const [compared] = compareTwins([found], [twin!]);
    expect(compared!.limitHolds).toBe(true);
    const uses = compared!.distances.map(({ use }) => use!.twin);
    expect(uses).toEqual(twin!.distances.map(({ use }) => expect.closeTo(use!, 9) as number));
  });

  it('takes exactly the steps of a run whose steps were given', () => {
    const matched = recordWith('matched', ({ spec, result }) => {
      spec.regime = 'scratch-matched';
      result!.ending = { steps: 4, reason: 'matched', decayFrom: 3, outcome: 'finished' };
    });
    expect(retrain(matched)).toMatchObject({ status: 0, stderr: '' });
    const twin = readTwins(twins).find(({ cell }) => cell.regime === 'scratch-matched')!;
    expect(twin.ending).toMatchObject({ steps: 4, reason: 'matched', decayFrom: 3 });
  });

  it('refuses in one sentence what it does not train', () => {
    const older = recordWith('older', ({ spec }) => (spec.benchmark = '1.0'));
    expect(retrain(older)).toMatchObject({
      ...{ status: 2, stdout: '' },
      stderr: `retrain.py: record ${found.record.id} is of benchmark 1.0; expected 2.0\n`,
    });
    const spt = recordWith('spt', ({ spec }) => (spec.regime = 'spt'));
    expect(retrain(spt).stderr).toMatch(
      / has the regime spt; expected scratch or scratch-matched\n$/,
    );
    const other = recordWith('other', ({ task }) => (task.checksums.test = '0'.repeat(64)));
    expect(retrain(other).stderr).toMatch(/ is not the data of record .*; generate recall anew\n$/);
    expect(retrain(other, root).stderr).toMatch(/meta\.json cannot be read .*expected a folder/);
    const altered = join(root, 'altered');
    cpSync(data, altered, { recursive: true });
    cpSync(join(data, 'test', 'labels.npy'), join(altered, 'val', 'labels.npy'));
    expect(retrain(join(runs, found.file), altered).stderr).toMatch(
      /labels\.npy was altered; generate the data anew\n$/,
    );
  });
});

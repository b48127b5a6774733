/**
 * Plans as a user runs them: several launchers on one manifest, killed at random moments, and on a
 * real Slurm of one node. Whatever happens, the records and predictions end as those of an
 * undisturbed run. `REACH_KILLS=100 npx vitest run test/e2e/plans.test.ts` kills more often, and
 * `REACH_SLURM_LIMIT=1` adds runs that Slurm's time limit interrupts, which takes minutes.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecords } from '../../leaderboards/records/read.ts';
import { command } from './command.ts';

const kills = Number(process.env.REACH_KILLS ?? 6);
const folder = mkdtempSync(join(tmpdir(), 'reach-plans-'));
const manifest = join(folder, 'plan');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const evaluate = (args: string[], options: Parameters<typeof command>[2] = {}) =>
  command('evaluate/cli.ts', args, options);

/** Records and work of one attempt at the plan; data sets are made once for all. */
const place = (name: string) => ['--out', join(folder, name), '--work', work(name)];
const work = (name: string) => join(folder, `${name}-work`);

/** Records without what may differ between executions, and the bytes of their predictions. */
function results(name: string) {
  const runs = join(folder, name);
  return readRecords(runs).map(({ file, record: { timing, provenance, ...record } }) => {
    // A worker's command names its manifest nowhere: the record's command repeats the one run.
    expect(provenance.command).toContain('npm run evaluate -- run --task recall');
    const predictions = readFileSync(join(runs, file.replace(/\.json$/, '.npy'))).toString(
      'base64',
    );
    return { file, record, predictions, attempts: timing.attempts };
  });
}

const withoutAttempts = (name: string) =>
  results(name).map(({ file, record, predictions }) => ({ file, record, predictions }));

/** Temporary files that somebody left. */
const leftovers = (name: string) =>
  [join(folder, name), work(name)]
    .flatMap((dir) => readdirSync(dir, { recursive: true, encoding: 'utf8' }))
    .filter((file) => /\.tmp-|locks\/.|checkpoints\/./.test(file));

beforeAll(async () => {
  const planned = await evaluate([
    ...['plan', '--tier', 'smoke', '--model', 'transformer,local'],
    ...['--protocol', 'steps=40', '--protocol', 'pretrainSteps=40', '--protocol', 'batch=16'],
    ...['--out', manifest],
  ]);
  expect(planned.stdout).toContain('4 runs and 2 pretrainings');
  const undisturbed = await evaluate(['run', '--manifest', manifest, ...place('undisturbed')]);
  expect(undisturbed.code).toBe(0);
  expect(results('undisturbed')).toHaveLength(4);
});

describe('a plan', () => {
  it('is shared by two launchers: every run once, none twice', async () => {
    const both = await Promise.all(
      [1, 2].map(() =>
        evaluate(['run', '--manifest', manifest, '--jobs', '1', ...place('shared')]),
      ),
    );
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(withoutAttempts('shared')).toEqual(withoutAttempts('undisturbed'));
    expect(results('shared').map(({ attempts }) => attempts)).toEqual(new Array(4).fill(1));
    const done = both.map(({ stderr }) => stderr.match(/test accuracy [^(\n]*s$/gm)?.length ?? 0);
    expect(done[0]! + done[1]!).toBe(4);
    for (const count of done) expect(count).toBeGreaterThan(0);
    expect(leftovers('shared')).toEqual([]);
  });

  it('killed at random moments, is resumed to the same bytes', async () => {
    let killed = 0;
    // A plan that is done before it was killed often enough is done anew.
    for (let round = 0, attempt = 0; killed < kills; round++) {
      const name = `killed-${round}`;
      const resume = (killAfter?: number) =>
        evaluate(
          ['resume', '--manifest', manifest, ...place(name)],
          killAfter === undefined ? {} : { send: { signal: 'SIGKILL', after: killAfter } as const },
        );
      for (; killed < kills; attempt++) {
        // Moments spread over start-up, pretraining, training and test.
        const { code } = await resume(800 + ((attempt * 1187) % 4100));
        if (code === 0) break;
        killed++;
      }
      // A run whose process was still dying when it was looked at counted as running: twice.
      for (let i = 0; i < 2; i++) await resume();
      expect((await resume()).stdout).toContain('Nothing to do');
      expect(withoutAttempts(name)).toEqual(withoutAttempts('undisturbed'));
      expect(leftovers(name)).toEqual([]);
    }
    if (kills > 6) console.log(`${killed} kills; every record as undisturbed.`);
  });

  it('says how far it is, and refuses lines that it does not have', async () => {
    const status = await evaluate(['status', '--manifest', manifest, ...place('undisturbed')]);
    expect(status.stdout).toMatch(/done +4 +2/);
    expect(status.stdout).toMatch(/missing +0 +0/);
    const wrong = await evaluate(['worker', '--manifest', manifest, '--index', '6']);
    expect(wrong.stderr).toContain('--index cannot be 6: the manifest has lines 0 to 5.');
    expect(wrong.code).toBe(2);
    // A pretraining whose runs are done is not made again where its work is gone.
    const elsewhere = ['--out', join(folder, 'undisturbed'), '--work', work('gone')];
    const idle = await evaluate(['worker', '--manifest', manifest, '--index', '0', ...elsewhere]);
    expect(idle.stderr).toMatch(/^0 runs, /);
    expect(idle.code).toBe(0);
    expect(existsSync(work('gone'))).toBe(false);
    const both = await evaluate(['run', '--manifest', manifest, '--task', 'recall']);
    expect(both.stderr).toContain('--task says nothing beside --manifest');
    expect(both.code).toBe(2);
  });
});

const daemons = ['sbatch', 'slurmctld', 'slurmd', 'munged'];
const missing = daemons.filter((name) => {
  const places = (process.env.PATH ?? '').split(':');
  return !places.some((dir) => readdirIf(dir).includes(name));
});
const why = missing.length > 0 ? `${missing.join(', ')} (Debian: slurm-wlm, munge)` : '';
const isRoot = process.getuid?.() === 0;
if (missing.length > 0 || !isRoot) {
  const reason = `the tests of --launcher slurm need ${why || 'to run as root'}`;
  if (process.env.CI === 'true') throw new Error(reason);
  console.log(`Skipped: ${reason}.`);
}

function readdirIf(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

describe.skipIf(missing.length > 0 || !isRoot)('a plan on Slurm', () => {
  const script = (name: string) => fileURLToPath(new URL(`../slurm/${name}`, import.meta.url));
  const cluster = join(folder, 'cluster');
  const env = { SLURM_CONF: join(cluster, 'slurm.conf') };
  const slurm = (tool: string, ...args: string[]) =>
    execFileSync(tool, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  beforeAll(() => {
    execFileSync(script('start.sh'), [cluster]);
  });
  afterAll(() => {
    execFileSync(script('stop.sh'), [cluster]);
  });

  /** The states of the elements that are not over. */
  const queue = () =>
    slurm('squeue', '--noheader', '--array', '--format=%i %T').split('\n').filter(Boolean);
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  async function untilOver(each: () => void = () => undefined, most = 150_000): Promise<void> {
    for (let waited = 0; queue().length > 0; waited += 500) {
      if (waited > most) throw new Error(`still in the queue: ${queue().join(', ')}`);
      each();
      await sleep(500);
    }
  }
  const submit = (command: 'run' | 'resume', name: string, ...more: string[]) =>
    evaluate(
      [command, '--manifest', manifest, '--launcher', 'slurm', '--runs-per-task', '2']
        .concat(place(name))
        .concat(more),
      { env },
    );

  it('runs every run after its pretraining, and says what is queued', async () => {
    const submitted = await submit('run', 'slurm', '--time', '0:05:00');
    expect(submitted.code).toBe(0);
    expect(submitted.stdout).toMatch(/job \d+: 1 element, each after its element of \d+/);
    const status = await evaluate(['status', '--manifest', manifest, ...place('slurm')], { env });
    expect(status.stdout).toMatch(/(queued|running) +[1-4] /);
    expect((await submit('resume', 'slurm')).stdout).toContain('Nothing to queue');
    await untilOver();
    expect(withoutAttempts('slurm')).toEqual(withoutAttempts('undisturbed'));
    expect(results('slurm').map(({ attempts }) => attempts)).toEqual(new Array(4).fill(1));
    expect(leftovers('slurm')).toEqual([]);
  });

  it('survives signals before the limit, cancelled jobs and a drained node', async () => {
    await submit('run', 'disturbed', '--time', '0:05:00');
    let turn = 0;
    let signals = 0;
    const node = slurm('sinfo', '--noheader', '--format=%n').trim();
    const setNode = (...settings: string[]) =>
      slurm('scontrol', 'update', `nodename=${node}`, ...settings);
    let isDrained = false;
    await untilOver(() => {
      if (turn === 12) setNode('state=drain', 'reason=test');
      if (turn === 20) setNode('state=resume');
      if (turn === 12 || turn === 20) isDrained = !isDrained;
      const running = queue().filter((line) => line.endsWith('RUNNING'));
      const [job] = running[turn % Math.max(1, running.length)]?.split(' ') ?? [];
      turn++;
      if (job === undefined || turn % 4 !== 0 || turn > 40) return;
      // What slurmctld sends before the time limit: a checkpoint, and back into the queue.
      // Twice before a job is cancelled, or a fast machine would empty the queue too soon.
      if (turn % 12 !== 0) slurm('scancel', '--batch', '--signal=USR1', job);
      else slurm('scancel', job);
      signals++;
    });
    // The queue may have been empty before the node's turn came.
    if (isDrained) setNode('state=resume');
    expect(signals).toBeGreaterThan(2);
    const status = await evaluate(['status', '--manifest', manifest, ...place('disturbed')], {
      env,
    });
    expect(status.stdout).toMatch(/(missing|failed) +[1-4] /);
    await submit('resume', 'disturbed');
    await untilOver();
    expect(withoutAttempts('disturbed')).toEqual(withoutAttempts('undisturbed'));
    expect(leftovers('disturbed')).toEqual([]);
  });

  it.runIf(process.env.REACH_SLURM_LIMIT)(
    'goes on after the time limit, again and again',
    async () => {
      const long = join(folder, 'long');
      await evaluate([
        ...['plan', '--tier', 'smoke', '--model', 'transformer', '--regime', 'scratch'],
        ...['--protocol', 'steps=3000', '--protocol', 'batch=64', '--out', long],
      ]);
      const given = (name: string) => ['--manifest', long, ...place(name)];
      await evaluate(['run', ...given('unlimited')]);
      const limits = ['--time', '0:01:00', '--signal-before', '40'];
      await evaluate(['run', '--launcher', 'slurm', ...given('limited'), ...limits], { env });
      const states = new Set<string>();
      await untilOver(() => queue().forEach((line) => states.add(line.split(' ')[1]!)), 900_000);
      expect(withoutAttempts('limited')).toEqual(withoutAttempts('unlimited'));
      const { attempts } = results('limited')[0]!;
      expect(attempts).toBeGreaterThan(1);
      expect(leftovers('limited')).toEqual([]);
      console.log(`${attempts} attempts; states seen: ${[...states].join(', ')}.`);
    },
    1_200_000,
  );

  it('prints the scripts where asked to, and submits nothing', async () => {
    const dry = await submit('run', 'dry', '--dry-run', '--sbatch', 'partition=gpu');
    expect(dry.stdout).toContain('#SBATCH --partition=gpu');
    expect(queue()).toEqual([]);
    const wrong = await submit('run', 'dry', '--sbatch', 'Not an option');
    expect(wrong.stderr).toMatch(/--sbatch is 'Not an option', expected KEY=VALUE/);
    expect(wrong.code).toBe(2);
  });
});

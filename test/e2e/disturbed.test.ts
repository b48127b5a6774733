/**
 * A plan with a tuning stage that is killed and hung up at random moments, and of whose files some are
 * removed or cut in between. What is damaged is made again or named; in the end every file is that of
 * an undisturbed plan. `REACH_KILLS=100 npx vitest run test/e2e/disturbed.test.ts` kills 100 times and
 * hangs up 20 times, which takes ten minutes.
 */
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sha256 } from '../../core/hash.ts';
import { int, stream } from '../../core/random.ts';
import type { RunRecord } from '../../leaderboards/records/schema.ts';
import { command, type Ended, type Signal } from './command.ts';

const kills = Number(process.env.REACH_KILLS ?? 2);
const hangUps = Math.ceil(kills / 5);

const folder = mkdtempSync(join(tmpdir(), 'reach-disturbed-'));
const manifest = join(folder, 'plan');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const evaluate = (args: string[], options: { send?: Signal } = {}) =>
  command('evaluate/cli.ts', args, options);
const out = (name: string) => join(folder, name);
const work = (name: string) => join(folder, `${name}-work`);
const place = (name: string) => ['--manifest', manifest, '--out', out(name), '--work', work(name)];

const filesBelow = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
      )
    : [];

/** Every file of the records' folder, by name, without what may differ between two executions. */
function results(name: string): Record<string, unknown> {
  const content = (path: string): unknown => {
    const bytes = readFileSync(path);
    if (!path.endsWith('.json')) return sha256(bytes);
    const record = JSON.parse(bytes.toString()) as RunRecord;
    const provenance = { ...record.provenance, commit: '', modified: false };
    return { ...record, timing: undefined, provenance };
  };
  const files = filesBelow(out(name)).sort();
  return Object.fromEntries(files.map((path) => [path.slice(out(name).length), content(path)]));
}

/** Moments from start-up on, or from the first step of a stage or run on. */
const killAt = (random: () => number): Signal =>
  random() < 0.4
    ? { signal: 'SIGKILL', after: 600 + int(random, 3500) }
    : { signal: 'SIGKILL', after: int(random, 2500), when: /(tune|train|test) \d/ };

/** Whether a hang-up met a run or stage that had taken a step and was not done. */
const stoppedAtWork = ({ stderr }: Ended): boolean =>
  [...stderr.matchAll(/^(.*?) {2}(?:tune|pretrain|train) \d+\//gm)].some(([, job]) =>
    stderr.includes(`${job}  stopped;`),
  );

/** What the runs of a place have left to go on from. */
const checkpoints = (name: string) =>
  filesBelow(join(work(name), 'checkpoints')).filter((path) => path.endsWith('.safetensors'));

interface Damage {
  path: string;
  how: 'removed' | 'cut';
}

/** Removes or cuts one file of the records, the checkpoints or what runs share. */
function damage(name: string, random: () => number): Damage | undefined {
  const shared = ['checkpoints', 'pretrained', 'spent'].map((part) => join(work(name), part));
  const files = [out(name), ...shared]
    .flatMap(filesBelow)
    .filter((path) => !/\.(broken|tmp-\d+)$/.test(path));
  if (files.length === 0) return undefined;
  const path = files[int(random, files.length)]!;
  const how = random() < 0.5 ? 'removed' : 'cut';
  if (how === 'removed') rmSync(path);
  else truncateSync(path, int(random, statSync(path).size));
  return { path, how };
}

/**
 * What cannot be made again by itself must be named by `status`. Does what it advises.
 *
 * @returns whether the advice was to make a run again with --force
 */
async function mend(name: string, { path, how }: Damage): Promise<boolean> {
  const isRecord = path.endsWith('.json');
  const isNamed = path.startsWith(out(name)) && path.endsWith('.npy');
  if (!isNamed && !(isRecord && how === 'cut')) return false;
  // An array whose record was never written, or was removed, is nobody's.
  if (isNamed && !existsSync(path.replace(/(\.groups)?\.npy$/, '.json'))) return false;
  const { stdout } = await evaluate(['status', ...place(name)]);
  const run = basename(path).replace(/(\.groups)?\.npy$|\.json$/, '');
  // Of a run that lacks two files, one is named.
  const told = new RegExp(`${run}\\.(json|npy|groups\\.npy)`).test(stdout);
  expect({ path, how, stdout, told }).toEqual({ path, how, stdout, told: true });
  if (isRecord) rmSync(path);
  return isNamed;
}

beforeAll(async () => {
  const protocol = ['steps=40', 'pretrainSteps=40', 'tuningSteps=20', 'lookEvery=10', 'batch=16'];
  const planned = await evaluate([
    ...['plan', '--tier', 'smoke', '--model', 'local', '--regime', 'scratch,spt,scratch-matched'],
    ...['--ruleset', 'tuned', '--protocol', 'learningRates=0.001,0.006'],
    ...protocol.flatMap((setting) => ['--protocol', setting]),
    ...['--out', manifest],
  ]);
  expect(planned.stdout).toContain('3 runs, 1 pretraining and 1 tuning');
  expect((await evaluate(['run', ...place('undisturbed')])).code).toBe(0);
  // Three records with two arrays each, and that of the tuning stage.
  expect(Object.keys(results('undisturbed'))).toHaveLength(10);
});

it(
  `a tuned plan ends as undisturbed after ${kills} kills, ${hangUps} hang-ups and damaged files`,
  { timeout: 120_000 + 20_000 * kills },
  async () => {
    const random = stream('disturbed');
    const count = { kills: 0, hangUps: 0, damages: 0, rounds: 0 };
    while (count.kills < kills || count.hangUps < hangUps) {
      const name = `disturbed-${count.rounds++}`;
      let force = false;
      const resume = (options: { send?: Signal } = {}) =>
        evaluate(['resume', '--jobs', '1', ...place(name), ...(force ? ['--force'] : [])], options);
      const harm = async () => {
        const done = damage(name, random);
        if (!done) return;
        count.damages++;
        force = (await mend(name, done)) || force;
      };
      for (let isDone = false; !isDone && (count.kills < kills || count.hangUps < hangUps);) {
        const isHangUp = count.hangUps * kills < count.kills * hangUps || count.kills >= kills;
        const ended = isHangUp
          ? await resume({
              send: { signal: 'SIGHUP', when: /(tune|train) \d/, after: int(random, 400) },
            })
          : await resume({ send: killAt(random) });
        isDone = ended.code === 0;
        if (!isHangUp && ended.code === null) count.kills++;
        if (isHangUp && stoppedAtWork(ended)) {
          count.hangUps++;
          expect(ended.code).toBe(130);
          expect(checkpoints(name)).not.toEqual([]);
        }
        if (random() < 0.3) await harm();
      }
      // What is done is damaged as well.
      for (let turn = 0; turn < 2; turn++) {
        let last = await resume();
        for (let i = 0; i < 5 && !last.stdout.includes('Nothing to do'); i++) last = await resume();
        expect(last.stdout).toContain('Nothing to do');
        expect(results(name)).toEqual(results('undisturbed'));
        // Nothing to run: removes the checkpoint of a run that was killed as soon as it was recorded.
        expect((await evaluate(['run', ...place(name)])).code).toBe(0);
        expect(checkpoints(name)).toEqual([]);
        expect(filesBelow(folder).filter((path) => path.includes('.tmp-'))).toEqual([]);
        force = false;
        if (turn === 0) await harm();
      }
    }
    if (process.env.REACH_KILLS) console.log(count);
  },
);

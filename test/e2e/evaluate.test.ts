import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../core/cli/program.ts';
import { exitCode, messageOf } from '../../core/errors.ts';
import { program } from '../../evaluate/program.ts';
import { processorHere } from '../../evaluate/runs/processor.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { command } from './command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach-e2e-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const evaluate = (args: string[], options: Parameters<typeof command>[2] = {}) =>
  command('evaluate/cli.ts', args, options);
/** A run of a few seconds, into the test's own folder. */
const small = (...more: string[]) => [
  ...['run', '--tier', 'smoke', '--model', 'transformer', '--regime', 'spt'],
  ...['--protocol', 'steps=60', '--protocol', 'pretrainSteps=60', '--protocol', 'batch=16'],
  ...['--out', join(folder, 'runs'), '--work', join(folder, 'work'), ...more],
];

/** One of which only the files count. */
const brief = (...more: string[]) =>
  small('--regime', 'scratch', '--protocol', 'steps=10', ...more);

/** Records without what may differ between executions, and the bytes of their predictions. */
async function results(runs: string) {
  return Promise.all(
    readRecords(runs).map(async ({ file, record: { timing, ...record } }) => {
      expect(timing.attempts).toBeGreaterThan(0);
      const npy = await readFile(join(runs, file.replace(/\.json$/, '.npy')));
      return { file, record, predictions: npy.toString('base64') };
    }),
  );
}

describe('npm run evaluate', () => {
  it('writes a record and predictions, prints table and curve, and skips what is done', async () => {
    const first = await evaluate(small());
    expect(first.stderr).toContain('test accuracy');
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('tokens between evidence and read-out');
    const [made] = await results(join(folder, 'runs'));
    expect(made!.record.status).toBe('done');
    expect(made!.record.provenance.processor).toBe(processorHere());
    expect(made!.record.result!.distances.map(({ distance }) => distance)).toEqual([16, 32]);
    expect(await readdir(join(folder, 'work', 'checkpoints'))).toEqual([]);

    const onnx = join(folder, 'model.onnx');
    const from = ['--records', join(folder, 'runs'), '--work', join(folder, 'work')];
    const exported = await evaluate(['export', made!.record.id, '--out', onnx, ...from]);
    expect(exported.stdout).toContain('Loaded back, its logits differ by');
    expect((await readFile(onnx)).length).toBeGreaterThan(4 * made!.record.model.parameters);

    // What a pretraining left may be gone: with its runs done, it is not made again.
    await rm(join(folder, 'work', 'pretrained'), { recursive: true });
    const second = await evaluate(small());
    expect(second.code).toBe(0);
    expect(second.stderr).toContain('(recorded before)');
    expect(second.stderr).not.toContain('pretraining');
    expect(await results(join(folder, 'runs'))).toEqual([made]);
  });

  it('shares the cores as measured, and does batches in parts, which the record says', async () => {
    const asked = ['--jobs', 'auto', '--threads', 'auto', '--micro-batch', '4'];
    const { code, stderr } = await evaluate(brief(...asked, '--spinning', 'off'));
    expect(stderr).toMatch(/^1 run to do on \d+ cores?, memory for \d+: 1 at a time, /);
    expect(code).toBe(0);
    const [made] = await results(join(folder, 'runs'));
    expect(made!.record.provenance.microBatch).toBe(4);
    await evaluate([...brief(), '--out', join(folder, 'whole'), '--work', join(folder, 'other')]);
    const [whole] = await results(join(folder, 'whole'));
    expect(whole!.record.provenance).not.toHaveProperty('microBatch');
    expect(whole!.record.id).toBe(made!.record.id);
  });

  it('killed at random moments and started again, ends with the same bytes', async () => {
    await evaluate(small());
    const undisturbed = await results(join(folder, 'runs'));
    expect(undisturbed).toHaveLength(1);
    const runs = join(folder, 'again');
    let kills = 0;
    for (let attempt = 0; attempt < 12; attempt++) {
      // Moments spread over start-up, pretraining, training and test.
      const killAfter = attempt < 8 ? 900 + ((attempt * 787) % 2600) : undefined;
      const send =
        killAfter === undefined ? {} : { send: { signal: 'SIGKILL', after: killAfter } as const };
      const { code } = await evaluate(small('--out', runs), send);
      if (code === 0) break;
      kills++;
    }
    expect(kills).toBeGreaterThan(1);
    expect(await results(runs)).toEqual(undisturbed);
    const left = await readdir(folder, { recursive: true });
    expect(left.filter((file) => file.startsWith('again') && file.includes('.tmp'))).toEqual([]);
  });

  const refused: [string, string[], RegExp][] = [
    ['an unknown command', ['rum'], /Unknown command 'rum', did you mean 'run'\?/],
    ['an unknown flag', ['run', '--modle', 'x'], /--modle/],
    ['an export without a file', ['export', 'x'], /Name the file to write: --out FILE/],
    ['an export of no run', ['export', 'x', '--out', 'y'], /No record in .* has the id x/],
    ['an unknown task', ['run', '--task', 'recal'], /Unknown task 'recal', did you mean 'recall'/],
    ['an unknown model', ['run', '--model', 's4dd'], /Unknown model 's4dd', did you mean 's4d'/],
    ['an unknown regime', ['run', '--regime', 'sptt'], /Unknown regime 'sptt', did you mean 'spt'/],
    [
      'a seed that is no number',
      ['run', '--seed', '1,x'],
      /--seed is 'x', expected a whole number/,
    ],
    ['a wrong protocol', ['run', '--protocol', 'steps=-3'], /--protocol cannot take steps/],
    ['an unknown protocol key', ['run', '--protocol', 'speed=3'], /--protocol cannot take.*speed/],
    ['a setting without value', ['run', '--size', 'layers'], /--size is 'layers', expected name=/],
    ['an option out of range', ['run', '--model', 'local', '--model-option', 'window=0'], /window/],
    ['a wrong task option', ['run', '--set', 'length=3'], /length/],
    ['a flag whose old name is read', ['run', '--task-option', 'length=3'], /length/],
    ['zero jobs', ['run', '--jobs', '0'], /--jobs is '0', expected a whole number from 1/],
    ['threads that are no number', ['run', '--threads', 'many'], /from 1 on, or auto/],
    ['a micro-batch that leaves a rest', ['run', '--micro-batch', '5'], /number that divides it/],
    [
      'an unknown way to spin',
      ['run', '--spinning', 'fast'],
      /--spinning is 'fast', expected on, off or auto/,
    ],
    [
      'an unknown engine',
      ['run', '--engine', 'gpu'],
      /Unknown engine 'gpu'\. Known engines: onnx-cpu/,
    ],
  ];
  it('refuses wrong use on stderr, with one sentence and code 2', async () => {
    const [, args, message] = refused[0]!;
    const { code, stdout, stderr } = await evaluate(args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it.each(refused)('refuses %s as wrong use, with one sentence', async (_, args, message) => {
    const error = await runProgram(program, args).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(exitCode(error)).toBe(2);
    expect(messageOf(error)).toMatch(message);
    expect(messageOf(error)).not.toContain('\n');
  });

  it('refuses a data set that was altered, and a record that was cut off, with code 1', async () => {
    await evaluate(brief());
    const cache = join(folder, 'work', 'cache');
    const [data] = await readdir(cache);
    const inputs = join(cache, data!, 'train', 'inputs.npy');
    const bytes = await readFile(inputs);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(inputs, bytes);
    const altered = await evaluate(brief('--seed', '2'));
    expect(altered.stderr).toMatch(/FAILED: .*inputs\.npy was altered/);
    expect(altered.code).toBe(1);

    const record = join(folder, 'runs', readRecords(join(folder, 'runs'))[0]!.file);
    await writeFile(record, (await readFile(record, 'utf8')).slice(0, 500));
    const cut = await evaluate(brief());
    expect(cut.stderr).toMatch(/Not a valid record/);
    expect(cut.code).toBe(1);
  });

  it('loses nothing where the records cannot be written', async () => {
    await writeFile(join(folder, 'runs'), 'a file where the folder should be');
    const failed = await evaluate(brief());
    expect(failed.stderr).toMatch(
      /^Error: Cannot make the folder .*runs is a file; name another place\.$/m,
    );
    expect(failed.code).toBe(1);
    await rm(join(folder, 'runs'));
    const again = await evaluate(brief());
    expect(again.code).toBe(0);
    // The folder is tried before any work.
    expect(readRecords(join(folder, 'runs'))[0]!.record.timing.attempts).toBe(1);
  });

  it('explains itself', async () => {
    for (const args of [['--help'], ['run', '--help'], ['models', '--help'], ['report', '-h']]) {
      const { code, stdout } = await evaluate(args);
      expect(code).toBe(0);
      expect(stdout).toContain('npm run evaluate');
    }
    const models = await evaluate(['models', '--tier', 'smoke']);
    expect(models.stdout).toMatch(/transformer .*attention .*2017/);
    const nothing = await evaluate(['report', '--records', join(folder, 'none')]);
    expect(nothing.stderr).toMatch(/No such records/);
    expect(nothing.code).toBe(1);
  });
});

/** Submissions as people make them: the templates, a run's own predictions, and a pull request. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSubmission } from '../../evaluate/submissions/check.ts';
import { performSubmission } from '../../evaluate/submissions/score.ts';
import { checkPullRequest } from '../../evaluate/submissions/pullRequest.ts';
import { encodePredictions } from '../../evaluate/submissions/predictionsFile.ts';
import { peerPython } from '../peers.ts';
import { readNpy } from '../../core/npy.ts';
import { buildBoard } from '../../leaderboards/board/build.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import { command } from './command.ts';
import {
  encodeModel,
  floats,
  linear,
  node,
  tensor,
  int,
  message,
  text,
} from '../evaluate/submissions/onnx.ts';
import { publishedData } from '../../evaluate/submissions/data.ts';

const root = mkdtempSync(join(tmpdir(), 'reach-submit-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const examples = fileURLToPath(new URL('../../leaderboards/examples/', import.meta.url));
const work = join(root, 'work');
const submit = (dir: string, out: string, ...more: string[]) =>
  command('evaluate/cli.ts', ['submit', dir, '--out', join(root, out), '--work', work, ...more]);

/** The same in this process, which takes no time to start. */
async function perform(dir: string, out: string, force = false) {
  return performSubmission(await checkSubmission(dir), {
    ...{ out: join(root, out), work, threads: 1, force, command: 'none' },
    onStart: () => undefined,
    onTick: () => undefined,
    onEnd: () => undefined,
  });
}

interface Description {
  name: string;
  title: string;
  authors: string[];
  code?: string;
  parameters: number;
  results: { file: string; seed: number }[];
}

/** A copy of a template, described as somebody's own. */
function copy(
  kind: string,
  name: string,
  change: (description: Description) => void = () => undefined,
  parent = root,
): string {
  const dir = join(parent, name);
  cpSync(join(examples, kind), dir, { recursive: true });
  const path = join(dir, 'submission.json');
  const description = JSON.parse(readFileSync(path, 'utf8')) as Description;
  Object.assign(description, { name, title: name, authors: ['Somebody'] });
  delete description.code;
  change(description);
  writeFileSync(path, JSON.stringify(description));
  return dir;
}

describe('the templates', () => {
  it.each(['architecture', 'model', 'predictions'])('of %s is in order', async (kind) => {
    expect((await checkSubmission(join(examples, kind))).kind).toBe(kind);
  });

  it('of a model and of its predictions score the same, and stand on the board', async () => {
    const table = join(root, 'table.md');
    const { code, stdout } = await submit(
      join(examples, 'model'),
      'templates',
      '--markdown',
      table,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/pytorch-transformer-model +scratch +1 +[01]\.\d{3} \[/);
    expect(readFileSync(table, 'utf8')).toContain('| inference-verified (');
    await perform(join(examples, 'predictions'), 'templates');
    const files = readRecords(join(root, 'templates'));
    const [model, predictions] = files.map(({ record }) => record);
    expect(model!.verification!.tier).toBe('inference-verified');
    expect(predictions!.verification!.tier).toBe('self-reported');
    expect(predictions!.result).toEqual(model!.result);
    expect(model!.result!.test.accuracy).toBeGreaterThan(0.95);
    // The seed of the fresh data is the clock's.
    const { seed, test } = model!.verification!.fresh!;
    expect(Math.abs(seed - Date.now())).toBeLessThan(3_600_000);
    expect(test.accuracy).toBeGreaterThan(0.95);
    const [tier] = buildBoard(files).tiers;
    expect(tier!.leftOut).toEqual([]);
    expect(tier!.rows.map(({ model }) => model).sort()).toEqual([
      'pytorch-transformer-model',
      'pytorch-transformer-predictions',
    ]);
  });
});

describe('a predictions file', () => {
  it('made from a run gives the figures of its record', async () => {
    const runs = join(root, 'runs');
    const ran = await command('evaluate/cli.ts', [
      ...['run', '--task', 'recall', '--tier', 'smoke', '--model', 'local', '--regime', 'scratch'],
      ...['--seed', '7', '--protocol', 'steps=60', '--out', runs, '--work', work],
    ]);
    expect(ran.code).toBe(0);
    const [{ file, record }] = readRecords(runs) as [ReturnType<typeof readRecords>[0]];
    const { data } = await readNpy(join(runs, file.replace(/\.json$/, '.npy')));
    const dir = copy('predictions', 'from-a-run', ({ results }) => (results[0]!.seed = 7));
    writeFileSync(join(dir, 'recall.csv'), encodePredictions(data));
    await perform(dir, 'from-a-run-records');
    const [again] = readRecords(join(root, 'from-a-run-records'));
    const { test, distances } = record.result!;
    expect(again!.record.result).toEqual({ test, distances });
    expect(again!.record.task).toEqual(record.task);
    expect(again!.record.predictions!.sha256).toBe(record.predictions!.sha256);

    // Once more it changes nothing; another file under the same name is refused.
    const before = JSON.stringify(again);
    await perform(dir, 'from-a-run-records');
    expect(JSON.stringify(readRecords(join(root, 'from-a-run-records'))[0])).toBe(before);
    writeFileSync(join(dir, 'recall.csv'), encodePredictions(Array.from(data, () => 0)));
    await expect(perform(dir, 'from-a-run-records')).rejects.toThrow(
      'is the record of another file',
    );
    await perform(dir, 'from-a-run-records', true);
    expect(readRecords(join(root, 'from-a-run-records'))[0]!.record.result!.test.accuracy).toBe(
      0.25,
    );
  });
});

const python = peerPython('the guide for PyTorch');
describe.skipIf(!python)('the script for PyTorch', { timeout: 600_000 }, () => {
  it('makes submissions that are in order, and whose model answers as the predictions say', async () => {
    const { dir } = await publishedData('recall', 'smoke', { work });
    const [model, predictions] = [join(root, 'torch-model'), join(root, 'torch-predictions')];
    const exporter = hasOnnxscript() ? 'dynamo' : 'torchscript';
    const args = ['-B', join(examples, 'train.py'), dir, '--out', model, '--steps', '10'];
    const more = ['--predictions', predictions, '--author', 'Somebody', '--exporter', exporter];
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
    const printed = execFileSync(python!, [...args, ...more], {
      encoding: 'utf8',
      env,
      stdio: 'pipe',
    });
    expect(printed).toMatch(/step 10 {2}loss .*trained in \d+ s\ntest 0\.\d+ \(chance 0\.250\)/s);
    const results = [];
    for (const folder of [model, predictions])
      results.push((await perform(folder, 'torch'))[0]!.result);
    expect(results[0]).toEqual(results[1]);
    // What was written is now the author's, and stays.
    const description = join(model, 'submission.json');
    writeFileSync(description, '{}');
    expect(
      execFileSync(python!, [...args, ...more], { encoding: 'utf8', env, stdio: 'pipe' }),
    ).toContain('submission.json stays as it is');
    expect(readFileSync(description, 'utf8')).toBe('{}');
  });
});

/** Newer PyTorch needs onnxscript for its exporter. */
function hasOnnxscript(): boolean {
  try {
    execFileSync(python!, ['-c', 'import onnxscript'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a model', () => {
  it('that knows the published test split by heart is refused', async () => {
    const data = await publishedData('recall', 'smoke', { work });
    const { count, length, inputs, labels } = await data.split('test');
    const classes = data.meta.shape.classes;
    // The nearest published example, by 2·x·t − |t|², and its label.
    const model = linear(length, classes);
    const table = new Float32Array(length * count);
    const norms = new Float32Array(count);
    for (let i = 0; i < count; i++)
      for (let t = 0; t < length; t++) {
        const token = inputs[i * length + t]!;
        table[t * count + i] = 2 * token;
        norms[i]! -= token ** 2;
      }
    const answers = new Float32Array(count * classes);
    labels.forEach((label, i) => (answers[i * classes + label] = 1));
    model.initializers = [
      tensor('table', 1, [length, count], floats(table)),
      tensor('norms', 1, [count], floats(norms)),
      tensor('answers', 1, [count, classes], floats(answers)),
    ];
    const attribute = (name: string, value: number) =>
      message(5, text(1, name), int(3, value), int(20, 2));
    model.nodes = [
      node('Cast', ['tokens'], ['x'], attribute('to', 1)),
      node('MatMul', ['x', 'table'], ['products']),
      node('Add', ['products', 'norms'], ['nearness']),
      node('ArgMax', ['nearness'], ['nearest'], attribute('axis', 1), attribute('keepdims', 0)),
      node('Gather', ['answers', 'nearest'], ['logits']),
    ];
    const dir = copy('model', 'by-heart', (description) => (description.parameters = 1000));
    writeFileSync(join(dir, 'recall.onnx'), encodeModel(model));
    await expect(perform(dir, 'by-heart-records')).rejects.toThrow(
      /recall\.onnx: the model gets 100\.0 % of the published test split, but \d\d\.\d %/,
    );
    expect(readRecords(join(root, 'by-heart-records'))).toEqual([]);
  });
});

describe('wrong use', () => {
  it('is told what to do', async () => {
    const missing = await submit(join(root, 'nowhere'), 'none', '--check');
    expect(missing.stderr).toContain(
      'Error: nowhere: the folder cannot be read: it does not exist.',
    );
    expect(missing.code).toBe(1);
  });
});

describe('a pull request', () => {
  const repository = join(root, 'repository');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd: repository,
      encoding: 'utf8',
    });
  const submissions = join(repository, 'leaderboards', 'submissions');
  /** Commits what stands in the working tree on a branch of its own, and goes back. */
  function branch(name: string, make: () => void): string {
    git('checkout', '-q', '-b', name);
    make();
    git('add', '-A');
    git('commit', '-q', '-m', name);
    const head = git('rev-parse', 'HEAD').trim();
    git('checkout', '-q', 'main');
    return head;
  }
  const check = (head: string) =>
    checkPullRequest({ repository, base: 'main', head, out: join(root, 'none'), work });

  beforeAll(() => {
    mkdirSync(submissions, { recursive: true });
    git('init', '-q', '-b', 'main');
    writeFileSync(join(repository, 'README.md'), 'words');
    git('add', '-A');
    git('commit', '-q', '-m', 'base');
  });

  it('gets a table, or the reason for a refusal, of each submission', async () => {
    const head = branch('good', () => {
      copy('predictions', 'my-predictions', undefined, submissions);
      copy('architecture', 'my-mixer', undefined, submissions);
      const other = (description: Description) => void (description.name = 'another');
      copy('predictions', 'other-name', other, submissions);
      cpSync(join(examples, 'model'), join(submissions, 'left'), { recursive: true });
    });
    const { markdown, refused } = await check(head);
    expect(markdown).toMatch(/\| recall, smoke \| scratch, seed 1 \| 1\.000 \[/);
    expect(markdown).toContain(
      'the architecture submission is in order. It is trained after a review',
    );
    expect(markdown).toContain('expected the name of its folder');
    expect(markdown).toContain('as in the template');
    expect(refused).toBe(2);
  });

  it('with links, other changes or a name full of Markdown does no harm', async () => {
    const linked = branch('linked', () => {
      cpSync(join(examples, 'predictions'), join(submissions, 'linked'), { recursive: true });
      rmSync(join(submissions, 'linked', 'recall.csv'));
      symlinkSync('/etc/passwd', join(submissions, 'linked', 'recall.csv'));
    });
    const first = await check(linked);
    expect(first.markdown).toContain('is a link');
    expect(first.refused).toBe(1);
    const both = branch('both', () => {
      cpSync(join(examples, 'predictions'), join(submissions, '@all [x](y) <b>'), {
        recursive: true,
      });
      writeFileSync(join(repository, 'README.md'), 'changed');
    });
    const second = await check(both);
    expect(second.markdown).not.toMatch(/[@<]|\]\(/);
    expect(second.markdown).toContain('changes other files besides');
    git('checkout', '-q', '-b', 'with', linked);
    rmSync(join(submissions, 'linked'), { recursive: true });
    git('commit', '-q', '-a', '-m', 'removed');
    const removed = await checkPullRequest({
      repository,
      base: linked,
      head: 'with',
      out: root,
      work,
    });
    expect(removed).toEqual({ markdown: expect.stringContaining('removed') as string, refused: 0 });
    git('checkout', '-q', 'main');
    const none = branch('none', () => writeFileSync(join(repository, 'README.md'), 'other'));
    expect(await check(none)).toEqual({ markdown: '', refused: 0 });
  });
});

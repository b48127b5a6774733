/** Each way of cheating tries to reach the board by the real command, and leaves no record. */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { shapeOf } from '../../evaluate/plan/spec.ts';
import { checkSubmission } from '../../evaluate/submissions/check.ts';
import { performSubmission } from '../../evaluate/submissions/score.ts';
import { buildBoard } from '../../leaderboards/board/build.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import {
  encodeModel,
  floats,
  int,
  linear,
  message,
  node,
  tensor,
  text,
  value,
  type Model,
} from '../evaluate/submissions/onnx.ts';
import { command } from './command.ts';

const root = mkdtempSync(join(tmpdir(), 'reach-cheating-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const [work, out] = [join(root, 'work'), join(root, 'records')];
const examples = fileURLToPath(new URL('../../leaderboards/examples/', import.meta.url));
const { length, classes } = shapeOf('recall', 'smoke', {});

type Description = Record<string, unknown>;

/** A template as somebody's own, with its file changed. */
function copy(kind: string, file: string, content: (old: string) => string | Uint8Array): string {
  const dir = mkdtempSync(join(root, `${kind}-`));
  cpSync(join(examples, kind), dir, { recursive: true });
  const path = join(dir, 'submission.json');
  const description = JSON.parse(readFileSync(path, 'utf8')) as Description;
  Object.assign(description, { name: 'cheat', title: 'Cheat', authors: ['Somebody'] });
  if (kind === 'model') description.parameters = 1;
  delete description.code;
  writeFileSync(path, JSON.stringify(description));
  writeFileSync(join(dir, file), content(readFileSync(join(dir, file), 'utf8')));
  return dir;
}

const changed = (change: (model: Model) => void) => () => {
  const model = linear(length, classes);
  change(model);
  return encodeModel(model);
};
const toLogits = (...last: Model['nodes']) =>
  changed((model) => {
    model.nodes = [model.nodes[0]!, node('MatMul', ['x', 'w'], ['m']), ...last];
  });
const attribute = (name: string, ...more: Parameters<typeof message>[1][]) =>
  message(5, text(1, name), ...more);

/** Row i of a batch answers i mod 4, whatever its tokens: 1.000 where rows stand by their labels. */
const rowModFour = changed((model) => {
  model.inputs[0] = value('tokens', 6, [classes, length]);
  const rows = Array.from({ length: classes ** 2 }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0));
  model.initializers.push(tensor('rows', 1, [classes, classes], floats(rows)));
  model.initializers.push(tensor('zero', 1, [], floats([0])));
  model.nodes = [
    model.nodes[0]!,
    node('MatMul', ['x', 'w'], ['m']),
    node('Mul', ['m', 'zero'], ['none']),
    node('Add', ['none', 'rows'], ['logits']),
  ];
});
const overBatch = toLogits(
  node('ReduceMean', ['m'], ['mean'], attribute('axes', int(8, 0), int(20, 7))),
  node('Sub', ['m', 'mean'], ['logits']),
);
const drawn = toLogits(
  node('RandomNormalLike', ['m'], ['noise']),
  node('Add', ['m', 'noise'], ['logits']),
);

const mixer = (from: string, to: string) => (source: string) => source.replace(from, to);

const cheats: [name: string, dir: () => string, refused: RegExp][] = [
  [
    'the place in the batch',
    () => copy('model', 'recall.onnx', rowModFour),
    /gives one example a logit/,
  ],
  [
    'the neighbours in the batch',
    () => copy('model', 'recall.onnx', overBatch),
    /gives one example a logit/,
  ],
  ['chance', () => copy('model', 'recall.onnx', drawn), /draws random numbers/],
  [
    'a file that is no model',
    () => copy('model', 'recall.onnx', () => '<!DOCTYPE html>'),
    /is a web page/,
  ],
  [
    'a mixer that looks further than it says',
    () => copy('architecture', 'mixer.ts', mixer('reach: shift', 'reach: 0')),
    /mixer\.reach is 0, but what stands beyond changes/,
  ],
  [
    'a mixer that carries more than it says',
    () => copy('architecture', 'mixer.ts', mixer('stateSize: shift * width', 'stateSize: shift')),
    /mixer\.stateSize is 1, but small changes/,
  ],
  [
    'a mixer that reads the labels',
    () => copy('architecture', 'mixer.ts', (source) => `import fs from 'node:fs';\n${source}`),
    /imports "node:fs"/,
  ],
  [
    'predictions of an index twice',
    () => copy('predictions', 'recall.csv', mixer('\n1,', '\n0,')),
    /for the second time/,
  ],
];

describe('who cheats by', () => {
  it.each(cheats)('%s is refused and leaves no record', async (_, make, refused) => {
    const dir = make();
    // The name of an architecture stands in its file, too.
    const file = join(dir, 'mixer.ts');
    if (existsSync(file))
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace("name: 'token-shift'", "name: 'cheat'"),
      );
    const attempt = checkSubmission(dir).then((checked) =>
      performSubmission(checked, {
        ...{ out, work, threads: 1, force: false, command: 'none' },
        onStart: () => undefined,
        onTick: () => undefined,
        onEnd: () => undefined,
      }),
    );
    await expect(attempt).rejects.toThrow(refused);
    expect(readRecords(out)).toEqual([]);
    expect(buildBoard(readRecords(out)).tiers).toEqual([]);
  });

  it('changing the predictions that a record names is found by report, status and collect', async () => {
    const dir = copy('predictions', 'recall.csv', (old) => old);
    const ran = await command('evaluate/cli.ts', ['submit', dir, '--out', out, '--work', work]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/test accuracy 1\.000.*wrote \S+cheat\S+\.json/s);
    const again = await command('evaluate/cli.ts', ['submit', dir, '--out', out, '--work', work]);
    expect(again.stderr).toContain('was recorded before, and nothing was run');
    const arrays = join(out, 'smoke', 'recall');
    const npy = readdirSync(arrays).find((name) => /[0-9a-f]\.npy$/.test(name))!;
    rmSync(join(arrays, npy));
    for (const args of [
      ['report', '--out', out],
      ['collect', '--out', out],
    ]) {
      const { code, stderr } = await command('evaluate/cli.ts', args);
      expect(stderr).toContain(`${npy} is missing, but smoke/recall/`);
      expect(code).toBe(1);
    }
    expect((await command('evaluate/cli.ts', ['report', '--quick', '--out', out])).code).toBe(0);
  });
});

describe('a lost connection', () => {
  it('leaves a checkpoint, from which the run goes on to its record', async () => {
    const place = ['--out', join(root, 'hung-up'), '--work', work];
    const run = ['run', '--task', 'recall', '--tier', 'smoke', '--model', 'local', '--seed', '3'];
    const args = [...run, '--regime', 'scratch', '--protocol', 'steps=200', ...place];
    const first = await command('evaluate/cli.ts', args, {
      send: { signal: 'SIGHUP', after: 0, when: /scratch 3 +train \d+/ },
    });
    expect(first.code).toBe(130);
    expect(first.stderr).toContain('SIGHUP: stopping after the step at hand');
    expect(readRecords(join(root, 'hung-up'))).toEqual([]);
    expect(readdirSync(join(work, 'checkpoints'))).toHaveLength(1);
    const second = await command('evaluate/cli.ts', args);
    expect(second.code).toBe(0);
    const [file] = readRecords(join(root, 'hung-up'));
    expect(file!.record.timing.attempts).toBe(2);
  });
});

/**
 * Small PyTorch models of both exporters: honest ones are accepted, and answer as PyTorch does, and the
 * checks cost at most half a pass; each kind that a submission may not be is refused in one sentence. In CI
 * every architecture comes from both exporters; `REACH_HONEST=100 npx vitest run
 * test/evaluate/submissions/honest.test.ts` makes that many. It needs torch and onnxscript
 * (`evaluate/bench/peers/README.md`).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../../core/npy.ts';
import { int, stream } from '../../../core/random.ts';
import { askModel } from '../../../evaluate/submissions/askModel.ts';
import { withExternalData } from '../../../evaluate/submissions/externalData.ts';
import { checkModel, mostModelBytes } from '../../../evaluate/submissions/modelFile.ts';
import { figuresOf } from '../../../evaluate/training/agreement.ts';
import { peerPython } from '../../peers.ts';

const python = peerPython('honest models', 'torch, onnxscript');

/** 20 architectures by both exporters, or the first few. */
const models = Number(process.env.REACH_HONEST ?? (process.env.CI === 'true' ? 40 : 6));
const [count, length, classes] = [400, 32, 4];
const folder = mkdtempSync(join(tmpdir(), 'reach-honest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Honest {
  name: string;
  file: string;
  classes: number[];
  margin: number[];
}

interface Refused {
  name: string;
  exporter: 'dynamo' | 'torchscript';
  file: string;
  /** What the exporter says, which refuses it first. */
  unexported?: string;
}

/** A part of the sentence, by kind. */
const refusals: Record<string, string> = {
  'batch statistics': 'expected at most',
  'row before': 'expected at most',
  'place in the batch': 'expected at most',
  noise: 'Random',
  'every position': 'graph.output',
  'class alone': 'graph.output',
  'half precision': 'expected float: end the model with',
  'five classes': 'graph.output',
  'two inputs': 'graph.input',
  'two outputs': 'graph.output',
};

/** An export takes a second or two, and so does asking the model, on a machine that others use too. */
const timeout = 60_000 + 20_000 * models;

describe.skipIf(!python)('models of PyTorch', { timeout }, () => {
  const random = stream('honest');
  const inputs = Uint8Array.from({ length: count * length }, () => int(random, 32));
  const listIn = <T>(file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as T[];

  beforeAll(() => {
    writeFileSync(join(folder, 'inputs.npy'), encodeNpy(inputs, [count, length]));
    const script = fileURLToPath(new URL('honest.py', import.meta.url));
    const args = ['-B', script, join(folder, 'inputs.npy'), folder, String(models)];
    execFileSync(python!, args, {
      stdio: ['ignore', 'ignore', process.env.REACH_HONEST ? 'inherit' : 'ignore'],
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
  }, timeout);

  /** What the checks find, and how the model answers. */
  async function ask(file: string, secret: string) {
    const read = (data: string) => readFile(join(folder, data));
    const { bytes } = await withExternalData(await read(file), file, {
      read,
      most: mostModelBytes,
    });
    const facts = checkModel(bytes, file, { length, classes });
    const end = await askModel({
      model: bytes,
      tokens: facts.tokens,
      batch: facts.batch ?? 16,
      fixed: facts.batch !== undefined,
      precision: facts.precision,
      ...{ length, classes, inputs, secret },
    });
    return { ...end, precision: facts.precision };
  }

  it(`that are honest are accepted and answer as PyTorch does, ${models} of them`, async () => {
    const list = listIn<Honest>('list.json');
    expect(list).toHaveLength(models);
    const seconds = { pass: 0, repetitions: 0 };
    for (const { name, file, classes: expected, margin } of list) {
      const end = await ask(file, name);
      expect({ name, disagreement: end.disagreement }).toEqual({ name, disagreement: undefined });
      const slack = end.precision === 'reduced' ? 1e-2 : 1e-4;
      const other = expected.filter(
        (right, i) => right !== end.predictions[i] && margin[i]! > slack,
      );
      expect({ name, other }).toEqual({ name, other: [] });
      seconds.pass += end.seconds.pass;
      seconds.repetitions += end.seconds.repetitions;
    }
    const cost = seconds.repetitions / seconds.pass;
    if (process.env.REACH_HONEST)
      console.log(`${list.length} accepted; checks cost ${(100 * cost).toFixed(0)} % of a pass`);
  });

  it('that a submission may not be are refused in one sentence, whichever the exporter', async () => {
    const list = listIn<Refused>('refused.json');
    expect(list).toHaveLength(2 * Object.keys(refusals).length);
    const told: Record<string, string | undefined> = {};
    for (const { name, exporter, file, unexported } of list)
      told[`${name}, ${exporter}`] =
        unexported ??
        (await ask(file, name).then(
          ({ disagreement }) => disagreement && `The model ${figuresOf(disagreement)}.`,
          (error: Error) => error.message,
        ));
    const sentence = ({ name, exporter }: Refused): [string, unknown] => [
      `${name}, ${exporter}`,
      expect.stringMatching(new RegExp(`^[^\\n]*${refusals[name]!}[^\\n]*\\.$`)),
    ];
    expect(told).toEqual(Object.fromEntries(list.map(sentence)));
  });
});

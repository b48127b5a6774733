/**
 * Honest PyTorch models of both exporters are accepted, and answer as PyTorch does, and the checks cost
 * at most half a pass. `REACH_HONEST=100 npx vitest run test/evaluate/submissions/honest.test.ts` makes
 * more; it needs torch and onnxscript (`evaluate/bench/peers/README.md`).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, test } from 'vitest';
import { encodeNpy } from '../../../core/npy.ts';
import { int, stream } from '../../../core/random.ts';
import { findPython } from '../../../evaluate/bench/torch.ts';
import { askModel } from '../../../evaluate/submissions/askModel.ts';
import { withExternalData } from '../../../evaluate/submissions/externalData.ts';
import { checkModel, mostModelBytes } from '../../../evaluate/submissions/modelFile.ts';

const python = findPython('torch, onnxscript');
// Python packages are peers to measure against: nobody needs them to use or change this package.
if (!python)
  test.skip('honest models: to run these tests, see evaluate/bench/peers/README.md', () => {});

const models = Number(process.env.REACH_HONEST ?? 6);
const [count, length, classes] = [400, 32, 4];
const folder = mkdtempSync(join(tmpdir(), 'reach-honest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Honest {
  name: string;
  file: string;
  classes: number[];
  margin: number[];
}

/** An export takes a second or two, and so does asking the model, on a machine that others use too. */
const timeout = 60_000 + 20_000 * models;

describe.skipIf(!python)('honest models', { timeout }, () => {
  it(`are accepted and answer as PyTorch does, ${models} of them`, async () => {
    const random = stream('honest');
    const inputs = Uint8Array.from({ length: count * length }, () => int(random, 32));
    writeFileSync(join(folder, 'inputs.npy'), encodeNpy(inputs, [count, length]));
    const script = fileURLToPath(new URL('honest.py', import.meta.url));
    const args = ['-B', script, join(folder, 'inputs.npy'), folder, String(models)];
    execFileSync(python!, args, {
      stdio: ['ignore', 'ignore', process.env.REACH_HONEST ? 'inherit' : 'ignore'],
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    const list = JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8')) as Honest[];
    expect(list).toHaveLength(models);
    const seconds = { pass: 0, repetitions: 0 };
    for (const { name, file, classes: expected, margin } of list) {
      const read = (data: string) => readFile(join(folder, data));
      const { bytes } = await withExternalData(await read(file), file, {
        read,
        most: mostModelBytes,
      });
      const facts = checkModel(bytes, name, { length, classes });
      const end = await askModel({
        model: bytes,
        tokens: facts.tokens,
        batch: facts.batch ?? 16,
        fixed: facts.batch !== undefined,
        precision: facts.precision,
        ...{ length, classes, inputs, secret: name },
      });
      expect({ name, disagreement: end.disagreement }).toEqual({ name, disagreement: undefined });
      const slack = facts.precision === 'reduced' ? 1e-2 : 1e-4;
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
});

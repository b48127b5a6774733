import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesOf, readManifest, writeManifest } from '../../../evaluate/plan/manifest.ts';
import { idOf, pretrainingIdOf, specsOf, type Request } from '../../../evaluate/plan/spec.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach-manifest-'));
});
afterEach(() => rm(folder, { recursive: true }));

const request: Request = {
  tasks: ['recall'],
  models: [{ name: 'local', options: { window: 4 } }],
  regimes: ['scratch', 'spt', 'scratch-matched'],
  seeds: [1, 2],
  tier: 'smoke',
  ruleset: 'fixed',
  dataSeed: 0,
  taskOptions: {},
  modelOptions: {},
  protocol: {},
  size: {},
};

describe('a manifest', () => {
  it('has every pretraining once, before the runs that name it as their parent', () => {
    const slow = { ...request, protocol: { learningRate: 1e-4 } };
    const lines = linesOf([...specsOf(request), ...specsOf(slow)]);
    expect(lines.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 2 }, () => 'pretraining'),
      ...Array.from({ length: 12 }, () => 'run'),
    ]);
    const pretrained = lines.filter(({ parent }) => parent !== undefined);
    // Two seeds, each with two learning rates on labels: both start from the same pretraining.
    expect(pretrained).toHaveLength(4);
    expect(new Set(pretrained.map(({ parent }) => parent))).toEqual(
      new Set(lines.slice(0, 2).map(({ id }) => id)),
    );
    for (const { kind, id, spec } of lines)
      expect(id).toBe(kind === 'run' ? idOf(spec) : pretrainingIdOf(spec));
  });

  it('is read back as it was written, from the file and from its folder', async () => {
    const lines = linesOf(specsOf(request));
    const path = await writeManifest(folder, lines);
    expect(await readManifest(path)).toEqual(lines);
    expect(await readManifest(folder)).toEqual(lines);
  });

  it('is refused with the line where it is not one', async () => {
    const path = await writeManifest(folder, linesOf(specsOf(request)));
    const text = await readFile(path, 'utf8');
    const lines = text.split('\n');
    const broken = async (index: number, line: string) => {
      await writeFile(path, lines.with(index, line).join('\n'));
      return readManifest(path);
    };
    await expect(broken(2, (await readFile(path, 'utf8')).split('\n')[1]!)).rejects.toThrow(
      /line 3: is the same \w+ as line 2; remove one of them/,
    );
    await expect(broken(2, '{"kind"')).rejects.toThrow(/line 3 is not JSON/);
    const edited = lines[2]!.replace('"seed":1', '"seed":9');
    await expect(broken(2, edited)).rejects.toThrow(/line 3: id is .*hashes to .*plan it again/);
    const foreign = lines[2]!.replace('"tier":"smoke"', '"tier":"huge"');
    await expect(broken(2, foreign)).rejects.toThrow(/line 3: spec\.tier/);
    await writeFile(path, '\n');
    await expect(readManifest(path)).rejects.toThrow(/has no line/);
    await expect(readManifest(join(folder, 'none'))).rejects.toThrow(/There is no manifest/);
  });
});

describe('a pretraining', () => {
  it('is shared by what differs after it only', () => {
    const idWith = (changes: Partial<Request>) =>
      pretrainingIdOf(specsOf({ ...request, regimes: ['spt'], seeds: [1], ...changes })[0]!);
    const id = idWith({});
    expect(idWith({ ruleset: 'tuned' })).toBe(id);
    expect(idWith({ protocol: { steps: 7, learningRate: 1 } })).toBe(id);
    expect(idWith({ protocol: { pretrainSteps: 7 } })).not.toBe(id);
    expect(idWith({ protocol: { batch: 7 } })).not.toBe(id);
    expect(idWith({ seeds: [2] })).not.toBe(id);
    expect(idWith({ dataSeed: 1 })).not.toBe(id);
    expect(idWith({ modelOptions: { heads: 2 } })).not.toBe(id);
  });
});

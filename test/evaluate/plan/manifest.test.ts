import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesOf, readManifest, writeManifest } from '../../../evaluate/plan/manifest.ts';
import {
  idOf,
  pretrainingIdOf,
  specsOf,
  tuningIdOf,
  type Request,
} from '../../../evaluate/plan/spec.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach-manifest-'));
});
afterEach(() => rm(folder, { recursive: true }));

const request: Request = {
  tasks: ['recall'],
  models: [{ name: 'local', options: {} }],
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
    const pretrained = lines.filter(({ spec, kind }) => kind === 'run' && spec.regime === 'spt');
    // Two seeds, each with two learning rates on labels: both start from the same pretraining.
    expect(pretrained).toHaveLength(4);
    expect(new Set(pretrained.map(({ parent }) => parent))).toEqual(
      new Set(lines.slice(0, 2).map(({ id }) => id)),
    );
    for (const { kind, id, spec } of lines)
      expect(id).toBe(kind === 'run' ? idOf(spec) : pretrainingIdOf(spec));
  });

  it('has the tuning of a model once, and every line after the one that it waits for', () => {
    const tuned = { ...request, ruleset: 'tuned' as const };
    const lines = linesOf(specsOf({ ...tuned, regimes: ['scratch-matched', 'joint', 'scratch'] }));
    expect(lines.map(({ kind, spec: { regime, seed } }) => `${kind} ${regime} ${seed}`)).toEqual([
      'tuning scratch 0',
      'pretraining spt 1',
      'pretraining spt 2',
      // Not asked for, but its token-steps are matched.
      'run spt 1',
      'run spt 2',
      'run scratch 1',
      'run scratch 2',
      'run scratch-matched 1',
      'run scratch-matched 2',
      'run joint 1',
      'run joint 2',
    ]);
    expect(lines.map(({ parent }) => lines.findIndex(({ id }) => id === parent))).toEqual([
      ...[-1, 0, 0, 1, 2, 0, 0, 3, 4, 3, 4],
    ]);
  });

  it('of another version is refused with where it can be run', async () => {
    const [line] = linesOf(specsOf({ ...request, regimes: ['scratch'] }));
    const old = { ...line!, spec: { ...line!.spec, benchmark: '1.0' } };
    await writeManifest(folder, [old]);
    await expect(readManifest(folder)).rejects.toThrow(
      /line 1: It was made by benchmark 1\.0, and this is .*: check out commit a92ca34 and run/,
    );
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
    expect(idWith({ protocol: { steps: 7, learningRate: 1, patience: 7 } })).toBe(id);
    expect(idWith({ protocol: { pretrainSteps: 7 } })).not.toBe(id);
    expect(idWith({ protocol: { batch: 7 } })).not.toBe(id);
    expect(idWith({ seeds: [2] })).not.toBe(id);
    expect(idWith({ dataSeed: 1 })).not.toBe(id);
    expect(idWith({ modelOptions: { heads: 2 } })).not.toBe(id);
    // Its learning rate is that of the tuning stage, which another grid changes.
    const tuned = (protocol: Record<string, unknown>) => idWith({ ruleset: 'tuned', protocol });
    expect(tuned({})).not.toBe(id);
    expect(tuned({ steps: 7 })).toBe(tuned({}));
    expect(tuned({ learningRates: [1e-3, 2e-3] })).not.toBe(tuned({}));
  });
});

describe('a tuning stage', () => {
  const tuned = { ...request, ruleset: 'tuned' as const };
  const idsOf = (changes: Partial<Request>) =>
    new Set(specsOf({ ...tuned, ...changes }).map((spec) => tuningIdOf(spec)));

  it('is shared by the seeds and regimes of a model, and by nothing else', () => {
    expect(idsOf({}).size).toBe(1);
    expect(idsOf({ protocol: { steps: 7, patience: 3, pretrainSteps: 9 } })).toEqual(idsOf({}));
    expect(idsOf({ protocol: { tuningSteps: 7 } })).not.toEqual(idsOf({}));
    expect(idsOf({ protocol: { batch: 8 } })).not.toEqual(idsOf({}));
    expect(idsOf({ modelOptions: { window: 2 } })).not.toEqual(idsOf({}));
    expect(idsOf({ ruleset: 'fixed' })).toEqual(new Set([undefined]));
  });

  it('keeps its seed to itself', () => {
    expect(() => specsOf({ ...tuned, seeds: [0, 1] })).toThrow(/Seed 0 is kept for the tuning/);
    expect(() => specsOf({ ...request, seeds: [0] })).not.toThrow();
  });

  it('has a grid that spans a factor of 30 or more, the same for all', () => {
    for (const { protocol } of specsOf(tuned))
      expect(
        Math.max(...protocol.learningRates!) / Math.min(...protocol.learningRates!),
      ).toBeGreaterThan(30);
  });
});

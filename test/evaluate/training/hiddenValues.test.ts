/** What a pretrained model predicts of hidden values: asked rightly, scored by distance, exact at the limit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Executable } from '../../../evaluate/engine/engine.ts';
import { openEngine } from '../../../evaluate/engine/open.ts';
import { initialValues } from '../../../evaluate/training/flat.ts';
import { predictHiddenValues } from '../../../evaluate/training/hiddenValues.ts';
import { hiddenValueProgram, pretrainingLayout } from '../../../evaluate/training/programs.ts';
import { ensureDataset, openDataset, type Dataset } from '../../../generators/store/dataset.ts';
import { createModel } from '../../../models/backbone/backbone.ts';
import { parseOptions } from '../../../models/options.ts';
import { findMixer } from '../../../models/registry.ts';

let folder: string;
let plain: Dataset;
let dataset: Dataset;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach-hidden-'));
  const open = async (options: Record<string, unknown>) =>
    openDataset(
      await ensureDataset({ task: 'recall', tier: 'smoke', options, seed: 0, cache: folder }),
    );
  plain = await open({ train: 2 });
  dataset = await open({ train: 2, signal: 'near' });
});
afterAll(() => rm(folder, { recursive: true }));

const size = { layers: 2, width: 16, parameters: 12_000, shift: 'learned' as const };
const modelOf = (name: string, options = {}, data = dataset) =>
  createModel(findMixer(name), parseOptions(findMixer(name), options), data.meta.shape, size);

/** An engine whose programs answer as `answer` does, which sees the tokens of one example. */
function engineOf(answer: (tokens: number[]) => number, classes: number): Engine {
  return {
    name: 'fake',
    device: 'none',
    compile: async ({ inputs }) => {
      const [batch, length] = inputs.tokens!.shape as [number, number];
      const spec = { shape: [batch, classes], dtype: 'float32' as const };
      return {
        inputs,
        outputs: { logits: spec },
        run: async ({ tokens }) => {
          const logits = new Float32Array(batch * classes);
          for (let b = 0; b < batch; b++) {
            const row = Array.from((tokens as Int32Array).subarray(b * length, (b + 1) * length));
            logits[b * classes + answer(row)] = 1;
          }
          return { logits: { spec, read: async () => logits, dispose: () => undefined } };
        },
        dispose: async () => undefined,
      } satisfies Executable;
    },
    dispose: async () => undefined,
  } as Partial<Engine> as Engine;
}

/** Reads the first copy of the hidden value, if it stands at most `reach` tokens back; else says 0. */
const reader =
  (reach: number, { meta: { shape } }: Dataset = dataset) =>
  (tokens: number[]) => {
    const { position, firstValue } = shape.signal!;
    const said = (at: number) => tokens[at]! - firstValue;
    const key = tokens[position - 1]!;
    const isFirst = (at: number) => said(at) >= 0 && said(at) < shape.classes;
    const first = 1 + tokens.findIndex((token, at) => token === key && isFirst(at + 1));
    return position - first <= reach ? said(first) : 0;
  };

describe('the reach of pretraining', () => {
  const model = modelOf.bind(undefined, 'transformer');
  const ask = (answer: (tokens: number[]) => number) =>
    predictHiddenValues(
      { model: model(), dataset, engine: engineOf(answer, 4), batch: 7 },
      new Float32Array(1),
    );

  it('is all for whoever reads the first copy, with the value itself out of sight', async () => {
    const { position } = dataset.meta.shape.signal!;
    const seen = new Set<number>();
    const found = await ask((tokens) => {
      seen.add(tokens[position]!);
      return reader(Infinity)(tokens);
    });
    expect([...seen]).toEqual([model().maskToken]);
    expect(found!.overall).toMatchObject({ accuracy: 1, count: 256, groups: 16 });
    expect(found!.overall.use!.value).toBe(1);
    expect(found!.distances.map(({ distance, use }) => [distance, use!.value])).toEqual([
      [16, 1],
      [32, 1],
    ]);
    expect(found).toMatchObject({
      objective: 'masked token',
      signal: { kind: 'near', distance: 8, pairs: 3 },
    });
  });

  it('ends where the reader does: exactly 1/k beyond', async () => {
    const found = await ask(reader(31));
    const [near, far] = found!.distances;
    expect(near!.use!.value).toBe(1);
    expect(far!.correct * 4).toBe(far!.count);
    expect(far!.use!.value).toBe(0);
  });

  it('is asked of texts with the same code', async () => {
    const task = 'text-distance';
    const options = { train: 2, signal: 'far' };
    const dataset = await openDataset(
      await ensureDataset({ task, tier: 'smoke', options, seed: 0, cache: folder }),
    );
    const model = modelOf('transformer', {}, dataset);
    const ask = (reach: number) =>
      predictHiddenValues(
        { model, dataset, engine: engineOf(reader(reach, dataset), 2), batch: 7 },
        new Float32Array(1),
      );
    const all = await ask(Infinity);
    expect(all!.overall.use!.value).toBe(1);
    expect(all!.signal).toEqual({ kind: 'far', distance: 28, pairs: 2 });
    const far = (await ask(95))!.distances[1]!;
    expect(far).toMatchObject({ distance: 96, correct: far.count / 2 });
    expect(far.use!.value).toBe(0);
  });

  it('is not asked where the inputs hold no signal', async () => {
    const engine = engineOf(() => 0, 4);
    const of = { model: modelOf('transformer', {}, plain), dataset: plain, engine, batch: 7 };
    expect(await predictHiddenValues(of, new Float32Array(1))).toBeUndefined();
  });
});

describe('the program', () => {
  it.each([
    ['local', { window: 4 }, 'masked token'],
    ['gated-deltanet', {}, 'next token'],
  ])('asks %s by its own objective', async (name, options, objective) => {
    const engine = await openEngine('onnx-cpu');
    const model = modelOf(name, options);
    const parameters = initialValues(pretrainingLayout(model), 'test');
    const found = await predictHiddenValues({ model, dataset, engine, batch: 32 }, parameters);
    expect(found!.objective).toBe(objective);
    for (const { distance, correct, count, use } of found!.distances)
      if (distance > model.reach) {
        expect(correct * 4).toBe(count);
        expect(use!.value).toBe(0);
      }
    expect(Number.isFinite(model.reach)).toBe(name === 'local');
    await engine.dispose();
  });

  it('reads a causal model before the value, any other at it, among the values alone', async () => {
    const engine = await openEngine('onnx-cpu');
    for (const name of ['transformer', 'gated-deltanet']) {
      const model = modelOf(name);
      const { length, classes, signal } = dataset.meta.shape;
      const { position, firstValue: first } = signal!;
      const executable = await engine.compile(
        hiddenValueProgram(model, { batch: 1, length }, { position, first, count: classes }),
      );
      const parameters = initialValues(pretrainingLayout(model), 'test');
      const logits = async (tokens: Int32Array) => {
        const { logits } = await executable.run({ parameters, tokens });
        expect(logits!.spec.shape).toEqual([1, classes]);
        return Array.from(await logits!.read());
      };
      const tokens = Int32Array.from((await dataset.split('signal')).inputs.subarray(0, length));
      const changed = tokens.slice();
      changed[position] = first + ((tokens[position]! - first + 1) % classes);
      const [before, after] = [await logits(tokens), await logits(changed)];
      if (model.causal) expect(after).toEqual(before);
      else expect(after).not.toEqual(before);
      await executable.dispose();
    }
    await engine.dispose();
  });
});

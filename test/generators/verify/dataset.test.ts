import { createHash } from 'node:crypto';
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { arrayPath, arrays, type Meta } from '../../../generators/store/meta.ts';
import { encodeNpy, readNpy, type NpyArray } from '../../../core/npy.ts';
import { resolveOptions, findTask } from '../../../generators/registry.ts';
import type { SplitName } from '../../../generators/task.ts';
import { verifyDataset } from '../../../generators/verify/dataset.ts';
import { make, temporaryFolder } from '../support.ts';

const dir = temporaryFolder();
const original = join(dir, 'recall');
let copies = 0;

/** A block, so that there is an order certificate to break. */
const options = { layout: 'block', keys: 32, gap: 1, train: 6, val: 2, test: 3 };
beforeAll(() => make(original, 'recall', options).then());

type Arrays = Record<(typeof arrays)[number], NpyArray>;

/** Arrays and meta.json of a copy, open to change; `save` writes them, with checksums that fit. */
async function copy() {
  const folder = join(dir, `copy${copies++}`);
  cpSync(original, folder, { recursive: true });
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as Meta;
  const load = async (split: SplitName) => {
    const loaded: Partial<Arrays> = {};
    for (const array of arrays)
      loaded[array] = (await readNpy(join(folder, arrayPath(split, array)))).data;
    return loaded as Arrays;
  };
  const contents = { train: await load('train'), val: await load('val'), test: await load('test') };
  const save = (checksums = true) => {
    for (const split of ['train', 'val', 'test'] as const)
      for (const array of arrays) {
        const data = contents[split][array];
        const rows = array === 'inputs' ? data.length / meta.shape.length : data.length;
        const bytes = encodeNpy(data, array === 'inputs' ? [rows, meta.shape.length] : [rows]);
        writeFileSync(join(folder, arrayPath(split, array)), bytes);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        if (checksums) meta.files[arrayPath(split, array)] = { sha256, bytes: bytes.length };
      }
    writeFileSync(join(folder, 'meta.json'), JSON.stringify(meta));
  };
  return { folder, meta, contents, save };
}

/** The one finding that does not hold. */
async function broken(folder: string) {
  const findings = await verifyDataset(folder);
  expect(findings.filter(({ holds }) => !holds)).toHaveLength(1);
  return findings.at(-1)!;
}

describe('a data set as it was made', () => {
  it('holds to every rule', async () => {
    const findings = await verifyDataset(original);
    expect(findings.map(({ rule, holds }) => `${rule} ${holds}`)).toEqual(
      [
        'schema',
        'tokens',
        'groups',
        'splits',
        'labels',
        'balance',
        'reach',
        'order',
        'checksums',
      ].map((rule) => `${rule} true`),
    );
  });

  it('holds to every rule whatever the parameters', async () => {
    const task = findTask('recall');
    const parameters = fc
      .record({
        values: fc.integer({ min: 2, max: 6 }),
        gap: fc.integer({ min: 0, max: 4 }),
        noise: fc.integer({ min: 2, max: 40 }),
        extraKeys: fc.nat(20),
        room: fc.integer({ min: 80, max: 120 }),
        steps: fc.uniqueArray(fc.nat(70), { maxLength: 4 }),
        seed: fc.nat(1e6),
      })
      .map(({ values, gap, noise, extraKeys, room, steps, seed }) => ({
        seed,
        options: {
          ...{ layout: 'block', values, pairs: values, gap, noise, keys: values + extraKeys },
          ...{ train: 2, val: 1, test: 1 },
          length: values * (2 * gap + 2) + room,
          distances: steps.map((step) => gap + 1 + step).sort((a, b) => a - b),
        },
      }));
    let set = 0;
    await fc.assert(
      fc.asyncProperty(parameters, async ({ options, seed }) => {
        const out = join(dir, `random${set++}`);
        resolveOptions(task, 'smoke', options);
        await make(out, 'recall', options, { seed });
        const findings = await verifyDataset(out);
        expect(findings.filter(({ holds }) => !holds)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a data set that was changed, checksums and all,', () => {
  it('is refused for any one token of any one sibling', async () => {
    const { folder, contents, save } = await copy();
    const test = contents.test.inputs;
    const untouched = test.slice();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(test.length - 1),
        fc.integer({ min: 1, max: 53 }),
        async (at, token) => {
          fc.pre(test[at] !== token);
          test.set(untouched);
          test[at] = token;
          save();
          const { rule, file, group } = await broken(folder);
          expect(['reach', 'order']).toContain(rule);
          expect(file).toBe('test/inputs.npy');
          expect(group).toBe(40 + Math.floor(at / (4 * 64)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is refused for one label', async () => {
    const { folder, contents, save } = await copy();
    contents.val.labels[9] = (contents.val.labels[9]! + 1) % 4;
    save();
    expect(await broken(folder)).toMatchObject({
      rule: 'labels',
      file: 'val/labels.npy',
      group: 32,
    });
  });

  it('is refused for a label that is no class', async () => {
    const { folder, contents, save } = await copy();
    contents.train.labels[0] = 4;
    save();
    expect(await broken(folder)).toMatchObject({
      rule: 'labels',
      file: 'train/labels.npy',
      group: 0,
    });
  });

  it('is refused for two groups that changed places across splits', async () => {
    const { folder, contents, save } = await copy();
    // Groups 5 of train and 2 of test have different distances and go with everything they have.
    for (const array of arrays) {
      const width = array === 'inputs' ? 4 * 64 : 4;
      const [a, b] = [contents.train[array], contents.test[array]];
      const kept = a.slice(5 * width, 6 * width);
      a.set(b.subarray(2 * width, 3 * width), 5 * width);
      b.set(kept, 2 * width);
    }
    save();
    expect(await broken(folder)).toMatchObject({
      rule: 'groups',
      file: 'train/groups.npy',
      group: 5,
    });
  });

  it('is refused for an example that is in two splits', async () => {
    const { folder, contents, save } = await copy();
    contents.test.inputs.set(contents.train.inputs.subarray(0, 4 * 64));
    contents.test.labels.set(contents.train.labels.subarray(0, 4));
    save();
    expect(await broken(folder)).toMatchObject({
      rule: 'splits',
      file: 'test/inputs.npy',
      group: 40,
    });
  });

  it('is refused for a wrong distance of a group, or of one sibling', async () => {
    for (const siblings of [4, 1]) {
      const { folder, contents, save } = await copy();
      contents.val.distances.fill(8, 0, siblings);
      save();
      const { rule, file, group } = await broken(folder);
      expect({ rule, group }).toEqual({ rule: siblings === 4 ? 'reach' : 'groups', group: 30 });
      expect(file).toMatch(/^val\//);
    }
  });

  it('is refused for a token outside the vocabulary, and for padding', async () => {
    for (const token of [54, 0]) {
      const { folder, contents, save } = await copy();
      contents.val.inputs[63] = token;
      save();
      expect(await broken(folder)).toMatchObject({
        rule: 'tokens',
        file: 'val/inputs.npy',
        group: 30,
      });
    }
  });

  it('is refused for a group that was cut', async () => {
    for (const removed of [1, 4]) {
      const { folder, contents, meta, save } = await copy();
      for (const array of arrays)
        contents.val[array] = contents.val[array].slice(
          0,
          array === 'inputs' ? -64 * removed : -removed,
        );
      meta.shape.counts.val -= removed;
      // With other parameters, since the number of groups is one of them.
      meta.generatorVersion = 99;
      save();
      expect(await broken(folder)).toMatchObject(
        removed === 1
          ? { rule: 'groups', file: 'val/groups.npy', group: 39 }
          : { rule: 'balance', file: 'val/distances.npy' },
      );
    }
  });

  it('is refused for a shape that its parameters do not lead to', async () => {
    const { folder, meta, save } = await copy();
    meta.shape.order = 0;
    save();
    expect(await broken(folder)).toMatchObject({ rule: 'schema', file: 'meta.json' });
  });
});

describe('a data set that was damaged', () => {
  it('is refused for a change that keeps the certificates', async () => {
    const { folder, contents, save } = await copy();
    // The first noise token of the first group, in all four siblings.
    const { inputs } = contents.train;
    for (let s = 0; s < 4; s++) inputs[s * 64] = 40 + ((inputs[s * 64]! + 1) % 10);
    save(false);
    expect(await broken(folder)).toMatchObject({ rule: 'checksums', file: 'train/inputs.npy' });
  });

  it('is refused for every file that was cut off', async () => {
    for (const array of arrays) {
      const { folder } = await copy();
      truncateSync(join(folder, arrayPath('test', array)), 150);
      const finding = await broken(folder);
      expect(finding).toMatchObject({ rule: 'files', file: `test/${array}.npy` });
      expect(finding.detail).toContain('bytes');
    }
  });

  it('is refused for a meta.json that is missing, no JSON, or breaks the schema', async () => {
    const { folder, meta } = await copy();
    const path = join(folder, 'meta.json');
    for (const [text, message] of [
      ['{"schema":', 'not valid JSON'],
      [JSON.stringify({ ...meta, schema: 1 }), 'schema'],
      [JSON.stringify({ ...meta, extra: 1 }), 'extra'],
      [JSON.stringify({ ...meta, files: {} }), 'train/inputs.npy'],
    ] as const) {
      writeFileSync(path, text);
      const finding = await broken(folder);
      expect(finding.rule).toBe('schema');
      expect(finding.detail).toContain(message);
    }
    expect(await broken(dir)).toMatchObject({ rule: 'schema', file: 'meta.json' });
  });
});

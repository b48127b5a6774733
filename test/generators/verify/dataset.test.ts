import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { findTask, resolveOptions } from '../../../generators/registry.ts';
import { exportDataset } from '../../../generators/store/export.ts';
import { importDataset } from '../../../generators/store/import.ts';
import { arrayPath, arraysOf } from '../../../generators/store/meta.ts';
import { rowOrder } from '../../../generators/store/rows.ts';
import type { SplitName } from '../../../generators/task.ts';
import { verifyDataset } from '../../../generators/verify/dataset.ts';
import { make, temporaryFolder } from '../support.ts';
import { copyOf } from './copies.ts';

const dir = temporaryFolder();
const original = join(dir, 'recall');
let copies = 0;

/** 4 states and 4 questions, 2 distances; groups 0 to 11 are of train, 12 to 15 of val, 16 to 21 of test. */
const options = { keys: 32, gap: 1, length: 96, distances: [16, 40], train: 6, val: 2, test: 3 };
beforeAll(() => make(original, 'recall', options).then());

const copy = () => copyOf(original, join(dir, `copy${copies++}`));

/** Row of a member of a group, by its number in the split. */
function rowOf(split: SplitName, group: number, member: number): number {
  const shape = findTask('recall').shape(resolveOptions(findTask('recall'), 'smoke', options));
  return rowOrder({ task: 'recall', seed: 1, shape }, split).placeOf(16 * group + member);
}

/** The one finding that does not hold. */
async function broken(folder: string, full = false) {
  const findings = await verifyDataset(folder, { full });
  expect(findings.filter(({ holds }) => !holds)).toHaveLength(1);
  return findings.at(-1)!;
}

describe('a data set as it was made', () => {
  it('holds to every rule', async () => {
    const findings = await verifyDataset(original, { full: true });
    const rules = ['schema', 'tokens', 'groups', 'splits', 'extras', 'labels', 'reach', 'question'];
    rules.push('order', 'evaluator', 'again', 'checksums');
    expect(findings.map(({ rule, holds }) => `${rule} ${holds}`)).toEqual(
      rules.map((rule) => `${rule} true`),
    );
    expect(findings.find(({ rule }) => rule === 'again')!.detail).toBe(
      '352 of 352 examples made again, the same',
    );
  });

  it('holds to every rule whatever the parameters', async () => {
    const parameters = fc
      .record({
        values: fc.integer({ min: 2, max: 6 }),
        gap: fc.integer({ min: 0, max: 3 }),
        noise: fc.integer({ min: 3, max: 40 }),
        asked: fc.nat(9),
        room: fc.integer({ min: 80, max: 120 }),
        seed: fc.nat(1e6),
      })
      .map(({ values, gap, noise, asked, room, seed }) => ({
        seed,
        options: {
          ...{ values, gap, noise, asked, keys: 3 * values, sets: 1, distances: [] },
          ...{ train: 2, val: 1, test: 1, length: values * (4 * gap + 4) + asked + room },
        },
      }));
    let set = 0;
    await fc.assert(
      fc.asyncProperty(parameters, async ({ options, seed }) => {
        const out = join(dir, `random${set++}`);
        await make(out, 'recall', options, { seed });
        const findings = await verifyDataset(out);
        expect(findings.filter(({ holds }) => !holds)).toEqual([]);
        rmSync(out, { recursive: true });
      }),
      { numRuns: 15 },
    );
  });
});

describe('a data set that was changed, checksums and all,', () => {
  /** Changes a copy, and gives the finding that does not hold. */
  async function after(change: (changed: Awaited<ReturnType<typeof copy>>) => void, full = false) {
    const changed = await copy();
    change(changed);
    changed.save();
    const finding = await broken(changed.folder, full);
    rmSync(changed.folder, { recursive: true });
    return finding;
  }

  it('is refused for a change of noise in one row, by the certificates', async () => {
    for (const position of [0, 10, 75]) {
      const finding = await after(({ contents }) => {
        const at = rowOf('test', 1, 6) * 96 + position;
        contents.test.inputs![at] = contents.test.inputs![at]! === 50 ? 51 : 50;
      });
      expect(['reach', 'question', 'order', 'evaluator']).toContain(finding.rule);
      expect(finding).toMatchObject({ file: 'test/inputs.npy', group: 17 });
    }
  });

  it('is refused for a change of noise in a whole group, which is made again', async () => {
    const finding = await after(({ contents }) => {
      for (let member = 0; member < 16; member++) {
        const at = rowOf('test', 2, member) * 96;
        contents.test.inputs![at] = 39 + ((contents.test.inputs![at]! + 1) % 14);
      }
    }, true);
    expect(finding).toMatchObject({ rule: 'again', file: 'test/inputs.npy', group: 18 });
  });

  it('is refused for labels that are turned by one', async () => {
    const finding = await after(({ contents }) => {
      contents.test.labels!.forEach((label, i) => (contents.test.labels![i] = (label + 1) % 4));
    });
    expect(finding).toMatchObject({ rule: 'evaluator', file: 'test/labels.npy', group: 16 });
    expect(finding.detail).toMatch(/has label \d, but its tokens lead to \d/);
  });

  it('is refused for one label, answer or place that is another', async () => {
    const row = rowOf('val', 1, 3);
    const change = (array: string, width: number) =>
      after(({ contents }) => {
        const data = contents.val[array]!;
        data[row * width] = array === 'places' ? 30 : (data[row * width]! + 1) % 4;
      });
    expect(await change('labels', 1)).toMatchObject({ rule: 'labels', group: 13 });
    expect(await change('answers', 6)).toMatchObject({ rule: 'evaluator', group: 13 });
    expect(await change('places', 1)).toMatchObject({ rule: 'places', group: 13 });
  });

  it('is refused for rows that changed places', async () => {
    const finding = await after(({ contents }) => {
      for (const data of Object.values(contents.train)) {
        const width = data.length / 192;
        const first = data.slice(0, width);
        data.copyWithin(0, width, 2 * width);
        data.set(first, width);
      }
    });
    expect(finding).toMatchObject({ rule: 'groups' });
  });

  it('is refused for an example in two splits', async () => {
    const finding = await after(({ contents }) => {
      for (let member = 0; member < 16; member++) {
        const [from, to] = [rowOf('train', 2, member), rowOf('test', 0, member)];
        for (const array of ['inputs', 'labels', 'answers', 'places']) {
          const width = contents.test[array]!.length / 96;
          contents.test[array]!.set(
            contents.train[array]!.slice(from * width, (from + 1) * width),
            to * width,
          );
        }
      }
    });
    expect(finding).toMatchObject({ rule: 'splits', file: 'test/inputs.npy', group: 16 });
    expect(finding.detail).toContain('is an example of train too');
  });

  it('is refused for tokens outside the vocabulary, and for padding', async () => {
    for (const token of [54, 0]) {
      const finding = await after(({ contents }) => {
        contents.val.inputs![rowOf('val', 0, 0) * 96 + 95] = token;
      });
      expect(finding).toMatchObject({ rule: 'tokens', file: 'val/inputs.npy', group: 12 });
    }
  });

  it('is refused for another seed, task, version, tier or count', async () => {
    const rules = [
      await after(({ meta }) => void (meta.seed = 2)),
      await after(({ meta }) => void (meta.task = 'recall-capacity')),
      await after(({ meta }) => void (meta.task = 'remember')),
      await after(({ meta }) => void (meta.generatorVersion = 1)),
      await after(({ meta }) => void (meta.kind = 'standard')),
      await after(({ meta }) => void (meta.source = 'somewhere')),
      await after(({ meta }) => void (meta.origin = 'imported')),
      await after(({ meta }) => void (meta.options.train = 5)),
      await after(({ meta }) => void (meta.shape.order = 1)),
      await after(({ meta }) => void (meta.shape.table!.question = 2)),
    ];
    expect(rules.map(({ rule }) => rule)).toEqual(['groups', ...Array<string>(9).fill('schema')]);
    expect(rules[2]!.detail).toContain("its task 'remember' is unknown");
    expect(rules[3]!.detail).toContain('version 1 of the generator of recall made it');
  });

  it('is refused for the tier of another preset', async () => {
    const out = join(dir, 'preset');
    await make(out, 'recall', { train: 2, val: 1, test: 1 });
    const { meta, save, folder } = await copyOf(out, join(dir, `copy${copies++}`));
    meta.tier = 'lite';
    save();
    expect((await broken(folder)).detail).toBe(
      "its tier is 'lite', but its options are those of tier 'smoke'",
    );
  });
});

describe('a data set that was damaged', () => {
  it('is refused for every file that was cut off', async () => {
    const { folder, meta } = await copy();
    for (const array of arraysOf(meta.shape)) {
      const path = join(folder, arrayPath('test', array));
      const whole = readFileSync(path);
      truncateSync(path, 150);
      const finding = await broken(folder);
      expect(finding).toMatchObject({ rule: 'files', file: `test/${array}.npy` });
      expect(finding.detail).toContain('bytes');
      writeFileSync(path, whole);
    }
  });

  it('is refused for checksums and sizes that are not those of the files', async () => {
    for (const entry of [{ sha256: '0'.repeat(64) }, { bytes: 7 }]) {
      const { folder, meta, save } = await copy();
      Object.assign(meta.files['val/members.npy']!, entry);
      save(false);
      expect(await broken(folder)).toMatchObject({ rule: 'checksums', file: 'val/members.npy' });
    }
  });

  it('is refused for a meta.json that is missing, no JSON, or breaks the schema', async () => {
    const { folder, meta } = await copy();
    const path = join(folder, 'meta.json');
    const more = { ...meta.files, 'test/more.npy': meta.files['test/inputs.npy'] };
    for (const [text, message] of [
      ['{"schema":', 'not valid JSON'],
      [JSON.stringify({ ...meta, schema: 2 }), 'schema'],
      [JSON.stringify({ ...meta, extra: 1 }), 'extra'],
      [JSON.stringify({ ...meta, files: {} }), 'train/inputs.npy'],
      [JSON.stringify({ ...meta, files: more }), 'test/more.npy'],
      [JSON.stringify({ ...meta, package: 'new' }), 'no version'],
    ] as const) {
      writeFileSync(path, text);
      const finding = await broken(folder);
      expect(finding.rule).toBe('schema');
      expect(finding.detail).toContain(message);
    }
    expect(await broken(dir)).toMatchObject({ rule: 'schema', file: 'meta.json' });
  });
});

describe('an imported data set', () => {
  it('is checked for labels, splits and checksums, and is not made again', async () => {
    const [made, files, out] = ['listops', 'lra', 'imported'].map((name) => join(dir, name)) as [
      string,
      string,
      string,
    ];
    const task = findTask('listops');
    await make(made, 'listops', { train: 12, val: 4, test: 6 });
    await exportDataset(made, 'lra', files, false);
    const request = { task, tier: 'smoke', options: resolveOptions(task, 'smoke') } as const;
    await importDataset({ ...request, from: files, out });
    const findings = await verifyDataset(out, { full: true });
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
    const details = Object.fromEntries(findings.map(({ rule, detail }) => [rule, detail]));
    expect(details.evaluator).toBe('22 labels follow from the tokens');
    expect(details.again).toContain('not made again: it was imported');

    const turned = await copyOf(out, join(dir, `copy${copies++}`));
    const labels = turned.contents.test.labels!;
    labels.forEach((label, i) => (labels[i] = (label + 1) % 10));
    turned.save();
    expect(await broken(turned.folder)).toMatchObject({
      rule: 'evaluator',
      file: 'test/labels.npy',
    });
    const claims = await copyOf(out, join(dir, `copy${copies++}`));
    claims.meta.seed = 1;
    claims.save();
    expect((await broken(claims.folder)).detail).toContain('imported data sets have seed 0');
  });
});

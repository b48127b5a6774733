/**
 * Data sets with one thing changed in the data or in meta.json, checksums put right: `verify --full`
 * refuses all of them. REACH_MUTATIONS is the number of changes per task; few by default.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NpyArray } from '../../../core/npy.ts';
import { findTask, tasks } from '../../../generators/registry.ts';
import { splits, type PartName, type TaskDefinition } from '../../../generators/task.ts';
import { verifyDataset } from '../../../generators/verify/dataset.ts';
import { tinyPairs, writePairs } from '../citationFiles.ts';
import { archive, make, temporaryFolder, tinyReviews } from '../support.ts';
import { tinyPictures } from '../tinyPictures.ts';
import { copyOf, type Copy } from './copies.ts';

const runs = Number(process.env.REACH_MUTATIONS ?? 6);
const dir = temporaryFolder();

/** What a mutation draws from: numbers from 0 to bound - 1. */
type Draw = (bound: number) => number;
type Mutation = (copy: Copy, draw: Draw) => void;

/** Any part of the data set, as it was before meta.json was changed. */
const anySplit = ({ contents }: Copy, draw: Draw): PartName => {
  const parts = Object.keys(contents) as PartName[];
  return parts[draw(parts.length)]!;
};
const rowsIn = ({ contents }: Copy, split: PartName) => contents[split].labels!.length;

/** Exchanges two stretches of numbers. */
function exchange(data: NpyArray, a: number, b: number, width: number): void {
  const first = data.slice(a * width, (a + 1) * width);
  data.copyWithin(a * width, b * width, (b + 1) * width);
  data.set(first, b * width);
}

/** Changes one number of an array, within its usual values. */
const oneOf =
  (array: string, bound: (copy: Copy) => number): Mutation =>
  (copy, draw) => {
    const data = copy.contents[anySplit(copy, draw)][array];
    if (!data) return;
    const at = draw(data.length);
    data[at] = (data[at]! + 1 + draw(bound(copy) - 1)) % bound(copy);
  };

/** Exchanges two rows of some arrays. */
const swap =
  (...names: string[]): Mutation =>
  (copy, draw) => {
    const split = anySplit(copy, draw);
    const rows = rowsIn(copy, split);
    const [a, b] = [draw(rows), draw(rows)];
    for (const [name, data] of Object.entries(copy.contents[split]))
      if (names.length === 0 || names.includes(name)) exchange(data, a, b, data.length / rows);
  };

/** Changes a number, text or truth somewhere below an object of meta.json. */
function perturb(place: Record<string, unknown>, draw: Draw): void {
  const names = Object.keys(place);
  if (names.length === 0) return;
  const name = names[draw(names.length)]!;
  const value = place[name];
  if (typeof value === 'number') place[name] = value + 1 + draw(3);
  else if (typeof value === 'boolean') place[name] = !value;
  else if (typeof value === 'string') place[name] = `${value}x`;
  else if (value !== null && typeof value === 'object') {
    if (Object.keys(value).length === 0) delete place[name];
    else perturb(value as Record<string, unknown>, draw);
  }
}

const data: Record<string, Mutation> = {
  'one token': (copy, draw) => {
    const { inputs } = copy.contents[anySplit(copy, draw)];
    const at = draw(inputs!.length);
    const bound = copy.meta.shape.vocabulary - 1;
    inputs![at] = 1 + ((inputs![at]! + draw(bound - 1)) % bound);
  },
  'one label': oneOf('labels', ({ meta }) => meta.shape.classes),
  'one answer': oneOf('answers', ({ meta }) => meta.shape.classes),
  'one group': oneOf('groups', () => 50),
  'one member': oneOf('members', ({ meta }) => Math.max(2, meta.shape.siblings)),
  'one distance': oneOf('distances', () => 500),
  'one place': oneOf('places', () => 500),
  'labels turned': (copy, draw) => {
    const { labels } = copy.contents[anySplit(copy, draw)];
    const k = copy.meta.shape.classes;
    const by = 1 + draw(k - 1);
    labels!.forEach((label, i) => (labels![i] = (label + by) % k));
  },
  'labels of two classes exchanged': (copy) => {
    for (const split of splits) {
      const { labels } = copy.contents[split];
      labels!.forEach((label, i) => (labels![i] = label < 2 ? 1 - label : label));
    }
  },
  'rows exchanged': swap(),
  'inputs exchanged': swap('inputs'),
  'labels exchanged': swap('labels'),
  'inputs and labels exchanged': swap('inputs', 'labels', 'answers', 'places'),
  'members exchanged': swap('members'),
  'groups exchanged': swap('groups'),
  'rows reversed': (copy, draw) => {
    const split = anySplit(copy, draw);
    const rows = rowsIn(copy, split);
    for (const array of Object.values(copy.contents[split]))
      for (let row = 0; row < rows >> 1; row++)
        exchange(array, row, rows - 1 - row, array.length / rows);
  },
  'an example of train in test': (copy, draw) => {
    const [from, to] = [draw(rowsIn(copy, 'train')), draw(rowsIn(copy, 'test'))];
    const width = copy.contents.train.inputs!.length / rowsIn(copy, 'train');
    const row = copy.contents.train.inputs!.slice(from * width, (from + 1) * width);
    copy.contents.test.inputs!.set(row, to * width);
  },
  'a token of all rows': (copy, draw) => {
    const split = anySplit(copy, draw);
    const { inputs } = copy.contents[split];
    const width = inputs!.length / rowsIn(copy, split);
    const position = draw(width);
    const { vocabulary } = copy.meta.shape;
    for (let at = position; at < inputs!.length; at += width)
      if (inputs![at]! > 0) inputs![at] = 1 + (inputs![at]! % (vocabulary - 1));
  },
  'a split from another seed': () => undefined,
};

const counts = { train: 0, val: 0, test: 0 };

const meta: Record<string, Mutation> = {
  seed: ({ meta }, draw) => void (meta.seed += 1 + draw(9)),
  task: ({ meta }, draw) => {
    const others = tasks.filter(({ name }) => name !== meta.task);
    meta.task = others[draw(others.length)]!.name;
  },
  version: ({ meta }, draw) => void (meta.generatorVersion += 1 + draw(3)),
  title: ({ meta }) => void (meta.title += '.'),
  kind: ({ meta }) => void (meta.kind = meta.kind === 'standard' ? 'controlled' : 'standard'),
  origin: ({ meta }) => void (meta.origin = 'imported'),
  source: ({ meta }) => void (meta.source = `${meta.source ?? ''}somewhere`),
  // Tiers that differ in their counts alone are one tier with other counts. Options with a signal are
  // those of no tier.
  tier: ({ meta }, draw) => {
    if (meta.shape.signal) return;
    const { tiers } = findTask(meta.task);
    const others = (['lite', 'lra'] as const).filter(
      (tier) => !isDeepStrictEqual({ ...tiers[tier], ...counts }, { ...tiers.smoke, ...counts }),
    );
    if (others.length > 0) meta.tier = others[draw(others.length)]!;
  },
  schema: ({ meta }) => void ((meta as { schema: number }).schema = 2),
  options: ({ meta }, draw) => perturb(meta.options, draw),
  shape: ({ meta }, draw) => perturb(meta.shape, draw),
  table: ({ meta }, draw) => perturb(meta.shape.table ?? meta.shape.counts, draw),
  signal: ({ meta }, draw) => perturb(meta.shape.signal ?? meta.shape.counts, draw),
  more: ({ meta }) => void ((meta as Record<string, unknown>).note = 'true'),
  'more files': ({ meta }) =>
    void (meta.files['test/more.npy'] = { sha256: '0'.repeat(64), bytes: 1 }),
  package: ({ meta }) => void (meta.package = 'x'),
};

const mutations = Object.entries({ ...data, ...meta });

/** All tasks; Path-X, which has the generator of Pathfinder, only where many changes are asked for. */
const chosen = tasks.filter(({ name }) => !name.startsWith('pathx') || runs >= 50);
const small = ({ kind }: TaskDefinition) =>
  kind === 'controlled' ? { train: 2, val: 1, test: 2 } : { train: 14, val: 6, test: 10 };
const cases = [
  ...chosen.map((task) => ({ name: task.name, task: task.name, options: small(task) })),
  ...['recall', 'text-distance'].flatMap((task) =>
    ['near', 'far'].map((signal) => ({
      name: `${task}-${signal}`,
      task,
      options: { ...small(findTask(task)), signal },
    })),
  ),
];

/** A few reviews, pictures and pairs of papers of our own. */
const sources = join(dir, 'sources');
beforeAll(async () => {
  mkdirSync(sources);
  writeFileSync(join(sources, 'aclImdb_v1.tar.gz'), await archive(tinyReviews(40)));
  writeFileSync(join(sources, 'cifar-10-binary.tar.gz'), await archive(tinyPictures(40)));
  writePairs(sources, tinyPairs(40));
});

describe('one thing changed, checksums put right', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    'is refused: %s',
    async (name, { task, options }) => {
      const original = join(dir, name);
      await make(original, task, options, { sources });
      const other = join(dir, `${name}-other`);
      await make(other, task, options, { seed: 2, sources });
      expect(
        (await verifyDataset(original, { full: true, sources })).filter((f) => !f.holds),
      ).toEqual([]);
      let copies = 0;
      const change = fc.record({
        mutation: fc.constantFrom(...mutations),
        draws: fc.array(fc.nat(2 ** 31 - 2), { minLength: 12, maxLength: 12 }),
      });
      await fc.assert(
        fc.asyncProperty(change, async ({ mutation: [what, mutate], draws }) => {
          const folder = join(dir, `${name}-copy${copies++}`);
          const copy = await copyOf(original, folder);
          const before = structuredClone([copy.contents, copy.meta]);
          let drawn = 0;
          const draw = (bound: number) => draws[drawn++ % draws.length]! % Math.max(1, bound);
          if (what === 'a split from another seed')
            Object.assign(copy.contents, {
              test: (await copyOf(other, `${folder}-other`)).contents.test,
            });
          else mutate(copy, draw);
          const changed = !isDeepStrictEqual(before, [copy.contents, copy.meta]);
          copy.save();
          const findings = changed ? await verifyDataset(folder, { full: true, sources }) : [];
          rmSync(folder, { recursive: true });
          rmSync(`${folder}-other`, { recursive: true, force: true });
          fc.pre(changed);
          expect(
            findings.some(({ holds }) => !holds),
            what,
          ).toBe(true);
        }),
        { numRuns: runs, seed: 20, endOnFailure: true },
      );
    },
  );
});

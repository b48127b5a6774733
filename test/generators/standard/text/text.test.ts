import { createHash, hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../../../generators/store/dataset.ts';
import { resolveOptions } from '../../../../generators/registry.ts';
import { text } from '../../../../generators/standard/text/text.ts';
import { splits, type Example, type SplitName } from '../../../../generators/task.ts';
import { verifyDataset } from '../../../../generators/verify/dataset.ts';
import { archive, make, sharedData, temporaryFolder, tinyReviews } from '../../support.ts';
import { renderReading } from '../../../../generators/reading.ts';

const sources = temporaryFolder();
const options = { length: 64, train: 20, val: 6, test: 10 };
/** In both parts of the archive. */
const repeated = 'test 100: a fine film';

beforeAll(async () => {
  const files = tinyReviews(15);
  files['aclImdb/train/pos/100_9.txt'] = repeated;
  files['aclImdb/test/pos/100_9.txt'] = repeated;
  files['aclImdb/train/neg/100_1.txt'] = files['aclImdb/train/neg/3_2.txt']!;
  writeFileSync(join(sources, 'aclImdb_v1.tar.gz'), await archive(files));
});

async function all(overrides: Record<string, unknown>, seed = 1) {
  const chosen = resolveOptions(text, 'smoke', overrides) as Parameters<typeof text.shape>[0];
  const { example, source } = await text.open(chosen, seed, sources);
  const { counts } = text.shape(chosen);
  const of = (split: SplitName) =>
    Array.from({ length: counts[split] }, (_, i) => example(split, i));
  return { train: of('train'), val: of('val'), test: of('test'), source, chosen };
}

const textOf = ({ tokens }: Example) => Buffer.from(Array.from(tokens, (id) => id - 1)).toString();

describe('a text example', () => {
  it('is a review, byte by byte, with its label', async () => {
    const { train, val, test, chosen } = await all(options);
    for (const [part, examples] of [
      ['train', [...train, ...val]],
      ['test', test],
    ] as const)
      for (const example of examples) {
        expect(textOf(example)).toMatch(
          new RegExp(`^${part} \\d+: a ${example.label ? 'fine' : 'dull'} film`),
        );
        expect(example.tokens.length).toBeLessThanOrEqual(64);
        expect(renderReading(text.read(example, chosen))).toContain(textOf(example));
      }
  });

  it('keeps every byte, up to 255', async () => {
    const odd = temporaryFolder();
    const reviews: Record<string, string | Buffer> = tinyReviews(2);
    for (const side of ['neg', 'pos'])
      reviews[`aclImdb/train/${side}/9_9.txt`] = Buffer.from([
        255,
        0,
        128,
        side.length,
        side.charCodeAt(0),
      ]);
    writeFileSync(join(odd, 'aclImdb_v1.tar.gz'), await archive(reviews));
    const chosen = resolveOptions(text, 'smoke', {
      length: 64,
      train: 4,
      val: 2,
      test: 2,
    });
    const { example } = await text.open(chosen as never, 1, odd);
    const made = [...Array(4).keys()]
      .map((i) => example('train', i))
      .concat([0, 1].map((i) => example('val', i)));
    expect(made.map(({ tokens }) => Array.from(tokens).slice(0, 3).join())).toContain('256,1,129');
    expect(text.shape(chosen as never).vocabulary).toBe(257);
  });
});

describe('the splits of text', () => {
  it('have as many of each label, and no review twice', async () => {
    const { train, val, test } = await all(options);
    for (const split of [train, val, test])
      expect(split.filter(({ label }) => label === 1)).toHaveLength(split.length / 2);
    const texts = [...train, ...val, ...test].map(textOf);
    expect(new Set(texts).size).toBe(texts.length);
    expect(new Set([...train, ...val, ...test].map(({ group }) => group)).size).toBe(texts.length);
  });

  it('leave out of training what is in the test part, or was there before', async () => {
    const { train, val } = await all({ ...options, train: 24, val: 6 });
    const texts = [...train, ...val].map(textOf);
    expect(texts).not.toContain(repeated);
    expect(new Set(texts).size).toBe(30);
    await expect(all({ ...options, train: 26, val: 6 })).rejects.toThrow(
      '15 different negative reviews for train and val, but 16 are asked for',
    );
    await expect(all({ ...options, test: 32 })).rejects.toThrow('for test, but 16 are asked for');
  });

  it('change with the seed, and only with it', async () => {
    const [a, again, b] = [await all(options), await all(options), await all(options, 2)];
    for (const split of splits) {
      expect(a[split]).toEqual(again[split]);
      expect(a[split].map(textOf)).not.toEqual(b[split].map(textOf));
    }
  });

  it('want even numbers', async () => {
    await expect(all({ ...options, val: 5 })).rejects.toThrow('val 5: expected an even number');
  });
});

describe('a text data set', () => {
  it('verifies, and says where its reviews come from', async () => {
    const out = join(temporaryFolder(), 'text');
    await make(out, 'text', options, { sources });
    expect((await verifyDataset(out, { sources })).filter(({ holds }) => !holds)).toEqual([]);
    const { meta, split } = await openDataset(out);
    expect(meta.source).toContain('IMDb Large Movie Review Dataset');
    expect((await split('test')).inputs).toBeInstanceOf(Uint16Array);
  });

  it('is not begun when the source is missing', async () => {
    const [empty, home] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(empty, 'x'));
    await expect(
      make(join(home, 'text'), 'text', options, { sources: join(empty, 'x') }),
    ).rejects.toThrow('There are no IMDb reviews');
  });
});

describe("IMDb's files", () => {
  const { lra } = text;
  const read = async (dir: string, split: SplitName, chosen: never, notes: string[] = []) => {
    const found: [string, number][] = [];
    for await (const { tokens, label } of lra!.import(dir, split, chosen, (it) => notes.push(it)))
      found.push([textOf({ tokens } as Example), label]);
    return found;
  };

  it('give back what was written into them', async () => {
    const made = await all(options);
    const stored = async function* (split: SplitName) {
      for (const { tokens, label, group } of made[split]) {
        const padded = new Uint16Array(options.length);
        padded.set(tokens);
        const alone = { member: 0, distance: 0, answers: new Uint8Array(0), extras: {} };
        yield { tokens: padded, label, group, ...alone };
      }
    };
    const dir = temporaryFolder();
    await lra!.export(dir, stored, made.chosen);
    expect(await lra!.list(dir, made.chosen)).toHaveLength(36);
    for (const split of splits) {
      const sorted = (pairs: [string, number][]) => pairs.map((pair) => pair.join()).sort();
      expect(sorted(await read(dir, split, made.chosen as never))).toEqual(
        sorted(made[split].map((example) => [textOf(example), example.label])),
      );
    }
  });

  it('of the official layout leave every tenth for validation, and repeated ones out', async () => {
    const dir = temporaryFolder();
    const files: Record<string, string> = { ...tinyReviews(20) };
    files['aclImdb/train/neg/1_2.txt'] = files['aclImdb/test/neg/4_2.txt']!;
    files['aclImdb/train/pos/9_9.txt'] = files['aclImdb/train/pos/0_9.txt']!;
    for (const [path, review] of Object.entries(files)) {
      mkdirSync(join(dir, path, '..'), { recursive: true });
      writeFileSync(join(dir, path), review);
    }
    const chosen = { length: 64 } as never;
    const notes: string[] = [];
    const [train, val, test] = [
      await read(dir, 'train', chosen, notes),
      await read(dir, 'val', chosen, notes),
      await read(dir, 'test', chosen, notes),
    ];
    expect([train.length, val.length, test.length]).toEqual([35, 3, 40]);
    expect(new Set([...train, ...val, ...test].map(([review]) => review)).size).toBe(78);
    expect(notes).toEqual([
      'Left out of train, since they read like another one: 1 reviews.',
      'Left out of val, since they read like another one: 1 reviews.',
    ]);
    expect(val.map(([, label]) => label)).toEqual([0, 0, 1]);

    writeFileSync(join(dir, 'aclImdb/test/pos/3_9.txt'), '');
    await expect(read(dir, 'test', chosen)).rejects.toThrow('3_9.txt is empty');
    await expect(lra!.list(temporaryFolder(), chosen)).rejects.toThrow(
      'aclImdb/train/neg: it does',
    );
  });
});

const real = sharedData('aclImdb_v1.tar.gz', 'reading the official IMDb archive');

describe.runIf(real)('the official archive', () => {
  it('gives 50,000 reviews, enough for the lra tier, and no example in two splits', async () => {
    const chosen = resolveOptions(text, 'lra', {}) as Parameters<typeof text.shape>[0];
    const { example, source } = await text.open(chosen, 1, join(real!, '..'));
    expect(source).toContain(
      '50000 labelled reviews, sha256 of names and contents 46c396afc1a8258b',
    );
    const seen = new Map<string, SplitName>();
    const all = createHash('sha256');
    const { counts } = text.shape(chosen);
    for (const split of splits)
      for (let i = 0; i < counts[split]; i++) {
        const key = hash('sha256', example(split, i).tokens as Uint16Array);
        expect(seen.get(key) ?? split).toBe(split);
        seen.set(key, split);
        all.update(key);
      }
    expect(all.digest('hex')).toMatchInlineSnapshot(
      `"35a33395b32b09d0a4a7754fb9ebae3340ada255a230fd43ed702122ee05f82d"`,
    );
    expect(example('test', 24_999).tokens.length).toBeGreaterThan(20);
  });
});

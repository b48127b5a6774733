import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../../generators/registry.ts';
import { greyLevel, recordBytes } from '../../../../generators/sources/cifar.ts';
import { image } from '../../../../generators/standard/image/image.ts';
import { scans } from '../../../../generators/pictures/scan.ts';
import { splits, type SplitName, type StoredExample } from '../../../../generators/task.ts';
import { verifyDataset } from '../../../../generators/verify/dataset.ts';
import { archive, make, temporaryFolder } from '../../support.ts';
import { tinyBatch, tinyPictures } from '../../tinyPictures.ts';

const sources = temporaryFolder();
const options = { train: 25, val: 5, test: 10 };
const folder = 'cifar-10-batches-bin';

beforeAll(async () => {
  const files = tinyPictures(20);
  // In training twice, and in training and test once: 38 different ones remain for training.
  const first = files[`${folder}/data_batch_1.bin`] as Buffer;
  const test = files[`${folder}/test_batch.bin`] as Buffer;
  first.copy(first, 5 * recordBytes, 4 * recordBytes, 5 * recordBytes);
  test.copy(first, 0, 0, recordBytes);
  writeFileSync(join(sources, 'cifar-10-binary.tar.gz'), await archive(files));
});

async function all(overrides: Record<string, unknown>, seed = 1) {
  const chosen = resolveOptions(image, 'smoke', overrides) as Parameters<typeof image.shape>[0];
  const { example } = await image.open(chosen, seed, sources);
  const { counts } = image.shape(chosen);
  const of = (split: SplitName) =>
    Array.from({ length: counts[split] }, (_, i) => example(split, i));
  return { train: of('train'), val: of('val'), test: of('test'), chosen };
}

const textOf = ({ tokens }: { tokens: ArrayLike<number> }) => Array.from(tokens).join();

describe('an image example', () => {
  it('is a picture in grey, row by row, with its label', async () => {
    const { train, val, test, chosen } = await all(options);
    for (const [names, examples] of [
      [
        ['data_batch_1', 'data_batch_2'],
        [...train, ...val],
      ],
      [['test_batch'], test],
    ] as const) {
      const known = new Map<string, number>();
      for (const name of names) {
        const batch = tinyBatch(name, 20);
        for (let n = 0; n < 20; n++) {
          const at = (colour: number, i: number) => batch[n * recordBytes + 1 + colour * 1024 + i]!;
          const grey = Array.from(
            { length: 1024 },
            (_, i) => greyLevel(at(0, i), at(1, i), at(2, i)) + 1,
          );
          known.set(grey.join(), n % 10);
        }
      }
      for (const example of examples) expect(known.get(textOf(example))).toBe(example.label);
    }
    expect(image.read(test[0]!, chosen).answer).toMatch(/^[a-z]+$/);
  });

  it('has the same pixels in every scan order', async () => {
    const rows = (await all(options)).test[3]!;
    for (const scan of scans) {
      const { test, chosen } = await all({ ...options, scan });
      expect([...Array.from(test[3]!.tokens)].sort()).toEqual([...Array.from(rows.tokens)].sort());
      if (scan !== 'rows') expect(textOf(test[3]!)).not.toBe(textOf(rows));
      expect(image.read(test[3]!, chosen)).toEqual(image.read(rows, { ...chosen, scan: 'rows' }));
    }
  });
});

describe('a smaller image', () => {
  it('has the means over squares of four pixels, halves rounded up', async () => {
    const whole = (await all(options)).train;
    const { train, chosen } = await all({ ...options, side: 16 });
    expect(image.shape(chosen)).toMatchObject({ length: 256, picture: { rows: 16, columns: 16 } });
    train.forEach(({ tokens, label }, n) => {
      expect(label).toBe(whole[n]!.label);
      const level = (row: number, column: number) => whole[n]!.tokens[32 * row + column]! - 1;
      for (let row = 0; row < 16; row++) {
        for (let column = 0; column < 16; column++) {
          const [r, c] = [2 * row, 2 * column];
          const sum = level(r, c) + level(r, c + 1) + level(r + 1, c) + level(r + 1, c + 1);
          expect(tokens[16 * row + column]! - 1).toBe(Math.floor(sum / 4 + 0.5));
        }
      }
    });
  });

  it("has no place in CIFAR-10's layout", async () => {
    const { chosen } = await all({ ...options, side: 16 });
    const none = async function* () {};
    await expect(image.lra!.export(temporaryFolder(), none, chosen)).rejects.toThrow(
      "CIFAR-10's layout holds pictures of 32 pixels a side, not of 16; choose --set side=32.",
    );
  });
});

describe('the splits of image', () => {
  it('share no picture, and leave out what is there twice', async () => {
    const { train, val, test } = await all({ train: 33, val: 5, test: 20 });
    const texts = [...train, ...val, ...test].map(textOf);
    expect(new Set(texts).size).toBe(58);
    expect(new Set([...train, ...val, ...test].map(({ group }) => group)).size).toBe(58);
    await expect(all({ train: 34, val: 5 })).rejects.toThrow(
      'The source has 38 different pictures for train and val together, but 39 are asked for; ask for fewer, as with --set train=34 --set val=3, or get the whole archive.',
    );
    await expect(all({ ...options, test: 21 })).rejects.toThrow('20 different pictures for test');
  });

  it('change with the seed, and only with it', async () => {
    const [a, again, b] = [await all(options), await all(options), await all(options, 2)];
    for (const split of splits) {
      expect(a[split]).toEqual(again[split]);
      expect(a[split].map(textOf)).not.toEqual(b[split].map(textOf));
    }
  });

  it('verify as a data set', async () => {
    const out = join(temporaryFolder(), 'image');
    await make(out, 'image', { ...options, scan: 'hilbert' }, { sources });
    expect((await verifyDataset(out, { sources })).filter(({ holds }) => !holds)).toEqual([]);
  });
});

describe("CIFAR-10's files", () => {
  const { lra } = image;

  it('give back what was written into them, in any scan order', async () => {
    for (const scan of ['rows', 'hilbert'] as const) {
      const made = await all({ ...options, scan });
      const stored = async function* (split: SplitName) {
        for (const { tokens, label, group } of made[split])
          yield { tokens, label, group, distance: 0, extras: {} } as StoredExample;
      };
      const dir = temporaryFolder();
      await lra!.export(dir, stored, made.chosen);
      expect((await lra!.list(dir, made.chosen)).map((path) => path.split('/')[1])).toEqual([
        'data_batch_1.bin',
        'val_batch.bin',
        'test_batch.bin',
      ]);
      for (const split of splits) {
        const read = [];
        for await (const example of lra!.import(dir, split, made.chosen, () => undefined))
          read.push({ text: textOf(example), label: example.label });
        expect(read).toEqual(
          made[split].map((example) => ({ text: textOf(example), label: example.label })),
        );
      }
    }
  });

  it('without a validation batch leave the last tenth of the records for it', async () => {
    const { chosen } = await all(options);
    const dir = temporaryFolder();
    mkdirSync(join(dir, folder));
    for (const [path, bytes] of Object.entries(tinyPictures(20)))
      writeFileSync(join(dir, path), bytes);
    const labelsOf = async (from: string, split: SplitName) => {
      const found: number[] = [];
      for await (const { label } of lra!.import(from, split, chosen, () => undefined))
        found.push(label);
      return found;
    };
    const labels = [
      await labelsOf(dir, 'train'),
      await labelsOf(dir, 'val'),
      await labelsOf(dir, 'test'),
    ];
    expect(labels.map(({ length }) => length)).toEqual([36, 4, 20]);
    expect(labels[1]).toEqual([6, 7, 8, 9]);

    writeFileSync(join(dir, folder, 'data_batch_2.bin'), readFileSync(import.meta.filename));
    await expect(labelsOf(dir, 'train')).rejects.toThrow(
      /data_batch_2.bin has \d+ bytes, expected 1 to 10,000/,
    );
    await expect(lra!.list(temporaryFolder(), chosen)).rejects.toThrow('lacks');
  });
});

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  greyLevel,
  identifyPictures,
  readPictures,
  recordBytes,
} from '../../../generators/sources/cifar.ts';
import { archive, sharedData, temporaryFolder } from '../support.ts';
import { tinyBatch, tinyPictures } from '../tinyPictures.ts';

const dir = temporaryFolder();
let folders = 0;

function folder(files: Record<string, string | Buffer> = {}): string {
  const path = join(dir, `${folders++}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

const packed = async (files: Record<string, string | Buffer>) =>
  folder({ 'cifar-10-binary.tar.gz': await archive(files) });
const batches = 'cifar-10-batches-bin';

describe('grey levels', () => {
  it("are TensorFlow's: luma in parts of 255.5, cut off", () => {
    // From tf.image.rgb_to_grayscale: primaries, and where rounding would differ from cutting off.
    expect(greyLevel(255, 0, 0)).toBe(76);
    expect(greyLevel(0, 255, 0)).toBe(149);
    expect(greyLevel(0, 0, 255)).toBe(29);
    for (let level = 0; level < 256; level++) expect(greyLevel(level, level, level)).toBe(level);
  });

  it('agree with single precision but for one colour in tens of thousands, by one level', () => {
    const f = Math.fround;
    const [red, green, blue] = [f(0.2989), f(0.587), f(0.114)];
    const scaled = Float32Array.from({ length: 256 }, (_, level) => level * f(1 / 255));
    let [different, largest, colours] = [0, 0, 0];
    for (let r = 0; r < 256; r += 3)
      for (let g = 0; g < 256; g += 3)
        for (let b = 0; b < 256; b++, colours++) {
          const luma = f(f(f(scaled[r]! * red) + f(scaled[g]! * green)) + f(scaled[b]! * blue));
          const by = Math.abs(Math.floor(f(luma * 255.5)) - greyLevel(r, g, b));
          if (by > 0) different++;
          largest = Math.max(largest, by);
        }
    expect(different / colours).toBeLessThan(1e-4);
    expect(largest).toBeLessThanOrEqual(1);
  });
});

describe('pictures', () => {
  it('are the same from the archive, whatever its order, and from the folder', async () => {
    const files = tinyPictures(4);
    const { train, test, source } = await readPictures(await packed(files));
    const backwards = Object.fromEntries(Object.entries(files).reverse());
    expect(await readPictures(await packed(backwards))).toEqual({ train, test, source });
    expect(await readPictures(folder(files))).toEqual({ train, test, source });
    expect([...train.labels]).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(test.levels).toHaveLength(4 * 1024);
    const [first, last] = [
      files[`${batches}/data_batch_1.bin`]!,
      files[`${batches}/test_batch.bin`]!,
    ];
    const level = (batch: string | Buffer, n: number, i: number) => {
      const at = (colour: number) => batch[n * recordBytes + 1 + 1024 * colour + i] as number;
      return greyLevel(at(0), at(1), at(2));
    };
    expect(train.levels[1024 + 7]).toBe(level(first, 1, 7));
    expect(test.levels[3 * 1024 + 1023]).toBe(level(last, 3, 1023));
  });

  it('are not called official where the checksum is another', async () => {
    const { source } = await readPictures(await packed(tinyPictures(2)));
    expect(source).toContain('batch 1, batch 2 and the test batch');
    expect(source).toContain('not known to be the official binary archive');
    expect(source.length).toBeLessThanOrEqual(300);
  });

  it.each([
    ['of another size', { [`${batches}/data_batch_1.bin`]: Buffer.alloc(3072) }, '3072 bytes'],
    ['empty', { [`${batches}/test_batch.bin`]: Buffer.alloc(0) }, 'has 0 bytes, expected 1 to'],
    ['labelled wrongly', { [`${batches}/data_batch_2.bin`]: Buffer.alloc(3073, 10) }, 'label 10'],
    ['gigantic', { [`${batches}/test_batch.bin`]: Buffer.alloc(10_001 * 3073) }, 'claims 30733073'],
    ['leading out', { [`${batches}/../../x.bin`]: 'x' }, 'leads out of its folder'],
  ])('that are %s are refused', async (what, files, message) => {
    const all = { ...tinyPictures(2), ...files };
    const path = await packed(all);
    await expect(readPictures(path)).rejects.toThrow(message);
    await expect(readPictures(path)).rejects.toThrow(path);
    if (what === 'gigantic')
      await expect(readPictures(folder(all))).rejects.toThrow('has 30733073 bytes');
  });

  it('that are cut off, or there in part, are refused', async () => {
    const whole = await archive(tinyPictures(2));
    const cut = folder({ 'cifar-10-binary.tar.gz': whole.subarray(0, whole.length - 100) });
    await expect(readPictures(cut)).rejects.toThrow('it is cut off');
    const one = { [`${batches}/data_batch_3.bin`]: tinyBatch('x', 1) };
    await expect(readPictures(await packed(one))).rejects.toThrow('holds only data_batch_3');
    await expect(readPictures(await packed({ 'a.txt': 'x' }))).rejects.toThrow('holds no batches');
  });

  it('that are missing: where to get them, and where to put them', async () => {
    const path = folder();
    for (const ask of [() => readPictures(path), () => identifyPictures(path)])
      await expect(ask()).rejects.toThrow(
        `There are no CIFAR-10 pictures in ${path}: get cifar-10-binary.tar.gz from https://www.cs.toronto.edu/`,
      );
  });

  it.each(['cifar-10-python.tar.gz', 'cifar-10-batches-py', 'cifar-10-batches-mat'])(
    'are named for what they are where only %s is there',
    async (name) => {
      const path = folder({ [`${name}/x`]: '' });
      await expect(readPictures(path)).rejects.toThrow(
        /cifar-10-.* is CIFAR-10's version for (Python|Matlab), which is not read: get cifar-10-binary/,
      );
    },
  );

  it('are told apart by their identity, in the archive and in the folder', async () => {
    const [a, b] = [await packed(tinyPictures(1)), await packed(tinyPictures(2))];
    expect(await identifyPictures(a)).not.toBe(await identifyPictures(b));
    const path = folder(tinyPictures(1));
    const before = await identifyPictures(path);
    expect(await identifyPictures(path)).toBe(before);
    utimesSync(join(path, `${batches}/test_batch.bin`), 1, 1);
    expect(await identifyPictures(path)).not.toBe(before);
  });
});

const real = sharedData('cifar-10-binary.tar.gz', 'reading the CIFAR-10 archive');

describe.runIf(real)('the shared archive', () => {
  it('has two training batches and the test batch, with a thousand pictures of each class', async () => {
    const { train, test, source } = await readPictures(join(real!, '..'));
    expect(train.labels).toHaveLength(20_000);
    for (let label = 0; label < 10; label++)
      expect(test.labels.filter((other) => other === label)).toHaveLength(1000);
    expect(source).toContain('not known to be the official binary archive');
    const mean = test.levels.reduce((a, b) => a + b, 0) / test.levels.length;
    expect(mean).toBeGreaterThan(115);
    expect(mean).toBeLessThan(128);
  });
});

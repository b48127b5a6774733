/**
 * Image in files. The Long Range Arena reads CIFAR-10's files and has none of its own, so the exchange
 * uses that layout, `cifar-10-batches-bin/data_batch_N.bin` and `test_batch.bin`, with a
 * `val_batch.bin` that the official archive lacks. Red, green and blue all equal the grey level, which
 * TensorFlow's and Pillow's conversions to grey give back.
 *
 * Without a `val_batch.bin` the last tenth of the training records is for validation.
 */
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, UsageError, reasonOf } from '../../../core/errors.ts';
import { unscan } from '../../pictures/pictures.ts';
import { scanOrder, type ScanName } from '../../pictures/scan.ts';
import {
  folderName,
  inGrey,
  largestBatch,
  otherVersion,
  pixels,
  recordBytes,
  side as cifarSide,
  type Pictures,
} from '../../sources/cifar.ts';
import { splits, type LraLayout, type SplitName, type StoredExample } from '../../task.ts';

const perBatch = largestBatch / recordBytes;
const mostBatches = 5;
const training = Array.from(
  { length: mostBatches },
  (_, i) => `${folderName}/data_batch_${i + 1}.bin`,
);
const validation = `${folderName}/val_batch.bin`;
const testing = `${folderName}/test_batch.bin`;

export const imageFiles: LraLayout<{ scan: ScanName; side: number }> = {
  files: `${folderName}/{data_batch_1,...,data_batch_5,val_batch,test_batch}.bin`,

  async export(dir, examples, { scan, side }) {
    requireWhole(side);
    await mkdir(join(dir, folderName));
    const files: Record<SplitName, string[]> = {
      train: training,
      val: [validation],
      test: [testing],
    };
    for (const split of splits) await writeBatches(dir, files[split], examples(split), scan);
  },

  async list(dir) {
    const there: string[] = [];
    for (const path of [...training, validation, testing])
      if (await stat(join(dir, path)).catch(() => undefined)) there.push(path);
    const other = there.length === 0 ? await otherVersion(dir) : undefined;
    if (other)
      throw new DataError(
        `${other}, which is not read; get the binary version of the same pictures.`,
      );
    if (!there.includes(training[0]!) || !there.includes(testing))
      throw new DataError(
        `${dir} lacks ${there.includes(testing) ? training[0] : testing}: expected the folder ${folderName} that CIFAR-10's official binary archive unpacks to.`,
      );
    return there;
  },

  async *import(dir, split, options) {
    const { scan, side } = options;
    requireWhole(side);
    const there = await this.list(dir, options);
    const order = scanOrder(scan, side, side);
    const examplesOf = function* ({ levels, labels }: Pictures, first: number, end: number) {
      for (let n = first; n < Math.min(end, labels.length); n++)
        yield {
          tokens: Uint16Array.from(order, (pixel) => levels[n * pixels + pixel]! + 1),
          label: labels[n]!,
        };
    };
    const own = split === 'test' ? testing : validation;
    if (split !== 'train' && there.includes(own))
      return yield* examplesOf(await readBatch(dir, own), 0, perBatch);

    // Records are numbered across batches; the training records come first.
    const batches = there.filter((path) => training.includes(path));
    const sizes = await Promise.all(
      batches.map(async (path) => (await stat(join(dir, path))).size),
    );
    const records = Math.floor(sizes.reduce((a, b) => a + b, 0) / recordBytes);
    const cut = there.includes(validation) ? records : Math.floor(0.9 * records);
    const [from, to] = split === 'train' ? [0, cut] : [cut, records];
    let first = 0;
    for (const path of batches) {
      const batch = await readBatch(dir, path);
      yield* examplesOf(batch, Math.max(0, from - first), Math.max(0, to - first));
      first += batch.labels.length;
    }
  },
};

function requireWhole(side: number): void {
  if (side !== cifarSide)
    throw new UsageError(
      `CIFAR-10's layout holds pictures of ${cifarSide} pixels a side, not of ${side}; choose --set side=${cifarSide}.`,
    );
}

async function readBatch(dir: string, path: string): Promise<Pictures> {
  const full = join(dir, path);
  const { size } = await stat(full).catch((error: unknown) => {
    throw new DataError(`Cannot read ${full}: ${reasonOf(error)}.`);
  });
  if (size > largestBatch)
    throw new DataError(`${full} has ${size} bytes, expected at most ${largestBatch}.`);
  return inGrey(await readFile(full), full);
}

/** Writes records to the files in turn, each as large as an official batch. */
async function writeBatches(
  dir: string,
  paths: string[],
  examples: AsyncIterable<StoredExample>,
  scan: ScanName,
): Promise<void> {
  const picture = { rows: cifarSide, columns: cifarSide, scan };
  let batch: Buffer[] = [];
  let written = 0;
  const write = async () => {
    const path = paths[written++];
    if (path === undefined)
      throw new UsageError(
        `CIFAR-10's layout holds at most ${mostBatches * perBatch} training, ${perBatch} validation and ${perBatch} test pictures; ask for fewer.`,
      );
    const file = await open(join(dir, path), 'wx');
    await file.writeFile(Buffer.concat(batch)).finally(() => file.close());
    batch = [];
  };
  for await (const { tokens, label } of examples) {
    const levels = unscan(tokens, picture);
    batch.push(Buffer.concat([Uint8Array.of(label), levels, levels, levels]));
    if (batch.length === perBatch) await write();
  }
  if (batch.length > 0) await write();
}

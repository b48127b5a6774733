/** A few pictures of our own in CIFAR-10's binary layout, for tests that need no real data. */
import { stream, int } from '../../core/random.ts';
import { recordBytes } from '../../generators/sources/cifar.ts';

/** A batch of `count` records; labels go round, pixels are random and differ between batches. */
export function tinyBatch(name: string, count: number): Buffer {
  const random = stream(`tiny pictures/${name}`);
  const batch = Buffer.alloc(count * recordBytes);
  for (let n = 0; n < count; n++)
    for (let i = 0; i < recordBytes; i++)
      batch[n * recordBytes + i] = i === 0 ? n % 10 : int(random, 256);
  return batch;
}

/** Files of an archive with `count` pictures in each of two training batches and the test batch. */
export function tinyPictures(count: number): Record<string, string | Buffer> {
  const files: Record<string, string | Buffer> = {
    'cifar-10-batches-bin/batches.meta.txt': 'airplane\n',
  };
  for (const name of ['data_batch_1', 'data_batch_2', 'test_batch'])
    files[`cifar-10-batches-bin/${name}.bin`] = tinyBatch(name, count);
  return files;
}

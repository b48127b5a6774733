/**
 * Folders of PNG pictures, `<split>/<label>/<number>.png`, as torchvision's ImageFolder and
 * `datasets.load_dataset("imagefolder", ...)` read them; the number is the example's in its split.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, UsageError, reasonOf } from '../../../core/errors.ts';
import { unscan } from '../../pictures/pictures.ts';
import { splits } from '../../task.ts';
import type { FormatSource } from './format.ts';
import { encodeGrey } from '../../pictures/png.ts';

export async function writePictures(
  dir: string,
  { meta, task, examples }: FormatSource,
): Promise<void> {
  const { picture, classes, counts } = meta.shape;
  if (!picture)
    throw new UsageError(`The examples of ${task.name} are no pictures; choose another format.`);
  for (const split of splits) {
    const digits = String(counts[split] - 1).length;
    let path = join(dir, split);
    try {
      for (let label = 0; label < classes; label++)
        await mkdir(join(dir, split, String(label)), { recursive: true });
      let index = 0;
      for await (const { tokens, label } of examples(split)) {
        const name = `${String(index++).padStart(digits, '0')}.png`;
        path = join(dir, split, String(label), name);
        await writeFile(path, encodeGrey(unscan(tokens, picture), picture), { flag: 'wx' });
      }
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
    }
  }
}

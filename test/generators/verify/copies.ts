/** Copies of a data set that tests change: all arrays and meta.json in memory, written with new checksums. */
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, readNpy, type NpyArray } from '../../../core/npy.ts';
import { arrayPath, arrayWidth, arraysOf, type Meta } from '../../../generators/store/meta.ts';
import { partsOf, type PartName } from '../../../generators/task.ts';

export type Arrays = Record<string, NpyArray>;

export interface Copy {
  folder: string;
  meta: Meta;
  /** Of every part; `signal` only where the inputs hold one. */
  contents: Record<PartName, Arrays>;
  /** Writes all files, and their checksums into meta.json unless told not to. */
  save(checksums?: boolean): void;
}

/** Copies a data set to a new folder. */
export async function copyOf(original: string, folder: string): Promise<Copy> {
  cpSync(original, folder, { recursive: true });
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as Meta;
  const names = arraysOf(meta.shape);
  const contents = {} as Copy['contents'];
  const parts = partsOf(meta.shape);
  for (const split of parts) {
    contents[split] = {};
    for (const array of names)
      contents[split][array] = (await readNpy(join(folder, arrayPath(split, array)))).data;
  }
  // As they were, whatever becomes of the shape in meta.json.
  const shape = structuredClone(meta.shape);
  const save = (checksums = true) => {
    for (const split of parts)
      for (const array of names) {
        const data = contents[split][array]!;
        const width = arrayWidth(shape, array);
        const rows = data.length / width;
        const dims =
          array === 'inputs' && shape.documents === 2
            ? [rows, 2, shape.length]
            : width > 1 || array === 'answers'
              ? [rows, width]
              : [rows];
        const bytes = encodeNpy(data, dims);
        writeFileSync(join(folder, arrayPath(split, array)), bytes);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        if (checksums) meta.files[arrayPath(split, array)] = { sha256, bytes: bytes.length };
      }
    writeFileSync(join(folder, 'meta.json'), JSON.stringify(meta));
  };
  return { folder, meta, contents, save };
}

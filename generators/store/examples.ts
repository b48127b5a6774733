/** The examples of a data set on disk, one after the other; a block of them is in memory at a time. */
import { openArray } from './files.ts';
import { arrayWidth, arraysOf, askedOf, type Meta } from './meta.ts';
import type { NpyArray, NpyFile } from '../../core/npy.ts';
import { countOf, type PartName, type StoredExample } from '../task.ts';

/** Tokens of a block, or one example if that has more. */
const blockTokens = 1 << 20;

/** Streams a part. @throws DataError if a file is not what meta.json says. */
export async function* readExamples(
  dir: string,
  meta: Meta,
  part: PartName,
): AsyncGenerator<StoredExample> {
  const { shape } = meta;
  const files = new Map<string, NpyFile>();
  try {
    for (const array of arraysOf(shape)) files.set(array, await openArray(dir, meta, part, array));
    const width = arrayWidth(shape, 'inputs');
    const most = Math.max(1, Math.floor(blockTokens / width));
    for (let first = 0; first < countOf(shape, part); first += most) {
      const rows = Math.min(most, countOf(shape, part) - first);
      const block: Record<string, NpyArray> = {};
      for (const [array, file] of files) block[array] = await file.read(first, rows);
      for (let row = 0; row < rows; row++) {
        const extras: StoredExample['extras'] = {};
        for (const [name, size] of Object.entries(shape.extras))
          extras[name] = block[name]!.subarray(row * size, (row + 1) * size) as Int32Array;
        yield {
          tokens: block.inputs!.subarray(row * width, (row + 1) * width) as Uint8Array,
          label: block.labels![row]!,
          group: block.groups![row]!,
          member: block.members![row]!,
          distance: block.distances![row]!,
          answers: answersIn(block, row, askedOf(shape)),
          extras,
        };
      }
    }
  } finally {
    for (const file of files.values()) await file.close();
  }
}

function answersIn(block: Record<string, NpyArray>, row: number, asked: number) {
  const answers = (block.answers ?? new Uint8Array(0)) as StoredExample['answers'];
  return answers.subarray(row * asked, (row + 1) * asked);
}

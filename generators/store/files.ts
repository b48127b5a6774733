/** The array files of a data set, opened and compared with what meta.json says about them. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../../core/errors.ts';
import { arrayPath, arrayShape, arrayType, arraysOf, type ArrayName, type Meta } from './meta.ts';
import { NpyFile } from '../../core/npy.ts';
import { countOf, partsOf, type PartName } from '../task.ts';

/** @throws DataError if the file is damaged, or its type or shape is not the one of meta.json. */
export async function openArray(
  dir: string,
  meta: Meta,
  part: PartName,
  array: ArrayName,
): Promise<NpyFile> {
  const file = await NpyFile.open(join(dir, arrayPath(part, array)));
  const describe = (type: string, shape: number[]) => `${type} of shape (${shape.join(', ')})`;
  const found = describe(file.type, file.shape);
  const expected = describe(
    arrayType(meta.shape, array),
    arrayShape(meta.shape, countOf(meta.shape, part), array),
  );
  if (found === expected) return file;
  await file.close();
  throw new DataError(`${file.path} holds ${found}, but meta.json says ${expected}.`);
}

/** @throws DataError if the checksum of an opened file is not the one of meta.json. */
export async function checkArray(
  file: NpyFile,
  dir: string,
  meta: Meta,
  path: string,
): Promise<void> {
  if ((await file.sha256()) !== meta.files[path]!.sha256)
    throw new DataError(
      `${file.path} was altered or damaged: its sha256 is not the one in meta.json; remove ${dir} and make it again.`,
    );
}

/** Whether all files are there with the sizes that are said of them; quick, since nothing is read. */
export async function isComplete(dir: string, meta: Pick<Meta, 'files'>): Promise<boolean> {
  for (const [path, { bytes }] of Object.entries(meta.files)) {
    const found = await stat(join(dir, path)).catch(() => undefined);
    if (found?.size !== bytes) return false;
  }
  return true;
}

/** Whether all files are there, byte for byte. */
export async function isIntact(dir: string, meta: Meta): Promise<boolean> {
  try {
    for (const part of partsOf(meta.shape))
      for (const array of arraysOf(meta.shape)) {
        const file = await openArray(dir, meta, part, array);
        const path = arrayPath(part, array);
        await checkArray(file, dir, meta, path).finally(() => file.close());
      }
    return true;
  } catch {
    return false;
  }
}

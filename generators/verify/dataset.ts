/**
 * Verification of a data set on disk: schema, files, the rules that its examples obey, checksums.
 * The examples are read once, in blocks, so that memory stays bounded.
 */
import { isDeepStrictEqual } from 'node:util';
import { DataError } from '../../core/errors.ts';
import { checkArray, openArray } from '../store/files.ts';
import {
  arrayPath,
  arrayType,
  arrayWidth,
  arraysOf,
  readMeta,
  type ArrayName,
  type Meta,
} from '../store/meta.ts';
import { bytesOf, type NpyFile } from '../../core/npy.ts';
import { findTask, resolveOptions, tasks } from '../registry.ts';
import { splits, type SplitName } from '../task.ts';
import { Break, ExamplePass, type Block, type Finding } from './examples.ts';

/**
 * Checks every rule on the data set in `dir`.
 * @param onProgress told the number of examples that have been read, of all.
 * @returns one finding a rule; after a break, none of the rules that were still open.
 */
export async function verifyDataset(
  dir: string,
  onProgress?: (done: number, total: number) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const meta = await checkSchema(dir, findings);
    await checkFiles(dir, meta);
    const pass = new ExamplePass(meta);
    for (const split of splits) await readSplit(dir, meta, split, pass, onProgress);
    findings.push(...pass.findings());
    findings.push(await checkChecksums(dir, meta));
  } catch (error) {
    if (!(error instanceof Break)) throw error;
    findings.push(error.finding);
  }
  return findings;
}

async function checkSchema(dir: string, findings: Finding[]): Promise<Meta> {
  const file = 'meta.json';
  const meta = await readMeta(dir).catch((error: unknown) => {
    throw error instanceof DataError ? new Break('schema', error.message, file) : error;
  });
  const task = tasks.find(({ name }) => name === meta.task);
  const imported = meta.origin === 'imported';
  let detail = `task ${meta.task}, tier ${meta.tier}, ${imported ? 'imported' : `seed ${meta.seed}`}`;
  if (task?.version === meta.generatorVersion) {
    const shape = task.shape(resolved(meta));
    // What was imported has as many examples as there were in the files.
    const expected = imported ? { ...shape, counts: meta.shape.counts } : shape;
    if (!isDeepStrictEqual(expected, meta.shape))
      throw new Break('schema', 'its shape is not the one that its options lead to', file);
  } else {
    detail += `; shape taken on trust, generator version ${meta.generatorVersion} is not here`;
  }
  findings.push({ rule: 'schema', holds: true, detail });
  return meta;
}

function resolved(meta: Meta): Record<string, unknown> {
  try {
    return resolveOptions(findTask(meta.task), meta.tier, meta.options);
  } catch (error) {
    throw new Break('schema', (error as Error).message, 'meta.json');
  }
}

/** Every array is there, whole, and of the type and shape that meta.json says. */
async function checkFiles(dir: string, meta: Meta): Promise<void> {
  for (const split of splits)
    for (const { close } of await openAll(dir, meta, split)) await close();
}

interface OpenFile {
  array: ArrayName;
  file: NpyFile;
  close(): Promise<void>;
}

async function openAll(dir: string, meta: Meta, split: SplitName): Promise<OpenFile[]> {
  const opened: OpenFile[] = [];
  try {
    for (const array of arraysOf(meta.shape)) {
      const file = await openArray(dir, meta, split, array);
      opened.push({ array, file, close: () => file.close() });
    }
    return opened;
  } catch (error) {
    for (const { close } of opened) await close();
    const path = arrayPath(split, arraysOf(meta.shape)[opened.length]!);
    throw error instanceof DataError ? new Break('files', error.message, path) : error;
  }
}

/** Bytes of inputs that are in memory at a time, or one sibling group if that is more. */
const blockBytes = 1 << 22;

async function readSplit(
  dir: string,
  meta: Meta,
  split: SplitName,
  pass: ExamplePass,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const { siblings, counts } = meta.shape;
  const total = splits.reduce((sum, name) => sum + counts[name], 0);
  const files = await openAll(dir, meta, split);
  try {
    const rowBytes = arrayWidth(meta.shape, 'inputs') * bytesOf(arrayType(meta.shape, 'inputs'));
    const groupsAtOnce = Math.max(1, Math.floor(blockBytes / (rowBytes * siblings)));
    for (let first = 0; first < counts[split]; first += groupsAtOnce * siblings) {
      const rows = Math.min(groupsAtOnce * siblings, counts[split] - first);
      const block: Block = {};
      for (const { array, file } of files) block[array] = await file.read(first, rows);
      pass.take(split, block, rows);
      onProgress?.(pass.examples, total);
    }
    pass.endSplit(split);
  } finally {
    for (const { close } of files) await close();
  }
}

async function checkChecksums(dir: string, meta: Meta): Promise<Finding> {
  let bytes = 0;
  for (const split of splits)
    for (const array of arraysOf(meta.shape)) {
      const path = arrayPath(split, array);
      const file = await openArray(dir, meta, split, array);
      await checkArray(file, dir, meta, path)
        .catch((error: Error) => {
          throw new Break('checksums', error.message, path);
        })
        .finally(() => file.close());
      bytes += meta.files[path]!.bytes;
    }
  const files = splits.length * arraysOf(meta.shape).length;
  return { rule: 'checksums', holds: true, detail: `${files} files, ${bytes} bytes` };
}

/**
 * Verification of a data set on disk: meta.json, files, the rules that its examples obey, checksums.
 *
 * The examples are read once, in the order in which they are made, so that a group is whole although
 * its rows are scattered over the files; they come in blocks, so that memory stays bounded. Examples
 * are also made again, and compared.
 */
import { DataError } from '../../core/errors.ts';
import { allocate, bytesOf, type NpyArray, type NpyFile } from '../../core/npy.ts';
import type { Permutation } from '../../core/permutation.ts';
import { tasks } from '../registry.ts';
import { defaultSources } from '../sources/folder.ts';
import { checkArray, openArray } from '../store/files.ts';
import {
  arrayPath,
  arrayType,
  arrayWidth,
  arraysOf,
  examplesOf,
  type ArrayName,
  type Meta,
} from '../store/meta.ts';
import { rowOrder } from '../store/rows.ts';
import {
  countOf,
  partMaker,
  partsOf,
  type MakePart,
  type PartName,
  type TaskDefinition,
} from '../task.ts';
import { ExamplePass, type Block } from './examples.ts';
import { Break, type Finding } from './finding.ts';
import { checkMeta, type Claim } from './meta.ts';

export interface VerifyRequest {
  /** Whether all examples are made again, and not only a sample of them. */
  full?: boolean | undefined;
  /** Folder of real data, for examples that are made from some; the default place if absent. */
  sources?: string | undefined;
  /** Tasks that can have made it; all that there are if absent. */
  tasks?: readonly TaskDefinition[] | undefined;
  /** Told the number of examples that have been read, of all. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Checks every rule on the data set in `dir`.
 * @returns one finding per rule; after a break, none of the rules that were still open.
 */
export async function verifyDataset(dir: string, request: VerifyRequest = {}): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const { finding, ...claim } = await checkMeta(dir, request.tasks ?? tasks);
    findings.push(finding);
    await checkFiles(dir, claim.meta);
    const again = await openAgain(claim, request);
    const pass = new ExamplePass(claim, again.example, request.full ?? false);
    for (const part of partsOf(claim.meta.shape))
      await readPart(dir, claim.meta, part, pass, request);
    findings.push(...pass.findings());
    if (!again.example) findings.push({ rule: 'again', holds: true, detail: again.reason });
    findings.push(await checkChecksums(dir, claim.meta));
  } catch (error) {
    if (!(error instanceof Break)) throw error;
    findings.push(error.finding);
  }
  return findings;
}

/**
 * What makes the examples again; or why that cannot be.
 * @throws Break where the source that was named is not the one that meta.json says.
 */
async function openAgain(
  { meta, task, options }: Claim,
  { sources }: VerifyRequest,
): Promise<{ example: MakePart; reason?: undefined } | { example?: undefined; reason: string }> {
  if (meta.origin === 'imported')
    return { reason: 'not made again: it was imported, so its examples are those of the files' };
  const reads = task.realData?.isRead(options) ?? false;
  if (reads !== (meta.source !== undefined))
    throw new Break(
      'schema',
      reads
        ? 'it does not say which real data it was made from'
        : 'it names a source, but has none',
      'meta.json',
    );
  try {
    const opened = await task.open(options, meta.seed, sources ?? defaultSources());
    const { source } = opened;
    if (source === meta.source) return { example: partMaker(opened) };
    const differs = `its source is '${meta.source}', but here is '${source}'`;
    if (sources !== undefined) throw new Break('schema', differs, 'meta.json');
    return { reason: `not made again: ${differs}; name the right folder with --sources` };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { reason: `not made again: ${error.message}` };
  }
}

/** Every array is there, whole, and of the type and shape that meta.json says. */
async function checkFiles(dir: string, meta: Meta): Promise<void> {
  for (const part of partsOf(meta.shape))
    for (const file of (await openAll(dir, meta, part)).values()) await file.close();
}

async function openAll(dir: string, meta: Meta, part: PartName): Promise<Map<ArrayName, NpyFile>> {
  const opened = new Map<ArrayName, NpyFile>();
  for (const array of arraysOf(meta.shape))
    try {
      opened.set(array, await openArray(dir, meta, part, array));
    } catch (error) {
      for (const file of opened.values()) await file.close();
      if (!(error instanceof DataError)) throw error;
      throw new Break('files', error.message, arrayPath(part, array));
    }
  return opened;
}

/** Bytes of inputs that are in memory at a time, or one group if that is more. */
const blockBytes = 1 << 22;

async function readPart(
  dir: string,
  meta: Meta,
  part: PartName,
  pass: ExamplePass,
  { onProgress }: VerifyRequest,
): Promise<void> {
  const { siblings } = meta.shape;
  const count = countOf(meta.shape, part);
  const total = examplesOf(meta.shape);
  const order = meta.origin === 'imported' ? undefined : rowOrder(meta, part);
  const files = await openAll(dir, meta, part);
  try {
    // All arrays but the tokens are small: they are read at once.
    const small = new Map<ArrayName, NpyArray>();
    for (const [array, file] of files)
      if (array !== 'inputs') small.set(array, await file.read(0, file.rows));
    const rowBytes = arrayWidth(meta.shape, 'inputs') * bytesOf(arrayType(meta.shape, 'inputs'));
    const groupsAtOnce = Math.max(1, Math.floor(blockBytes / (rowBytes * siblings)));
    for (let first = 0; first < count; first += groupsAtOnce * siblings) {
      const rows = rowsOf(order, first, Math.min(groupsAtOnce * siblings, count - first));
      const block: Block = { inputs: files.get('inputs')!.gather(rows) };
      for (const [array, numbers] of small) block[array] = picked(meta, array, numbers, rows);
      pass.take(part, first, rows, block);
      onProgress?.(pass.examples, total);
    }
    pass.endPart(part);
  } finally {
    for (const file of files.values()) await file.close();
  }
}

/** Rows of the examples `first` to `first + count - 1`. */
function rowsOf(order: Permutation | undefined, first: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => order?.placeOf(first + i) ?? first + i);
}

function picked(meta: Meta, array: ArrayName, numbers: NpyArray, rows: Float64Array): NpyArray {
  const width = arrayWidth(meta.shape, array);
  const found = allocate(arrayType(meta.shape, array), rows.length * width);
  rows.forEach((row, i) => {
    found.set(numbers.subarray(row * width, (row + 1) * width), i * width);
  });
  return found;
}

async function checkChecksums(dir: string, meta: Meta): Promise<Finding> {
  let bytes = 0;
  const parts = partsOf(meta.shape);
  for (const part of parts) {
    const opened = await openAll(dir, meta, part);
    try {
      for (const [array, file] of opened)
        bytes += await checkFile(dir, meta, arrayPath(part, array), file);
    } finally {
      for (const file of opened.values()) await file.close();
    }
  }
  const files = parts.length * arraysOf(meta.shape).length;
  return { rule: 'checksums', holds: true, detail: `${files} files, ${bytes} bytes` };
}

/** @returns the bytes of the file. */
async function checkFile(dir: string, meta: Meta, path: string, file: NpyFile): Promise<number> {
  const bytes = await file.bytes();
  const said = meta.files[path]!.bytes;
  if (bytes !== said)
    throw new Break('checksums', `it has ${bytes} bytes, but meta.json says ${said}`, path);
  await checkArray(file, dir, meta, path).catch((error: unknown) => {
    throw error instanceof DataError ? new Break('checksums', error.message, path) : error;
  });
  return bytes;
}

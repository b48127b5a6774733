/**
 * Files of the Long Range Arena read into a data set of our layout. Nothing of them is believed:
 * every example is checked against the task's shape before it is written, and a file that breaks
 * a rule ends the import with nothing at the place of the data set.
 *
 * An example that occurs twice is kept once, so that no split holds an example of another: the test
 * split keeps all of its examples, then the training split, then validation. What is left out is counted.
 */
import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { chunkRows, emptyChunk, fillRow, type Chunk } from './chunks.ts';
import { DataError, UsageError, reasonOf } from '../../core/errors.ts';
import { lraLayout } from './formats/lra.ts';
import { arrayWidth, metaSchema, type Meta } from './meta.ts';
import { describe, place, type PlaceRequest } from './publish.ts';
import { SplitFiles } from './splitFiles.ts';
import { splits, type ImportedExample, type SplitName } from '../task.ts';
import type { WriteRequest } from './write.ts';

export interface ImportRequest
  extends PlaceRequest, Pick<WriteRequest, 'task' | 'tier' | 'options' | 'onProgress'> {
  /** Folder of the files. */
  from: string;
  /** Told about what was left out. */
  onSkip?: ((sentence: string) => void) | undefined;
}

/**
 * Reads a standard task's files. How many examples a split has is what the files have; the options
 * `train`, `val` and `test` of the task mean nothing here and are not kept.
 */
export async function importDataset(request: ImportRequest): Promise<'written' | 'kept'> {
  const { task, tier, options, from } = request;
  const layout = lraLayout(task);
  const paths = await layout.list(from, options);
  const source = `${layout.files}: ${paths.length} files, sha256 of names and contents ${await checksum(from, paths)}`;
  const kept = Object.fromEntries(
    Object.entries(options).filter(([name]) => !(splits as readonly string[]).includes(name)),
  ) as Meta['options'];
  const shape = { ...task.shape(options), counts: { train: 0, val: 0, test: 0 } };
  const description = describe({
    ...{ task, tier, shape, source: source.slice(-300), options: kept },
    ...{ origin: 'imported', seed: 0 },
  });
  return place(description, request, async (unfinished) => {
    await unfinished.startOver();
    const counts = { ...shape.counts };
    let files: Meta['files'] = {};
    let group = 0;
    const note = (text: string) => request.onSkip?.(text);
    const seen = new Set<string>();
    // Notes on the test split are given when it is written.
    for await (const { tokens } of layout.import(from, 'test', options, () => undefined))
      seen.add(digestOf(tokens));
    for (const split of splits) {
      const all = layout.import(from, split, options, note);
      const examples = split === 'test' ? all : unseen(all, seen, split, note);
      const written = await writeSplit(unfinished.data, split, shape, examples, group, request);
      files = { ...files, ...written.files };
      counts[split] = written.rows;
      group += written.rows;
    }
    return metaSchema.parse({ ...description, shape: { ...shape, counts }, files });
  });
}

const digestOf = (tokens: ArrayLike<number>) => hash('sha256', Uint16Array.from(tokens), 'base64');

/** The examples whose tokens have not been seen, and a note of how many were left out. */
async function* unseen(
  examples: AsyncIterable<ImportedExample>,
  seen: Set<string>,
  split: SplitName,
  note: (sentence: string) => void,
): AsyncGenerator<ImportedExample> {
  let repeated = 0;
  for await (const example of examples) {
    const digest = digestOf(example.tokens);
    if (seen.has(digest)) repeated++;
    else {
      seen.add(digest);
      yield example;
    }
  }
  if (repeated > 0)
    note(
      `${repeated} ${repeated === 1 ? 'example' : 'examples'} of ${split} left out: the same tokens occur elsewhere in ${split}${split === 'val' ? ', in train' : ''} or in test.`,
    );
}

async function checksum(dir: string, paths: string[]): Promise<string> {
  const sum = createHash('sha256');
  for (const path of [...paths].sort()) {
    sum.update(`${path}\n`);
    try {
      for await (const part of createReadStream(join(dir, path))) sum.update(part as Buffer);
    } catch (error) {
      throw new DataError(`Cannot read ${join(dir, path)}: ${reasonOf(error)}.`);
    }
  }
  return sum.digest('hex').slice(0, 16);
}

async function writeSplit(
  dir: string,
  split: SplitName,
  shape: Meta['shape'],
  examples: AsyncIterable<ImportedExample>,
  firstGroup: number,
  { from, onProgress, signal }: ImportRequest,
): Promise<{ files: Meta['files']; rows: number }> {
  const files = await SplitFiles.open(dir, split, shape);
  try {
    const most = chunkRows(shape);
    let [chunk, rows]: [Chunk, number] = [emptyChunk(shape, most), 0];
    const flush = () => {
      files.write(rows === most ? chunk : head(chunk, shape, rows));
      [chunk, rows] = [emptyChunk(shape, most), 0];
      signal?.throwIfAborted();
    };
    for await (const example of examples) {
      const index = files.examples + rows;
      const wrong = breakOf(example, shape);
      if (wrong) throw new DataError(`Example ${index} of ${split} in ${from} ${wrong}.`);
      fillRow(chunk, rows++, shape, { ...example, group: firstGroup + index, distance: 0 });
      if (rows === most) flush();
    }
    flush();
    if (files.examples === 0)
      throw new DataError(`${from} holds no ${split} examples that are not in another split.`);
    onProgress?.({ split, done: files.examples, total: files.examples });
    return { rows: files.examples, files: await files.close() };
  } finally {
    await files.abandon();
  }
}

function head({ arrays }: Chunk, shape: Meta['shape'], rows: number): Chunk {
  return {
    rows,
    arrays: Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => [
        name,
        array.subarray(0, rows * arrayWidth(shape, name)),
      ]),
    ),
  };
}

/** What is wrong with an example, in a few words. */
function breakOf(example: ImportedExample, shape: Meta['shape']): string | undefined {
  const { tokens, label, extras } = example;
  const width = arrayWidth(shape, 'inputs');
  if (tokens.length > width)
    return `has ${tokens.length} tokens, expected at most ${width}; allow longer ones with --set or --tier`;
  let [token, filled] = [0, false];
  for (let i = 0; i < tokens.length; i++) {
    token = tokens[i]!;
    if (!Number.isInteger(token) || token < 0 || token >= shape.vocabulary)
      return `has token ${token} at position ${i}, expected 0 to ${shape.vocabulary - 1}`;
    filled ||= token > 0;
  }
  if (!filled) return 'is empty';
  if (!Number.isInteger(label) || label < 0 || label >= shape.classes)
    return `has label ${label}, expected 0 to ${shape.classes - 1}`;
  for (const [name, values] of Object.entries(extras ?? {}))
    if (!(name in shape.extras) || values.length > shape.extras[name]!)
      throw new UsageError(`The task has no room for ${values.length} ${name}.`);
  return undefined;
}

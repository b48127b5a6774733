/**
 * CIFAR-10 (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html) in grey, from its official
 * binary archive `cifar-10-binary.tar.gz` or the folder `cifar-10-batches-bin` that it unpacks to.
 *
 * A batch is a row of records of 3,073 bytes: the label, then 1,024 bytes of red, of green and of
 * blue, each row by row. The official files `data_batch_1.bin` to `data_batch_5.bin` and
 * `test_batch.bin` have 10,000 records each; smaller ones and fewer training batches are taken too.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, reasonOf } from '../../core/errors.ts';
import { archivedFiles, type ArchivedFile } from './archive.ts';

export const classNames = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/** Pixels a side, and in all. */
export const side = 32;
export const pixels = side * side;
/** Bytes of a record: the label and three colours. */
export const recordBytes = 1 + 3 * pixels;
export const largestBatch = 10_000 * recordBytes;

/** Grey pictures, one after the other, row by row. */
export interface Pictures {
  levels: Uint8Array; // [N, 32, 32]
  labels: Uint8Array; // [N]
}

const archiveName = 'cifar-10-binary.tar.gz';
export const folderName = 'cifar-10-batches-bin';
const layout = /^cifar-10-batches-bin\/(data_batch_[1-5]|test_batch)\.bin$/;
/** Of the official archive, from its page. */
const officialMd5 = 'c32a1d4ab5d03f1284b67883e8d87530';

type Place = { path: string; kind: 'archive' | 'folder' };

async function find(sources: string): Promise<Place | undefined> {
  const archive = join(sources, archiveName);
  if (await stat(archive).catch(() => undefined)) return { path: archive, kind: 'archive' };
  const folder = join(sources, folderName);
  if (await stat(folder).catch(() => undefined)) return { path: folder, kind: 'folder' };
  return undefined;
}

/** Names a version of CIFAR-10 in other files, if the folder has one. */
export async function otherVersion(dir: string): Promise<string | undefined> {
  const versions = {
    Python: ['cifar-10-python.tar.gz', 'cifar-10-batches-py'],
    Matlab: ['cifar-10-matlab.tar.gz', 'cifar-10-batches-mat'],
  };
  for (const [language, names] of Object.entries(versions))
    for (const name of names)
      if (await stat(join(dir, name)).catch(() => undefined))
        return `${join(dir, name)} is CIFAR-10's version for ${language}`;
  return undefined;
}

async function require(sources: string): Promise<Place> {
  const place = await find(sources);
  if (place) return place;
  const other = await otherVersion(sources);
  if (other)
    throw new DataError(
      `${other}, which is not read: get ${archiveName} from https://www.cs.toronto.edu/~kriz/cifar.html, the binary version of the same pictures.`,
    );
  throw new DataError(
    `There are no CIFAR-10 pictures in ${sources}: get ${archiveName} from https://www.cs.toronto.edu/~kriz/cifar.html and put it, or the folder ${folderName} that it unpacks to, there, or name its folder with --sources DIR.`,
  );
}

/** Changes with the files: the archive's checksum, or names, sizes and times of the folder. */
export async function identifyPictures(sources: string): Promise<string> {
  const place = await require(sources);
  try {
    if (place.kind === 'archive') return `archive ${await digestOf(place.path, 'sha256')}`;
    const hash = createHash('sha256');
    for (const name of (await readdir(place.path)).sort()) {
      const { size, mtimeMs } = await stat(join(place.path, name));
      hash.update(`${name} ${size} ${mtimeMs}\n`);
    }
    return `folder ${hash.digest('hex')}`;
  } catch (error) {
    throw new DataError(`Cannot read ${place.path}: ${reasonOf(error)}.`);
  }
}

async function digestOf(path: string, algorithm: 'md5' | 'sha256'): Promise<string> {
  const hash = createHash(algorithm);
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/**
 * All pictures that are there, in the archive's order, batch 1 first; the same from the archive and
 * from the folder but for what is said of the source.
 */
export async function readPictures(
  sources: string,
): Promise<{ train: Pictures; test: Pictures; source: string }> {
  const place = await require(sources);
  const files =
    place.kind === 'archive'
      ? archivedFiles(place.path, (path) => layout.test(path), largestBatch)
      : unpackedFiles(place.path);
  const batches = new Map<string, { pictures: Pictures; digest: Buffer }>();
  for await (const { path, bytes } of files) {
    const name = layout.exec(path)![1]!;
    if (batches.has(name))
      throw new DataError(`${path} is there twice in ${place.path}; get the official archive.`);
    batches.set(name, {
      pictures: inGrey(bytes, `${path} in ${place.path}`),
      digest: createHash('sha256').update(bytes).digest(),
    });
  }
  const names = [...batches.keys()].sort();
  const training = names.filter((name) => name.startsWith('data'));
  if (training.length === 0 || !batches.has('test_batch'))
    throw new DataError(
      `${place.path} holds ${names.length === 0 ? 'no batches' : `only ${names.join(', ')}`}, expected ${folderName}/data_batch_1.bin to data_batch_5.bin (at least one of them) and test_batch.bin; get the official archive.`,
    );
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name}\n`).update(batches.get(name)!.digest);
  const contents = `${training.map((name) => name.slice(5).replace('_', ' ')).join(', ')} and the test batch, sha256 of contents ${hash.digest('hex').slice(0, 16)}`;
  const official = place.kind === 'archive' && (await digestOf(place.path, 'md5')) === officialMd5;
  return {
    train: joined(training.map((name) => batches.get(name)!.pictures)),
    test: batches.get('test_batch')!.pictures,
    source: `CIFAR-10 (Krizhevsky 2009) in grey: ${contents}; ${
      official
        ? `the official binary archive, md5 ${officialMd5}`
        : 'not known to be the official binary archive, so its pixels may differ from the official ones'
    }`,
  };
}

/**
 * Grey level of a colour, from 0 to 255, as `tf.image.rgb_to_grayscale` followed by a cast to int,
 * which is what LRA does: 0.2989 r + 0.5870 g + 0.1140 b, scaled from 255 to 255.5 and cut off. Here
 * exactly, in integers. TensorFlow computes in single precision, where 237 of the 2^24 colours come
 * out one level apart (evaluated in the order of this formula, each operation rounded).
 */
export function greyLevel(red: number, green: number, blue: number): number {
  return Math.floor(((2989 * red + 5870 * green + 1140 * blue) * 511) / 5_100_000);
}

/** @throws DataError if the batch is not a row of records; `what` names it. */
export function inGrey(batch: Buffer, what: string): Pictures {
  const count = batch.length / recordBytes;
  if (count === 0 || !Number.isInteger(count) || batch.length > largestBatch)
    throw new DataError(
      `${what} has ${batch.length} bytes, expected 1 to 10,000 records of ${recordBytes}; get the official archive.`,
    );
  const levels = new Uint8Array(count * pixels);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const record = n * recordBytes;
    labels[n] = batch[record]!;
    if (labels[n]! >= classNames.length)
      throw new DataError(
        `${what} has label ${labels[n]} in record ${n}, expected 0 to ${classNames.length - 1}; get the official archive.`,
      );
    for (let i = 0; i < pixels; i++) {
      const red = record + 1 + i;
      levels[n * pixels + i] = greyLevel(
        batch[red]!,
        batch[red + pixels]!,
        batch[red + 2 * pixels]!,
      );
    }
  }
  return { levels, labels };
}

function joined(batches: Pictures[]): Pictures {
  const count = batches.reduce((sum, { labels }) => sum + labels.length, 0);
  const all = { levels: new Uint8Array(count * pixels), labels: new Uint8Array(count) };
  let first = 0;
  for (const { levels, labels } of batches) {
    all.levels.set(levels, first * pixels);
    all.labels.set(labels, first);
    first += labels.length;
  }
  return all;
}

async function* unpackedFiles(folder: string): AsyncGenerator<ArchivedFile> {
  try {
    for (const name of (await readdir(folder)).sort()) {
      const path = `${folderName}/${name}`;
      if (!layout.test(path)) continue;
      const { size } = await stat(join(folder, name));
      if (size > largestBatch)
        throw new DataError(
          `${join(folder, name)} has ${size} bytes, expected at most ${largestBatch}; get the official archive.`,
        );
      yield { path, bytes: await readFile(join(folder, name)) };
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`Cannot read ${folder}: ${reasonOf(error)}.`);
  }
}

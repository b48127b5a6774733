/**
 * The IMDb Large Movie Review Dataset (Maas et al. 2011), from its official archive
 * `aclImdb_v1.tar.gz` or the folder `aclImdb` that it unpacks to. Only the labelled reviews,
 * `aclImdb/{train,test}/{neg,pos}/<number>_<rating>.txt`, are looked at.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, reasonOf } from '../../core/errors.ts';
import { archivedFiles, type ArchivedFile } from './archive.ts';

export interface Review {
  part: 'train' | 'test';
  label: 0 | 1; // neg, pos
  /** Beginning of the text, as many bytes as were asked for. */
  text: Buffer;
}

const archiveName = 'aclImdb_v1.tar.gz';
const folderName = 'aclImdb';
const layout = /^aclImdb\/(train|test)\/(neg|pos)\/(\d{1,8})_\d+\.txt$/;
/** Far more than the longest review, 14 KB. */
const largestReview = 1 << 20;
const mostReviews = 1_000_000;

type Place = { path: string; kind: 'archive' | 'folder' };

async function find(sources: string): Promise<Place> {
  const archive = join(sources, archiveName);
  if (await stat(archive).catch(() => undefined)) return { path: archive, kind: 'archive' };
  const folder = join(sources, folderName);
  if (await stat(folder).catch(() => undefined)) return { path: folder, kind: 'folder' };
  throw new DataError(
    `There are no IMDb reviews in ${sources}: get ${archiveName} from https://ai.stanford.edu/~amaas/data/sentiment/ and put it, or the folder ${folderName} that it unpacks to, there, or name its folder with --sources DIR.`,
  );
}

/** Changes with the files: the archive's checksum, or names, sizes and times of the folder. */
export async function identifyReviews(sources: string): Promise<string> {
  const place = await find(sources);
  const hash = createHash('sha256');
  try {
    if (place.kind === 'archive')
      for await (const part of createReadStream(place.path)) hash.update(part as Buffer);
    else
      for (const path of await reviewPaths(sources)) {
        const { size, mtimeMs } = await stat(join(sources, path));
        hash.update(`${path} ${size} ${mtimeMs}\n`);
      }
  } catch (error) {
    throw error instanceof DataError
      ? error
      : new DataError(`Cannot read ${place.path}: ${reasonOf(error)}.`);
  }
  return `${place.kind} ${hash.digest('hex')}`;
}

/**
 * All labelled reviews: train before test, negative before positive, by number; the same from the
 * archive and from the folder.
 * @param longest bytes kept of each text.
 */
export async function readReviews(
  sources: string,
  longest: number,
): Promise<{ reviews: Review[]; source: string }> {
  const place = await find(sources);
  const files =
    place.kind === 'archive'
      ? archivedFiles(place.path, (path) => layout.test(path), largestReview)
      : unpackedFiles(sources);
  const found: { order: number; path: string; digest: Buffer; review: Review }[] = [];
  const seen = new Set<string>();
  for await (const { path, bytes } of files) {
    const [, part, side, number] = layout.exec(path)!;
    const wrong = seen.has(path)
      ? 'is there twice'
      : bytes.length === 0
        ? 'is empty'
        : seen.size === mostReviews
          ? `is one of more than ${mostReviews} reviews`
          : undefined;
    if (wrong) throw new DataError(`${path} ${wrong} in ${place.path}; get the official archive.`);
    seen.add(path);
    const [train, label] = [part === 'train', side === 'pos' ? 1 : 0] as const;
    found.push({
      order: (train ? 0 : 2e9) + label * 1e9 + Number(number),
      path,
      digest: createHash('sha256').update(bytes).digest(),
      review: {
        part: train ? 'train' : 'test',
        label,
        text: Buffer.from(bytes.subarray(0, longest)),
      },
    });
  }
  if (found.length === 0)
    throw new DataError(
      `${place.path} holds no reviews aclImdb/{train,test}/{neg,pos}/<number>_<rating>.txt; get the official archive.`,
    );
  found.sort((a, b) => a.order - b.order || (a.path < b.path ? -1 : 1));
  const hash = createHash('sha256');
  for (const { path, digest } of found) hash.update(`${path}\n`).update(digest);
  return {
    reviews: found.map(({ review }) => review),
    source: `IMDb Large Movie Review Dataset v1.0 (Maas et al. 2011), ${found.length} labelled reviews, sha256 of names and contents ${hash.digest('hex').slice(0, 16)}`,
  };
}

/** Paths of the reviews in the unpacked folder, from `aclImdb/` on, in order. */
async function reviewPaths(sources: string): Promise<string[]> {
  const paths: string[] = [];
  for (const part of ['train', 'test'])
    for (const side of ['neg', 'pos']) {
      const folder = `${folderName}/${part}/${side}`;
      const names = await readdir(join(sources, folder)).catch((error: unknown) => {
        throw new DataError(
          `Cannot read ${join(sources, folder)}: ${reasonOf(error)}; unpack the official archive again.`,
        );
      });
      paths.push(...names.sort().map((name) => `${folder}/${name}`));
    }
  return paths.filter((path) => layout.test(path));
}

/** Files read at a time. */
const batch = 64;

async function* unpackedFiles(sources: string): AsyncGenerator<ArchivedFile> {
  const paths = await reviewPaths(sources);
  const read = async (path: string): Promise<ArchivedFile> => {
    const full = join(sources, path);
    try {
      const { size } = await stat(full);
      if (size > largestReview)
        throw new DataError(`${full} has ${size} bytes, expected at most ${largestReview}.`);
      return { path, bytes: await readFile(full) };
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError(`Cannot read ${full}: ${reasonOf(error)}.`);
    }
  };
  for (let first = 0; first < paths.length; first += batch)
    yield* await Promise.all(paths.slice(first, first + batch).map(read));
}

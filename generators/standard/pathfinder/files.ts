/**
 * The folders in which the Long Range Arena publishes Pathfinder and Path-X:
 * `pathfinder32/curv_contour_length_14/{imgs/<batch>/sample_<n>.png,metadata/<batch>.npy}`, with
 * `curv_baseline` for 6 paddles. A metadata file has a line for each picture, eleven words: folder,
 * file, number, label, continuity, contour length, distractor length, paddle length, thickness,
 * margin, number of contrasts. In LRA's release these are plain text in spite of their names; the
 * original generator writes a real NPY array of the same words. Both are read, text is written.
 *
 * LRA cuts its splits itself, 80, 10 and 10 percent in the order of the files; so does the import.
 * The release has one empty picture (`pathfinder32/curv_baseline/imgs/0/sample_172.png`): empty
 * files are left out and counted, and so are pictures that no line of metadata names. It also has a
 * folder within a folder of the same name; where both hold the level, they must hold the same.
 */
import { access, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { DataError, reasonOf } from '../../../core/errors.ts';
import { decodeGrey, encodeGrey } from '../../pictures/png.ts';
import { unscan } from '../../pictures/pictures.ts';
import { scanOrder, type ScanName } from '../../pictures/scan.ts';
import { wordTable } from './words.ts';
import { splits, type LraLayout, type SplitName } from '../../task.ts';
import type { SnakeSettings } from './snakes.ts';

interface Options {
  contourLength: 6 | 9 | 14;
  scan: ScanName;
}

/** Pictures that go into one folder. */
const batchSize = 1000;
/** Bytes of the largest metadata file and picture that are read. */
const largestMetadata = 1 << 26;
const largestPicture = 1 << 20;

const levels = { 6: 'curv_baseline', 9: 'curv_contour_length_9', 14: 'curv_contour_length_14' };
const shares: Record<SplitName, [number, number]> = {
  train: [0, 0.8],
  val: [0.8, 0.9],
  test: [0.9, 1],
};

/** What a line of metadata says of a picture. */
interface Row {
  /** Path below the folder that was given. */
  path: string;
  label: number;
  margin: number;
}

export function pathfinderFiles<Chosen extends Options>(
  size: number,
  settingsOf: (options: Chosen) => SnakeSettings,
): LraLayout<Chosen> {
  const folder = (contourLength: Options['contourLength']) =>
    `pathfinder${size}/${levels[contourLength]}`;
  return {
    files: `pathfinder${size}/${levels[14]}/{imgs/<batch>/sample_<n>.png,metadata/<batch>.npy}`,

    async export(dir, examples, options) {
      const out = join(dir, folder(options.contourLength));
      const picture = { rows: size, columns: size, scan: options.scan };
      await mkdir(join(out, 'metadata'), { recursive: true });
      let lines: string[] = [];
      let written = 0;
      const closeBatch = async () => {
        if (lines.length === 0) return;
        const batch = (written - lines.length) / batchSize;
        await writeFile(join(out, 'metadata', `${batch}.npy`), lines.join(''));
        lines = [];
      };
      for (const split of splits)
        for await (const { tokens, label, extras } of examples(split)) {
          const images = `imgs/${Math.floor(written / batchSize)}`;
          const number = lines.length;
          if (number === 0) await mkdir(join(out, images), { recursive: true });
          const file = `sample_${number}.png`;
          await writeFile(join(out, images, file), encodeGrey(unscan(tokens, picture), picture));
          lines.push(line([images, file, number, label], settingsOf(options), extras.margin?.[0]));
          written++;
          if (lines.length === batchSize) await closeBatch();
        }
      await closeBatch();
    },

    async list(dir, options) {
      const { metadata, rows } = await readRows(dir, folder(options.contourLength), options);
      return [...metadata, ...rows.map(({ path }) => path)];
    },

    async *import(dir, split, options, note) {
      const { rows, base, copies } = await readRows(dir, folder(options.contourLength), options);
      if (split === 'train') {
        if (copies.length > 0)
          note(`${join(dir, base)} is read; ${copies.join(', ')} holds the same pictures.`);
        const unnamed = await picturesWithoutLine(dir, base, rows);
        if (unnamed > 0)
          note(
            `${unnamed} pictures left out: no line of the metadata in ${join(dir, base)} names them.`,
          );
      }
      const order = scanOrder(options.scan, size, size);
      const [from, to] = shares[split].map((share) => Math.round(share * rows.length));
      const empty: string[] = [];
      for (const { path, label, margin } of rows.slice(from, to)) {
        const bytes = await readBounded(join(dir, path), largestPicture);
        if (bytes.length === 0) {
          empty.push(path);
          continue;
        }
        const pixels = decodeGrey(bytes, join(dir, path), { rows: size, columns: size });
        const tokens = Uint16Array.from(order, (pixel) => pixels[pixel]! + 1);
        yield { tokens, label, extras: { margin: [margin] } };
      }
      if (empty.length > 0)
        note(
          `${empty.length} empty ${empty.length === 1 ? 'file was' : 'files were'} left out of ${split}: ${empty.slice(0, 3).join(', ')}${empty.length > 3 ? ', ...' : ''}.`,
        );
    },
  };
}

/** A line of metadata, with numbers as Python writes them; a negative margin is unknown. */
function line(
  words: (string | number)[],
  { continuity, contourLength, distractorLength, paddleLength, thickness, margins }: SnakeSettings,
  margin = -1,
): string {
  const real = Number.isInteger(continuity) ? continuity.toFixed(1) : continuity;
  const facts = [
    real,
    contourLength,
    distractorLength,
    paddleLength,
    thickness,
    margin < 0 ? margins[0]! : margin,
    1,
  ];
  return `${[...words, ...facts].join(' ')}\n`;
}

/** All pictures in the order of batches and lines. @throws DataError naming file and line. */
async function readRows(dir: string, folder: string, { contourLength }: Options) {
  const { base, copies } = await findFolder(dir, folder);
  const below = (path: string) => (base === '' ? path : `${base}/${path}`);
  const names = (await readdir(join(dir, below('metadata')))).filter((name) =>
    /^\d+\.npy$/.test(name),
  );
  if (names.length === 0)
    throw new DataError(
      `${join(dir, below('metadata'))} has no metadata files, expected 0.npy and so on, one for each folder of pictures.`,
    );
  names.sort((a, b) => Number.parseInt(a) - Number.parseInt(b));
  const rows: Row[] = [];
  for (const name of names) {
    const path = join(dir, below(`metadata/${name}`));
    const lines = wordsOf(await readBounded(path, largestMetadata), path);
    lines.forEach((words, i) => {
      const wrong = (what: string) => new DataError(`${path}, line ${i + 1}: ${what}.`);
      const [images = '', file = '', , label = '', , length, , , , margin = ''] = words;
      if (words.length < 4)
        throw wrong(`it has ${words.length} words, expected folder, file, number, label and so on`);
      if (!/^imgs\/[\w-]+$/.test(images) || !/^[\w-]+\.png$/.test(file))
        throw wrong(
          `expected imgs/<batch> and sample_<n>.png, got ${JSON.stringify(`${images} ${file}`.slice(0, 100))}`,
        );
      if (!/^[01](\.0)?$/.test(label))
        throw wrong(`the label is ${label.slice(0, 20)}, expected 0 or 1`);
      if (length !== undefined && Number(length) !== contourLength)
        throw wrong(
          `the curves have ${length.slice(0, 20)} paddles, expected ${contourLength}; choose another contourLength`,
        );
      const known = /^\d{1,2}$/.test(margin) ? Number(margin) : -1;
      rows.push({ path: below(`${images}/${file}`), label: Number(label), margin: known });
    });
  }
  return { metadata: names.map((name) => below(`metadata/${name}`)), rows, base, copies };
}

/**
 * Where below `dir` a level's pictures are: the release's root, a size's folder or the level's own;
 * and other places there that hold the same pictures.
 * @throws DataError if there is none, or if two places differ.
 */
async function findFolder(
  dir: string,
  folder: string,
): Promise<{ base: string; copies: string[] }> {
  const [parent, level] = folder.split('/') as [string, string];
  const found: string[] = [];
  for (const place of [folder, level, '', `lra_release/${folder}`])
    if (
      await access(join(dir, place, 'metadata')).then(
        () => true,
        () => false,
      )
    )
      found.push(place);
  const [base, ...others] = found;
  if (base === undefined)
    throw new DataError(
      `${dir} has no ${folder}/metadata; give the folder that holds ${parent}, or ${folder} itself.`,
    );
  const copies = others.map((place) => join(dir, place));
  for (const copy of copies) {
    const other = await firstDifference(join(dir, base), copy);
    if (other)
      throw new DataError(
        `${join(dir, base)} and ${copy} differ in ${other}; give one of them instead of ${dir}.`,
      );
  }
  return { base, copies };
}

/** A file that two folders of a level do not both have with the same metadata or the same size. */
async function firstDifference(one: string, other: string): Promise<string | undefined> {
  const [names, others] = await Promise.all([one, other].map(filesBelow));
  for (const name of new Set([...names!, ...others!])) {
    if (!names!.has(name) || !others!.has(name)) return name;
    const paths = [join(one, name), join(other, name)];
    const [a, b] = await Promise.all(paths.map((path) => stat(path)));
    if (a!.size !== b!.size) return name;
    if (!name.startsWith('metadata/')) continue;
    const [text, otherText] = await Promise.all(
      paths.map((path) => readBounded(path, largestMetadata)),
    );
    if (!text!.equals(otherText!)) return name;
  }
  return undefined;
}

/** Pictures and metadata of a level, by their paths below its folder. */
async function filesBelow(base: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (const folder of ['metadata', 'imgs'])
    for (const name of await readdir(join(base, folder), { recursive: true }).catch(() => []))
      if (/\.(npy|png)$/.test(name)) found.add(`${folder}/${name.split(sep).join('/')}`);
  return found;
}

/** Number of pictures in the folders of a level that no line of its metadata names. */
async function picturesWithoutLine(
  dir: string,
  base: string,
  rows: readonly Row[],
): Promise<number> {
  const named = new Set(rows.map(({ path }) => path));
  const all = [...(await filesBelow(join(dir, base)))].filter((path) => path.startsWith('imgs/'));
  return all.filter((path) => !named.has(base === '' ? path : `${base}/${path}`)).length;
}

/** The words of each line of a metadata file: text, or an NPY array of strings. */
function wordsOf(bytes: Buffer, path: string): string[][] {
  if (bytes.toString('latin1', 0, 6) === '\x93NUMPY') return wordTable(bytes, path);
  const lines = bytes.toString('latin1').split(/\r*\n/);
  while (lines.at(-1) === '') lines.pop();
  return lines.map((text) => text.split(' '));
}

async function readBounded(path: string, largest: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > largest)
      throw new DataError(`${path} has ${size} bytes, expected at most ${largest}.`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`Cannot read ${path}: ${reasonOf(error)}.`);
  }
}

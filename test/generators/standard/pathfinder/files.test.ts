import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTask, resolveOptions } from '../../../../generators/registry.ts';
import { splits, type ImportedExample, type StoredExample } from '../../../../generators/task.ts';
import { sharedData, temporaryFolder } from '../../support.ts';

const task = findTask('pathfinder');
const counts = { train: 8, val: 1, test: 1 };
const level = 'pathfinder32/curv_contour_length_14';

/** Our examples as the frame gives them to an export. */
async function stored(options: Record<string, unknown>, wanted = counts) {
  const { example } = await task.open(options, 1);
  const made = splits.map((split) =>
    Array.from({ length: wanted[split] }, (_, i): StoredExample => {
      const { tokens, extras, ...rest } = example(split, i);
      const columns = Object.entries(extras!).map(([key, value]) => [key, Int32Array.from(value)]);
      return {
        ...{ ...rest, member: 0, answers: new Uint8Array(0) },
        ...{ tokens: Uint16Array.from(tokens), extras: Object.fromEntries(columns) },
      };
    }),
  );
  return Object.fromEntries(splits.map((split, i) => [split, made[i]!]));
}

async function exported(overrides = {}, wanted = counts) {
  const dir = temporaryFolder();
  const options = resolveOptions(task, 'lra', overrides);
  const examples = await stored(options, wanted);
  async function* stream(split: string) {
    yield* examples[split]!;
  }
  await task.lra!.export(dir, stream, options);
  return { dir, options, examples };
}

async function imported(dir: string, options: Record<string, unknown>) {
  const notes: string[] = [];
  const found: Record<string, ImportedExample[]> = {};
  for (const split of splits) {
    found[split] = [];
    for await (const example of task.lra!.import(dir, split, options, (note) => notes.push(note)))
      found[split].push(example);
  }
  return { notes, found };
}

describe("the Long Range Arena's folders", () => {
  it.each([{ scan: 'rows' }, { scan: 'snake', contourLength: 6 }])(
    'come back as they were written, %j',
    async (overrides) => {
      const { dir, options, examples } = await exported(overrides);
      const { notes, found } = await imported(dir, options);
      expect(notes).toEqual([]);
      for (const split of splits)
        expect(found[split]).toEqual(
          examples[split]!.map(({ tokens, label, extras }) => ({
            tokens,
            label,
            extras: { margin: Array.from(extras.margin!) },
          })),
        );
      const files = await task.lra!.list(dir, options);
      expect(files).toHaveLength(11);
      for (const file of files) expect(readFileSync(join(dir, file)).length).toBeGreaterThan(20);
    },
  );

  it('have the lines of the original in their metadata, a thousand to a file', async () => {
    const { dir, examples } = await exported({}, { train: 1001, val: 1, test: 1 });
    const lines = readFileSync(join(dir, level, 'metadata', '0.npy'), 'latin1').split('\n');
    expect(lines).toHaveLength(1001);
    expect(lines[7]).toBe(`imgs/0 sample_7.png 7 ${examples.train![7]!.label} 1.0 14 4 2 0.5 1 1`);
    const rest = readFileSync(join(dir, level, 'metadata', '1.npy'), 'latin1').split('\n');
    expect(rest).toHaveLength(4);
    expect(rest[2]).toMatch(/^imgs\/1 sample_2\.png 2 [01] 1\.0 14 /);
  });

  it('are found from the level itself too, and say what is missing', async () => {
    const { dir, options } = await exported();
    expect((await imported(join(dir, level), options)).found.train).toHaveLength(8);
    expect((await imported(join(dir, 'pathfinder32'), options)).found.val).toHaveLength(1);
    await expect(task.lra!.list(temporaryFolder(), options)).rejects.toThrow(
      `has no ${level}/metadata; give the folder that holds pathfinder32`,
    );
    rmSync(join(dir, level, 'imgs/0/sample_3.png'));
    await expect(imported(dir, options)).rejects.toThrow('sample_3.png: it does not exist');
  });

  it('may hold empty pictures, which are left out and told of', async () => {
    const { dir, options } = await exported();
    for (const n of [2, 5]) writeFileSync(join(dir, level, `imgs/0/sample_${n}.png`), '');
    const { notes, found } = await imported(dir, options);
    expect(found.train).toHaveLength(6);
    expect(notes).toEqual([
      `2 empty files were left out of train: ${level}/imgs/0/sample_2.png, ${level}/imgs/0/sample_5.png.`,
    ]);
  });

  it('may hold pictures that no line names, which are left out and told of', async () => {
    const { dir, options } = await exported();
    const images = join(dir, level, 'imgs/0');
    for (const n of [90, 91]) cpSync(join(images, 'sample_0.png'), join(images, `sample_${n}.png`));
    const { notes } = await imported(dir, options);
    expect(notes).toEqual([
      `2 pictures left out: no line of the metadata in ${join(dir, level)} names them.`,
    ]);
  });

  it('may hold a level twice, where both are the same', async () => {
    const { dir, options, examples } = await exported();
    const inner = join(dir, 'lra_release');
    mkdirSync(inner);
    cpSync(join(dir, 'pathfinder32'), join(inner, 'pathfinder32'), { recursive: true });
    const { notes, found } = await imported(dir, options);
    expect(found.train).toHaveLength(examples.train!.length);
    expect(notes).toEqual([
      `${join(dir, level)} is read; ${join(inner, level)} holds the same pictures.`,
    ]);
    const differ = `${join(dir, level)} and ${join(inner, level)} differ in`;
    rmSync(join(inner, level, 'imgs/0/sample_7.png'));
    await expect(imported(dir, options)).rejects.toThrow(`${differ} imgs/0/sample_7.png; give one`);
    cpSync(join(dir, level, 'imgs/0/sample_7.png'), join(inner, level, 'imgs/0/sample_7.png'));
    const metadata = join(inner, level, 'metadata/0.npy');
    writeFileSync(metadata, readFileSync(metadata, 'latin1').replace('_0.png 0 ', '_0.png 1 '));
    await expect(imported(dir, options)).rejects.toThrow(`${differ} metadata/0.npy; give one`);
  });

  it.each([
    ['imgs/0 sample_0.png', 'line 2: it has 2 words'],
    ['imgs/.. passwd.png 0 1', 'line 2: expected imgs/<batch> and sample_<n>.png'],
    ['imgs/0 ../../x.png 0 1', 'line 2: expected imgs/<batch> and sample_<n>.png'],
    ['imgs/0 sample_0.png 0 2', 'line 2: the label is 2, expected 0 or 1'],
    ['imgs/0 sample_0.png 0 1 1.0 9 3 2 0.5 1 1', 'the curves have 9 paddles, expected 14'],
  ])('are refused where a line is %j', async (line, message) => {
    const { dir, options } = await exported();
    const path = join(dir, level, 'metadata', '0.npy');
    const lines = readFileSync(path, 'latin1').split('\n');
    lines[1] = line;
    writeFileSync(path, lines.join('\n'));
    await expect(imported(dir, options)).rejects.toThrow(message);
  });

  it.each([
    ['a shape too large', "'shape': (900000000, 11)", /has \d+ bytes, expected 1267200/],
    ['numbers', "'descr': '<f8', 'fortran_order': False, 'shape': (2, 2)", /no table of words/],
  ])('are refused where a metadata file is an NPY file with %s', async (_, header, message) => {
    const { dir, options } = await exported();
    const text = `{'descr': '<U32', 'fortran_order': False, ${header}, }`;
    const bytes = Buffer.from(`\x93NUMPY\x01\x00__${text}`, 'latin1');
    bytes.writeUInt16LE(text.length, 8);
    writeFileSync(join(dir, level, 'metadata', '0.npy'), bytes);
    await expect(imported(dir, options)).rejects.toThrow(message);
  });

  it('are refused where a picture is none', async () => {
    const { dir, options } = await exported();
    const path = join(dir, level, 'imgs/0/sample_1.png');
    writeFileSync(path, readFileSync(path).subarray(0, 60));
    await expect(imported(dir, options)).rejects.toThrow(/sample_1\.png is not a grey PNG picture/);
  });

  const samples = sharedData('official_samples/pathfinder32', 'reading the official Pathfinder');
  it.runIf(samples)('are read as the original writes them, in NPY and in text', async () => {
    const options = resolveOptions(task, 'lra');
    const { found } = await imported(samples!, options);
    expect(splits.map((split) => found[split]!.length)).toEqual([96, 12, 12]);
    // The same metadata, as LRA publishes them.
    const dir = temporaryFolder();
    mkdirSync(join(dir, 'pathfinder32'));
    cpSync(samples!, join(dir, 'pathfinder32'), { recursive: true });
    const metadata = join(dir, level, 'metadata');
    cpSync(join(metadata, '0.lra_text_format.txt'), join(metadata, '0.npy'));
    expect((await imported(dir, options)).found).toEqual(found);
    expect(readFileSync(join(metadata, '0.npy'), 'latin1').split('\n')[0]).toMatch(
      new RegExp(`^imgs/0 sample_0\\.png 0 ${found.train![0]!.label} 1\\.0 14 4 2 0\\.5 1 1$`),
    );
  });
});

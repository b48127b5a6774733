import { spawn } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runProgram } from '../../core/cli/program.ts';
import { program } from '../../generators/program.ts';
import { DataError, UsageError } from '../../core/errors.ts';
import { decodeGrey } from '../../generators/pictures/png.ts';
import { readMeta, type Meta } from '../../generators/store/meta.ts';
import { tasks } from '../../generators/registry.ts';
import { splits } from '../../generators/task.ts';
import { archive, generate, make, root, temporaryFolder, tinyReviews } from './support.ts';

const dir = temporaryFolder();
const out = join(dir, 'recall');
const matching = (pattern: RegExp) => expect.stringMatching(pattern) as string;
const small = ['--tier', 'smoke', '--set', 'train=4', '--set', 'val=1', '--set', 'test=2'];

const run = (args: string[]) => runProgram(program, args);

describe('generate', () => {
  it('explains itself, and lists its tasks', () => {
    expect(generate('--help')).toMatchObject({ code: 0, err: '' });
    expect(generate('--help').out).toContain('npm run generate -- recall --tier smoke');
    const { code, out: listed } = generate('list');
    expect(code).toBe(0);
    for (const { name } of tasks) expect(listed).toContain(`${name}  `);
    expect(listed).toContain('distances 16 32 64 128');
  });

  it('makes a data set, keeps it, and verifies it', () => {
    const made = generate('recall', '--out', out, ...small);
    expect(made).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Made .* 128 train, 32 val, 64 test examples\)/),
    });
    expect(made.err.trim().split('\n')).toEqual([
      'recall train  128 of 128 (100 %)',
      'recall val  32 of 32 (100 %)',
      'recall test  64 of 64 (100 %)',
    ]);
    expect(generate('recall', '--out', out, ...small).out).toContain('holds this data set already');
    const verified = generate('verify', out);
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('every rule holds') });
    expect(verified.out).toMatch(/holds {2}question .*exactly 1\/4/);
  });

  it('shows an example of each task', async () => {
    expect(
      generate('show', 'recall', '--tier', 'smoke', '--index', '5', '--split', 'val').out,
    ).toMatch(
      /^recall, tier smoke, seed 0, val example 5 of 128: label \d, group 20[0-7], distance (16|32)\n(.*\n)+Which value does key\d+ have\?\n= value\d\n$/,
    );
    expect(generate('show', 'listops', '--tier', 'smoke').out).toMatch(
      /\n\[\w+ .* \]\nWhat is the value of the expression\?\n= \d {2}\(\d+ tokens\)/,
    );
    const sources = join(dir, 'sources');
    mkdirSync(sources);
    writeFileSync(join(sources, 'aclImdb_v1.tar.gz'), await archive(tinyReviews(300)));
    expect(generate('show', 'text', '--tier', 'smoke', '--sources', sources).out).toMatch(
      /: a (fine|dull) film/,
    );
  });

  it('reads lists and numbers from --set', () => {
    const grid = join(dir, 'grid');
    expect(generate('recall', '--out', grid, ...small, '--set', 'distances=16').code).toBe(0);
    expect(
      generate(
        'recall',
        '--out',
        grid,
        ...small,
        '--set',
        'distances=16,30',
        '--force',
        '--seed',
        '7',
      ).code,
    ).toBe(0);
    const meta = JSON.parse(readFileSync(join(grid, 'meta.json'), 'utf8')) as { seed: number };
    expect(meta).toMatchObject({
      seed: 7,
      options: { distances: [16, 30] },
      shape: { distances: [16, 30] },
    });
  });
});

describe('other formats', () => {
  it('are written beside the arrays, or somewhere else', async () => {
    const set = join(dir, 'formats');
    const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const lines = () => printed.mock.calls.splice(0).map(([line]) => line as string);
    try {
      await run(['recall', '--out', set, ...small, '--format', 'npy,tsv', '--format', 'jsonl']);
      expect(lines()).toMatchObject([/^Made /, /tsv as tsv/, /jsonl as jsonl/].map(matching));
      expect(readdirSync(set).sort()).toEqual([
        'jsonl',
        'meta.json',
        'test',
        'train',
        'tsv',
        'val',
      ]);
      await run(['recall', '--out', set, ...small, '--format', 'tsv']);
      expect(lines()).toMatchObject(
        [/holds this data set already/, /as tsv already/].map(matching),
      );
      await run(['export', set, '--format', 'parquet', '--out', join(dir, 'parquet')]);
      expect(readdirSync(join(dir, 'parquet'))).toContain('train.parquet');
      await expect(run(['export', set, '--out', join(dir, 'x')])).rejects.toThrow(
        /^Say which format, .* NAME is one of tsv, jsonl, parquet, png, lra\.$/,
      );
      await expect(
        run(['export', set, '--format', 'tsv,jsonl', '--out', join(dir, 'x')]),
      ).rejects.toThrow(UsageError);
    } finally {
      printed.mockRestore();
    }
  });

  it('of the Long Range Arena are written and read, and pictures saved', async () => {
    const [files, back] = [join(dir, 'lra'), join(dir, 'back')];
    const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      const tiny = ['--tier', 'smoke', '--set', 'train=6', '--set', 'val=2', '--set', 'test=3'];
      await run(['listops', '--out', join(dir, 'listops'), ...tiny]);
      await run(['export', join(dir, 'listops'), '--format', 'lra', '--out', files]);
      await run(['import', 'listops', files, '--out', back, '--tier', 'smoke']);
      for (const split of splits)
        for (const array of ['inputs', 'labels', 'distances'])
          expect(readFileSync(join(back, split, `${array}.npy`))).toEqual(
            readFileSync(join(dir, 'listops', split, `${array}.npy`)),
          );
      const png = join(dir, 'x.png');
      await run(['show', 'pathfinder', '--tier', 'smoke', '--png', png]);
      const again = ['show', 'pathfinder', '--tier', 'smoke', '--png', png];
      await expect(run(again)).rejects.toThrow(
        `${png} exists: name a new file, or replace it with`,
      );
      await run([...again, '--force']);
      expect(printed).toHaveBeenLastCalledWith(`Wrote ${png}.`);
      decodeGrey(readFileSync(png), png, { rows: 32, columns: 32 });
      await expect(run(['import', 'listops', dir, '--out', join(dir, 'y')])).rejects.toThrow(
        DataError,
      );
    } finally {
      printed.mockRestore();
    }
  });
});

describe('a long generation', () => {
  const large = ['recall', '--tier', 'smoke', '--set', 'train=8000', '--workers', '2'];
  const start = (place: string) => {
    const child = spawn(process.execPath, [
      join(root, 'generators', 'cli.ts'),
      ...large,
      '--out',
      place,
    ]);
    let [printed, err] = ['', ''];
    child.stdout.on('data', (text) => (printed += text));
    child.stderr.on('data', (text) => (err += text));
    return {
      child,
      ended: new Promise<{ code: number | null; printed: string; err: string }>((resolve) =>
        child.once('close', (code) => resolve({ code, printed, err })),
      ),
    };
  };

  it('goes on after Ctrl-C, and is made once where two start it', async () => {
    const home = join(dir, 'long');
    const place = join(home, 'set');
    mkdirSync(home);
    const first = start(place);
    const begun = () =>
      readdirSync(home, { recursive: true }).some(
        (name) =>
          /train.inputs\.npy$/.test(`${name}`) && statSync(join(home, `${name}`)).size > 1e6,
      );
    while (!begun() && first.child.exitCode === null)
      await new Promise((done) => setTimeout(done, 5));
    first.child.kill('SIGINT');
    const stopped = await first.ended;
    expect(stopped.code).toBe(1);
    expect(stopped.err).toMatch(
      /Interrupted\. .* of 256384 examples are kept in .*set\.tmp-\w{12}: the same command goes on from there\.\n$/,
    );
    const [second, third] = await Promise.all([start(place).ended, start(place).ended]);
    const both = [second, third].sort((a, b) => (a.printed < b.printed ? -1 : 1));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both[0]!.printed).toContain('holds this data set already');
    expect(both[1]!.printed).toMatch(/^Made /);
    expect(both[1]!.err).toMatch(/^Going on after \d+ of 256384 examples that are finished\.\n/);
    expect(readdirSync(home)).toEqual(['set']);
    const { files } = JSON.parse(readFileSync(join(place, 'meta.json'), 'utf8')) as Meta;
    const undisturbed = join(dir, 'undisturbed');
    await make(undisturbed, 'recall', { train: 8000 }, { seed: 0 });
    expect(files).toEqual((await readMeta(undisturbed)).files);
  });
});

describe('wrong use ends with exit code 2 and one sentence', () => {
  it('on stderr', () => {
    const { code, out: printed, err } = generate('recal', '--out', out);
    expect({ code, printed }).toEqual({ code: 2, printed: '' });
    expect(err).toMatch(
      /^Error: Unknown task 'recal', did you mean 'recall'\? Known tasks: .*\.\n$/,
    );
  });

  const nowhere = join(dir, 'nowhere');
  it.each([
    [
      ['recal', '--out', nowhere],
      "Unknown task 'recal', did you mean 'recall'? Known tasks: recall, ",
    ],
    [['verfy', nowhere], "did you mean 'verify'?"],
    [['show'], 'TASK is missing: npm run generate -- show needs one task; see --help.'],
    [['show', 'zebra'], "Unknown task 'zebra'"],
    [['verify'], 'DIR is missing: npm run generate -- verify needs one folder'],
    [['verify', 'a', 'b'], "'b' is too much for npm run generate -- verify"],
    [['recall'], 'Say where to put the data set: generate recall --out DIR.'],
    [
      ['recall', 'listops', '--out', nowhere],
      "'listops' is too much for npm run generate --; see --help.",
    ],
    [
      ['recall', '--out', nowhere, '--sed', '2'],
      'Unknown flag --sed, did you mean --set? See --help.',
    ],
    [['recall', '--out', nowhere, '--zebra'], 'Unknown flag --zebra. See --help.'],
    [
      ['recall', '--out', nowhere, '--seed'],
      "--seed needs a value; one that begins with '-' is --seed=VALUE.",
    ],
    [
      ['recall', '--out', nowhere, '--seed', '-1'],
      "--seed needs a value; one that begins with '-' is --seed=VALUE.",
    ],
    [['recall', '--out', nowhere, '--seed', 'x'], "--seed is 'x', expected a whole number from 0"],
    [
      ['recall', '--out', nowhere, '--tier', 'tiny'],
      "Unknown tier 'tiny'. Known tiers: smoke, lite, lra.",
    ],
    [['recall', '--out', nowhere, '--set', 'gap'], "--set is 'gap', expected name=value."],
    [
      ['recall', '--out', nowhere, '--set', 'gab=2'],
      "Unknown recall parameter 'gab', did you mean 'gap'?",
    ],
    [
      ['recall', '--out', nowhere, '--set', 'gap=x'],
      'Task recall cannot take gap x: expected number, received string.',
    ],
    [
      ['recall', '--out', nowhere, '--set', 'gap=99'],
      'Task recall cannot take gap 99: expected number to be <=64.',
    ],
    [
      ['recall', '--out', nowhere, '--set', 'distances=40,16'],
      'Task recall cannot take distances 40,16: expected ascending',
    ],
    [['recall', '--out', nowhere, '--index', '1'], 'Unknown flag --index. See --help.'],
    [['list', '--force'], 'Unknown flag --force. See --help.'],
    [
      ['recall', '--out', nowhere, '--format', 'parket'],
      "Unknown format 'parket', did you mean 'parquet'? Known formats: npy, tsv, jsonl, parquet, png, lra.",
    ],
    [['recall', '--out', nowhere, '--format', 'npy,png'], 'The examples of recall are no pictures'],
    [
      ['recall', '--out', nowhere, '--format', 'lra'],
      'Task recall has no files in the layout of the Long Range Arena; these have: listops',
    ],
    [
      ['recall', '--out', nowhere, '--workers', '0'],
      "--workers is '0', expected a whole number from 1 to 999.",
    ],
    [['show', 'recall', '--png', 'x.png'], '--png needs pictures'],
    [['import', 'listops'], 'DIR is missing: npm run generate -- import needs one folder'],
    [
      ['import', 'listops', dir],
      `Say where to put the data set: generate import listops ${dir} --out OUT.`,
    ],
    [['export'], 'DIR is missing: npm run generate -- export needs one folder'],
    [['verify', dir, '--format', 'tsv'], 'Unknown flag --format'],
    [
      ['show', 'recall', '--tier', 'smoke', '--index', '3200'],
      '--index cannot be 3200: recall has 3200 train examples at tier smoke, 0 to 3199.',
    ],
  ])('%j', async (args, message) => {
    const error = await run(args).catch((thrown: unknown) => thrown as Error);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('\n');
  });
});

describe('what cannot be done ends with exit code 1 and one sentence', () => {
  const failing = async (...args: string[]) => {
    const error = await run(args).catch((thrown: unknown) => thrown as Error);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  };

  it('on stderr', () => {
    const { code, err } = generate('verify', join(dir, 'none'));
    expect(code).toBe(1);
    expect(err).toMatch(
      /^.* breaks the rule 'schema' in meta.json: Cannot read .*: it does not exist\.\n$/,
    );
  });

  it('a folder that holds another data set, or something else', async () => {
    expect(await failing('recall', '--out', out, ...small, '--seed', '2')).toContain(
      'name another folder, or replace it with --force',
    );
    expect(await failing('recall', '--out', dir, ...small, '--force')).toContain(
      'holds no data set',
    );
  });

  it('a folder that cannot be written', async () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    expect(await failing('recall', '--out', join(file, 'set'), ...small)).toContain(
      'a part of the path is not a folder',
    );
    expect(await failing('recall', '--out', '/sys/reach-arena/set', ...small)).toContain(
      'Cannot make the folder /sys/reach-arena: ',
    );
  });

  it('a source that is missing, cut off, or something else', async () => {
    const sources = join(dir, 'bad');
    mkdirSync(sources);
    const asked = ['text', '--tier', 'smoke', '--out', join(dir, 'text'), '--sources', sources];
    expect(await failing(...asked)).toContain(
      `There are no IMDb reviews in ${sources}: get aclImdb_v1.tar.gz from`,
    );
    const path = join(sources, 'aclImdb_v1.tar.gz');
    writeFileSync(path, (await archive(tinyReviews(300))).subarray(0, 2000));
    expect(await failing(...asked)).toBe(
      `Cannot read ${path}: it is cut off; get the official archive again.`,
    );
    writeFileSync(path, 'Not found');
    expect(await failing(...asked)).toContain('it is not a whole gzip file');
    writeFileSync(path, await archive(tinyReviews(3)));
    expect(await failing(...asked)).toContain('The source has 3 different negative reviews');
  });

  it('a data set that is cut off, or missing', async () => {
    const damaged = join(dir, 'damaged');
    await make(damaged, 'recall', { train: 4, val: 1, test: 2 });
    truncateSync(join(damaged, 'test', 'labels.npy'), 130);
    expect(await failing('verify', damaged)).toMatch(
      /breaks the rule 'files' in test\/labels.npy: .*has 130 bytes, but 192 are needed/,
    );
    expect(await failing('verify', join(dir, 'none'))).toContain(
      "breaks the rule 'schema' in meta.json: Cannot read",
    );
  });

  it('and --debug shows where', () => {
    const { code, err } = generate('verify', join(dir, 'none'), '--debug');
    expect(code).toBe(1);
    expect(err).toMatch(/DataError: .*\n\s+at .*verify/);
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { command, operand, restOperand } from '../../../core/cli/command.ts';
import {
  argsOf,
  flag,
  listOf,
  oneOf,
  repeated,
  setting,
  text,
  toggle,
  whole,
  wholeOrAuto,
  type ValuesOf,
} from '../../../core/cli/flags.ts';
import { overview, runProgram, type Program } from '../../../core/cli/program.ts';
import { UsageError } from '../../../core/errors.ts';

const flags = {
  threads: flag(whole(1), { default: 2, help: 'threads' }),
  microBatch: flag(whole(1, 9), { help: 'examples per pass', shown: 'all' }),
  jobs: flag(wholeOrAuto, { help: 'runs at a time' }),
  tier: flag(oneOf('tier', ['smoke', 'lite']), { default: 'lite', help: 'tier' }),
  seed: flag(listOf(whole()), { default: [1], help: 'seeds', aliases: ['data-seed'] }),
  set: repeated(setting, { help: 'a parameter' }),
  title: flag(text, { help: 'a title' }),
  force: toggle('replaces'),
};
type Values = ValuesOf<typeof flags>;

/** The values that a command gets from these arguments. */
async function valuesOf(...args: string[]): Promise<Values & { dir: string; more: string[] }> {
  let got: (Values & { dir: string; more: string[] }) | undefined;
  const sample = command({
    name: 'sample',
    about: 'A sample.',
    operands: { dir: operand('DIR', 'one folder'), more: restOperand('ID', 'ids') },
    flags,
    examples: ['x --force'],
    run: async (values) => {
      got = values;
    },
  });
  expect(await sample.run(args)).toBe(0);
  return got!;
}

describe('the arguments of a command', () => {
  it('are its flags, with their defaults, and its operands', async () => {
    expect(await valuesOf('x')).toEqual({
      dir: 'x',
      more: [],
      threads: 2,
      microBatch: undefined,
      jobs: undefined,
      tier: 'lite',
      seed: [1],
      set: [],
      title: undefined,
      force: false,
    });
    const given = await valuesOf(
      ...['--threads=3', '--micro-batch', '4', 'x', '--jobs', 'auto', '--tier', 'smoke'],
      ...['--data-seed', '1,2,1', '--set', 'a=1', '--set', 'b=x=y', '--title=-', '--force', 'y'],
    );
    expect(given).toEqual({
      dir: 'x',
      more: ['y'],
      threads: 3,
      microBatch: 4,
      jobs: 'auto',
      tier: 'smoke',
      seed: [1, 2],
      set: [
        ['a', '1'],
        ['b', 'x=y'],
      ],
      title: '-',
      force: true,
    });
  });

  it('come back from the arguments that are written for them', async () => {
    const values: Partial<Values> = {
      ...{ threads: 7, microBatch: 2, jobs: 'auto', tier: 'smoke', seed: [3, 4] },
      ...{ set: [['a', '-1']], title: '-x', force: true },
    };
    expect(await valuesOf('x', ...argsOf(flags, values))).toMatchObject(values);
    expect(argsOf(flags, { threads: 2, tier: 'lite', force: false, set: [] })).toEqual([]);
  });

  it.each<[string[], string]>([
    [['x', '--thread', '1'], 'Unknown flag --thread, did you mean --threads? See --help.'],
    [['x', '--zebra'], 'Unknown flag --zebra. See --help.'],
    [['x', '-z'], 'Unknown flag -z. See --help.'],
    [['x', '--threads'], "--threads needs a value; one that begins with '-' is --threads=VALUE."],
    [['x', '--title', '--force'], '--title needs a value'],
    [['x', '--force=yes'], "--force takes no value, but 'yes' is given."],
    [['x', '--threads', '0'], "--threads is '0', expected a whole number from 1 on."],
    [['x', '--threads', '1e3'], "--threads is '1e3', expected a whole number from 1 on."],
    [['x', '--micro-batch', '10'], 'expected a whole number from 1 to 9.'],
    [['x', '--jobs', 'many'], "--jobs is 'many', expected a whole number from 1 on, or auto."],
    [['x', '--tier', 'lit'], "Unknown tier 'lit', did you mean 'lite'? Known tiers: smoke, lite."],
    [['x', '--data-seed', '1,y'], "--data-seed is 'y', expected a whole number from 0 on."],
    [['x', '--set', '=3'], "--set is '=3', expected name=value."],
    [['x', '--title', ''], '--title is empty, expected a value.'],
    [[], 'DIR is missing: sample needs one folder; see --help.'],
  ])('%j are refused with one sentence', async (args, message) => {
    const error = await valuesOf(...args).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('\n');
  });
});

describe('a program', () => {
  const ran: string[][] = [];
  const make = (name: string) =>
    command({
      name: `p ${name}`,
      about: `Does ${name}.`,
      operands: { words: restOperand('WORD', 'words') },
      flags: {},
      examples: [],
      run: async ({ words }) => {
        ran.push([name, ...words]);
        return 7;
      },
    });
  const program: Program = {
    name: 'p',
    about: 'A program.',
    commands: { first: { about: 'the first', load: () => make('first') } },
  };
  afterEach(() => vi.restoreAllMocks());

  it('runs the command that is named, and gives its exit code', async () => {
    expect(await runProgram(program, ['first', 'a', '--debug'])).toBe(7);
    expect(ran).toEqual([['first', 'a']]);
  });

  it('knows which command was meant', async () => {
    await expect(runProgram(program, ['frist'])).rejects.toThrow(
      "Unknown command 'frist', did you mean 'first'? Known commands: first.",
    );
    await expect(runProgram(program, [])).rejects.toThrow('Name a command: p --help lists them.');
  });

  it('explains itself and its commands', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(await runProgram(program, ['--help'])).toBe(0);
    expect(log).toHaveBeenLastCalledWith(overview(program));
    expect(await runProgram(program, ['first', '-h'])).toBe(0);
    expect(log).toHaveBeenLastCalledWith(make('first').help);
  });
});

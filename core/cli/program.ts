/** A program of several commands, and the one place where errors become a sentence and an exit code. */
import {
  DataError,
  RunError,
  UsageError,
  exitCode,
  messageOf,
  stackOf,
  unknown,
} from '../errors.ts';
import type { Command } from './command.ts';
import { row } from './help.ts';

export interface Program {
  /** As it is typed: `npm run evaluate --`. */
  name: string;
  about: string;
  /** Each with a line for the overview; it is loaded only when it is asked for. */
  commands: Record<string, { about: string; load(): Command | Promise<Command> }>;
  /** The command of arguments that begin with no name of a command. */
  otherwise?: {
    /** What is typed in its place in the overview. */
    usage: string;
    about: string;
    accepts(first: string | undefined): boolean;
    load(first: string | undefined): Command | Promise<Command>;
  };
  notes?: string;
  examples?: readonly string[];
}

/** The overview that --help prints where no command is named. */
export function overview({ name, about, commands, otherwise, notes, examples }: Program): string {
  const rows = Object.entries(commands).map(([key, one]) => row(key, one.about));
  if (otherwise) rows.unshift(row(otherwise.usage, otherwise.about));
  return [
    about,
    `  ${name} COMMAND [flags]`,
    `Commands\n${rows.join('\n')}`,
    ...(examples
      ? [['Examples', ...examples.map((one) => `  ${name} ${one}`.replace(/ -- $/, ''))].join('\n')]
      : []),
    ...(notes === undefined ? [] : [notes]),
    'Each command explains itself with --help. --debug shows where in the program an error arose.',
  ].join('\n\n');
}

/** Runs the command that the arguments name. @returns the exit code */
export async function runProgram(program: Program, args: readonly string[]): Promise<number> {
  const { commands, otherwise } = program;
  const [first, ...rest] = args.filter((arg) => arg !== '--debug');
  if (first === '--help' || first === '-h' || first === 'help') {
    console.log(overview(program));
    return 0;
  }
  if (first !== undefined && Object.hasOwn(commands, first))
    return (await commands[first]!.load()).run(rest);
  if (otherwise?.accepts(first))
    return (await otherwise.load(first)).run(first === undefined ? [] : [first, ...rest]);
  if (first === undefined)
    throw new UsageError(`Name a command: ${program.name} --help lists them.`);
  throw new UsageError(unknown('command', first, Object.keys(commands)));
}

/**
 * Runs the process: what `run` returns or throws becomes its exit code, and an error one sentence,
 * or with --debug its stack.
 */
export async function main(run: (args: readonly string[]) => Promise<number>): Promise<void> {
  const args = process.argv.slice(2);
  try {
    process.exitCode = await run(args);
  } catch (error) {
    // A line of progress that is not finished makes room.
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    console.error(
      args.includes('--debug') ? stackOf(error) || messageOf(error) : sentenceOf(error),
    );
    process.exitCode = exitCode(error);
  }
}

/** One line: faults of the program say how to find their place. */
function sentenceOf(error: unknown): string {
  const isExpected = [UsageError, DataError, RunError].some((kind) => error instanceof kind);
  return `Error: ${messageOf(error)}${isExpected ? '' : ' Use --debug to see where.'}`;
}

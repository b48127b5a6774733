/**
 * Commands: one description of each, from which reading its arguments, its help and its errors
 * follow. On `node:util.parseArgs`, whose tokens leave every sentence about an error to this file;
 * a library would have to be packed for machines without npm.
 */
import { parseArgs } from 'node:util';
import { UsageError, nearest } from '../errors.ts';
import { flagName, toggle, type Flag, type Flags, type ValuesOf } from './flags.ts';
import { helpText } from './help.ts';

/** A word that stands without a flag, such as the folder of `verify DIR`. */
export interface Operand<T> {
  word: string;
  help: string;
  /** Whether it takes all words that are left, even none. */
  isRest: boolean;
  /** Only for the type. */
  value?: T;
}

export const operand = (word: string, help: string): Operand<string> => ({
  word,
  help,
  isRest: false,
});
export const restOperand = (word: string, help: string): Operand<string[]> => ({
  word,
  help,
  isRest: true,
});

type Operands = Record<string, Operand<unknown>>;
type OperandsOf<O> = { [K in keyof O]: O[K] extends Operand<infer T> ? T : never };

export interface Description<F extends Flags, O extends Operands> {
  /** As it is typed: `npm run evaluate -- run`. */
  name: string;
  about: string;
  operands?: O;
  flags: F;
  /** Lines at the end of the help. */
  notes?: string;
  /** What may follow the name, each on its own line. */
  examples: readonly string[];
  /** @returns the exit code; 0 where nothing is returned. */
  run(values: ValuesOf<F> & OperandsOf<O>, args: readonly string[]): Promise<number | void>;
}

export interface Command {
  /** The text of --help. */
  help: string;
  /** @returns the exit code. @throws UsageError for arguments that it does not take */
  run(args: readonly string[]): Promise<number>;
}

/** Flags that every command takes. */
const common = {
  debug: toggle('shows where in the program an error arose'),
  help: toggle('this text'),
};

export function command<F extends Flags, O extends Operands = Record<never, never>>(
  description: Description<F, O>,
): Command {
  const { flags, operands = {} } = description;
  const help = helpText({ ...description, operands, flags: { ...flags, ...common } });
  return {
    help,
    async run(args) {
      const { given, words } = readArgs(args, { ...flags, ...common });
      if (given.has('help')) {
        console.log(help);
        return 0;
      }
      const values: Record<string, unknown> = readOperands(description.name, operands, words);
      for (const [name, flag] of Object.entries(flags)) {
        const { as, texts } = given.get(name) ?? { as: `--${flagName(name)}`, texts: [] };
        values[name] = flag.read(texts, as);
      }
      return (await description.run(values as ValuesOf<F> & OperandsOf<O>, args)) ?? 0;
    },
  };
}

/** Texts that were given for a flag, and the name that it was given by. */
interface Given {
  as: string;
  texts: string[];
}

function readArgs(args: readonly string[], flags: Record<string, Flag<unknown>>) {
  const names = new Map<string, string>();
  for (const [name, { aliases }] of Object.entries(flags))
    for (const one of [flagName(name), ...aliases]) names.set(one, name);
  const options = Object.fromEntries(
    [...names].map(([written, name]) => {
      const type: 'string' | 'boolean' = flags[name]!.word === undefined ? 'boolean' : 'string';
      return [written, { type, multiple: true, ...(written === 'help' && { short: 'h' }) }];
    }),
  );
  const config = { options, strict: false, allowPositionals: true, tokens: true } as const;
  const { tokens } = parseArgs({ ...config, args: [...args] });
  const given = new Map<string, Given>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const name = names.get(token.name);
    if (name === undefined) throw new UsageError(unknownFlag(token.rawName, Object.keys(flags)));
    const takesValue = flags[name]!.word !== undefined;
    const { rawName: as, value, inlineValue } = token;
    if (!takesValue && value !== undefined)
      throw new UsageError(`${as} takes no value, but '${value}' is given.`);
    if (takesValue && (value === undefined || (!inlineValue && /^-./.test(value))))
      throw new UsageError(`${as} needs a value; one that begins with '-' is ${as}=VALUE.`);
    given.set(name, { as, texts: [...(given.get(name)?.texts ?? []), value ?? ''] });
  }
  return { given, words };
}

function unknownFlag(as: string, names: readonly string[]): string {
  const known = names.map((name) => `--${flagName(name)}`);
  const meant = nearest(as, known);
  return `Unknown flag ${as}${meant === undefined ? '.' : `, did you mean ${meant}?`} See --help.`;
}

function readOperands(
  command: string,
  operands: Operands,
  words: readonly string[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  let taken = 0;
  for (const [name, { word, isRest, help }] of Object.entries(operands)) {
    if (isRest) {
      values[name] = words.slice(taken);
      taken = words.length;
    } else if (taken < words.length) values[name] = words[taken++];
    else throw new UsageError(`${word} is missing: ${command} needs ${help}; see --help.`);
  }
  if (taken < words.length)
    throw new UsageError(`'${words[taken]}' is too much for ${command}; see --help.`);
  return values;
}

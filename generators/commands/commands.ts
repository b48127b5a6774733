/** `npm run generate`: reads the arguments of a command, and has it done. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import * as actions from './actions.ts';
import { UsageError, issueOf, nearest } from '../../core/errors.ts';
import { formatNames, formatsFrom } from '../store/export.ts';
import { readMeta } from '../store/meta.ts';
import { findTask, resolveOptions } from '../registry.ts';
import { splits, type TaskDefinition } from '../task.ts';

const help = `Makes, shows, verifies and converts data sets.

  npm run generate -- list                       the tasks, their tiers and parameters
  npm run generate -- show TASK [flags]          one example, readable
  npm run generate -- TASK --out DIR [flags]     makes a data set in DIR
  npm run generate -- verify DIR                 checks certificates, splits and checksums
  npm run generate -- export DIR --format NAME --out OUT
                                                 writes a data set in another format
  npm run generate -- import TASK DIR --out OUT  reads files of the Long Range Arena

Flags
  --tier smoke|lite|lra   size of the task (lite; for import lra)
  --seed N                seed of the data (0, that of the leaderboard)
  --set NAME=VALUE        replaces a parameter of the tier; may be given several times
  --sources DIR           folder of real data (../shared/data if there, else data/sources)
  --out DIR               folder to be made
  --force                 replaces another data set, or export, in that folder
  --full                  verify: makes all examples again, and not only a sample of them
  --workers N             threads that make examples (one a core; 1 where that is faster);
                          the bytes do not depend on it
  --format NAMES          ${formatNames.join(', ')}; several joined by commas. npy is always made,
                          and is what verify and the trainer read; the others go into DIR/NAME.
                          lra: the Long Range Arena's own files, for standard tasks
  --split train|val|test  split of the example to show (train)
  --index N               number of the example to show, from 0 (0)
  --png FILE              also writes the picture that is shown to FILE
  --debug                 shows where in the program an error arose
  --help                  this text

Interrupted by Ctrl-C, a kill or a full disk, the same command goes on where it was.

Examples
  npm run generate -- recall --tier smoke --out data/recall
  npm run generate -- verify data/recall
  npm run generate -- show listops --tier smoke --index 3
  npm run generate -- recall --tier lite --seed 7 --set gap=2 --set distances=16,64 --out data/recall-16-64
  npm run generate -- listops --tier lra --workers 8 --format parquet,lra --out data/listops
  npm run generate -- export data/recall --format jsonl --out data/recall-jsonl
  npm run generate -- import listops lra_release/listops-1000 --out data/listops-lra
`;

const flags = {
  tier: { type: 'string' },
  seed: { type: 'string' },
  set: { type: 'string', multiple: true },
  sources: { type: 'string' },
  out: { type: 'string' },
  force: { type: 'boolean' },
  full: { type: 'boolean' },
  workers: { type: 'string' },
  format: { type: 'string', multiple: true },
  split: { type: 'string' },
  index: { type: 'string' },
  png: { type: 'string' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Flag = keyof typeof flags;

const whole = z
  .string()
  .regex(/^\d{1,15}$/, 'expected a whole number from 0')
  .transform(Number);
const values = z.object({
  tier: z.enum(['smoke', 'lite', 'lra']).optional(),
  seed: whole.default(0),
  set: z.array(z.string().regex(/^[^=]+=/, 'expected NAME=VALUE')).default([]),
  sources: z.string().min(1).optional(),
  out: z.string().min(1).optional(),
  force: z.boolean().default(false),
  full: z.boolean().default(false),
  workers: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'expected a whole number from 1 to 999')
    .transform(Number)
    .optional(),
  format: z.array(z.string()).default([]),
  split: z.enum(splits).default('train'),
  index: whole.default(0),
  png: z.string().min(1).optional(),
});
type Values = z.output<typeof values>;

/** Flags that each command takes, besides --debug and --help. */
const taken = {
  list: [],
  verify: ['full', 'sources'],
  show: ['tier', 'seed', 'set', 'sources', 'split', 'index', 'png'],
  make: ['tier', 'seed', 'set', 'sources', 'out', 'force', 'workers', 'format'],
  export: ['format', 'out', 'force'],
  import: ['tier', 'set', 'out', 'force'],
} satisfies Record<string, Flag[]>;

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: flags, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const name = /'--?([^\s'=]+)/.exec(message)?.[1] ?? '';
    if (message.includes('ambiguous'))
      throw new UsageError(`--${name} needs a value; one that begins with '-' is --${name}=VALUE.`);
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw new UsageError(`${message}.`);
    const meant = nearest(name, Object.keys(flags));
    throw new UsageError(
      `Unknown flag --${name}${meant ? `, did you mean --${meant}` : ''}? See --help.`,
    );
  }
}

function check(command: keyof typeof taken, given: Record<string, unknown>): Values {
  for (const name of Object.keys(given))
    if (name !== 'debug' && !(taken[command] as Flag[]).includes(name as Flag))
      throw new UsageError(
        `--${name} means nothing to ${command === 'make' ? 'making a data set' : command}; see --help.`,
      );
  const parsed = values.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UsageError(`Cannot take --${issueOf(parsed.error, given)}.`);
}

/** Parameters from NAME=VALUE, read as what the task expects there. */
function overrides(task: TaskDefinition, set: string[]): Record<string, unknown> {
  const parse = (text: string) =>
    text.trim() !== '' && !isNaN(Number(text)) ? Number(text) : text;
  return Object.fromEntries(
    set.map((pair): [string, unknown] => {
      const name = pair.slice(0, pair.indexOf('='));
      const text = pair.slice(name.length + 1);
      if (task.options.shape[name] instanceof z.ZodArray)
        return [name, text === '' ? [] : text.split(',').map(parse)];
      if (task.options.shape[name] instanceof z.ZodBoolean && /^(true|false)$/.test(text))
        return [name, text === 'true'];
      return [name, parse(text)];
    }),
  );
}

function chosenOf(task: TaskDefinition, given: Values, tier: 'lite' | 'lra' = 'lite') {
  const chosenTier = given.tier ?? tier;
  const options = resolveOptions(task, chosenTier, overrides(task, given.set));
  return { task, tier: chosenTier, options, seed: given.seed, sources: given.sources };
}

/** Does what the arguments say. @throws UsageError or DataError, one sentence each. */
export async function run(argv: string[]): Promise<void> {
  const { values: given, positionals } = parse(argv);
  const [command, ...rest] = positionals;
  if (given.help || command === undefined) {
    if (!given.help) throw new UsageError('Name a command or a task; see --help.');
    return console.log(help);
  }
  const operands = (...names: string[]) => {
    if (rest.length === names.length) return rest as [string, string];
    throw new UsageError(`${command} takes one ${names.join(' and one ')}; see --help.`);
  };
  switch (command) {
    case 'list':
      check('list', given);
      if (rest.length > 0) throw new UsageError(`list takes no '${rest[0]}'; see --help.`);
      return actions.list();
    case 'verify':
      return actions.verify(operands('folder')[0], check('verify', given));
    case 'show': {
      const task = findTask(operands('task')[0]);
      const flags = check('show', given);
      return actions.show(chosenOf(task, flags), flags.split, flags.index, flags.png);
    }
    case 'export': {
      const [dir] = operands('folder');
      const { format, out, force } = check('export', given);
      const { task, shape } = await readMeta(dir);
      const [name, ...more] = formatsFrom(format, findTask(task), shape);
      if (name === undefined || more.length > 0 || out === undefined)
        throw new UsageError(
          `Say which format, and where to put it: generate export ${dir} --format NAME --out OUT, where NAME is one of ${formatNames.slice(1).join(', ')}.`,
        );
      return actions.exportTo(dir, name, out, force);
    }
    case 'import': {
      const [name, from] = operands('task', 'folder');
      const task = findTask(name);
      const flags = check('import', given);
      if (flags.out === undefined)
        throw new UsageError(
          `Say where to put the data set: generate import ${name} ${from} --out OUT.`,
        );
      return actions.importFrom(chosenOf(task, flags, 'lra'), from, flags.out, flags.force);
    }
    default: {
      const task = findTask(command, ['list', 'show', 'verify', 'export', 'import']);
      if (rest.length > 0) throw new UsageError(`One task at a time: '${rest[0]}' is too much.`);
      const { out, force, workers, format, ...flags } = check('make', given);
      if (out === undefined)
        throw new UsageError(`Say where to put the data set: generate ${task.name} --out DIR.`);
      const chosen = chosenOf(task, { out, force, workers, format, ...flags });
      return actions.make(chosen, out, { force, workers, formats: format });
    }
  }
}

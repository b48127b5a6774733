/** What `npm run generate` can do: list tasks, show examples, make and verify data sets. */
import { parseArgs, styleText } from 'node:util';
import { z } from 'zod';
import { DataError, UsageError, issueOf, nearest } from './errors.ts';
import { progressReporter } from './progress.ts';
import { findTask, resolveOptions, tasks } from './registry.ts';
import { defaultSources } from './sources/places.ts';
import { splits, type TaskDefinition } from './task.ts';
import { verifyDataset } from './verify.ts';
import { writeDataset } from './write.ts';

const help = `Makes, shows and verifies data sets.

  npm run generate -- list                      the tasks, their tiers and parameters
  npm run generate -- show TASK [flags]         one example, readable
  npm run generate -- TASK --out DIR [flags]    makes a data set in DIR
  npm run generate -- verify DIR                checks certificates, splits and checksums

Flags
  --tier smoke|lite|lra   size of the task (lite)
  --seed N                seed of the data (0, that of the leaderboard)
  --set NAME=VALUE        replaces a parameter of the tier; may be given several times
  --sources DIR           folder of real data (../shared/data if there, else data/sources)
  --out DIR               folder to be made
  --force                 replaces another data set in that folder
  --split train|val|test  split of the example to show (train)
  --index N               number of the example to show, from 0 (0)
  --debug                 shows where in the program an error arose
  --help                  this text

Examples
  npm run generate -- recall --tier smoke --out data/recall
  npm run generate -- verify data/recall
  npm run generate -- show listops --tier smoke --index 3
  npm run generate -- recall --tier lite --seed 7 --set gap=2 --set distances=16,64 --out data/recall-16-64
`;

const flags = {
  tier: { type: 'string' },
  seed: { type: 'string' },
  set: { type: 'string', multiple: true },
  sources: { type: 'string' },
  out: { type: 'string' },
  force: { type: 'boolean' },
  split: { type: 'string' },
  index: { type: 'string' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Flag = keyof typeof flags;

const whole = z
  .string()
  .regex(/^\d{1,15}$/, 'expected a whole number from 0')
  .transform(Number);
const values = z.object({
  tier: z.enum(['smoke', 'lite', 'lra']).default('lite'),
  seed: whole.default(0),
  set: z.array(z.string().regex(/^[^=]+=/, 'expected NAME=VALUE')).default([]),
  sources: z.string().min(1).optional(),
  out: z.string().min(1).optional(),
  force: z.boolean().default(false),
  split: z.enum(splits).default('train'),
  index: whole.default(0),
});
type Values = z.output<typeof values>;

/** Flags that each command takes, besides --debug and --help. */
const taken: Record<'list' | 'verify' | 'show' | 'make', Flag[]> = {
  list: [],
  verify: [],
  show: ['tier', 'seed', 'set', 'sources', 'split', 'index'],
  make: ['tier', 'seed', 'set', 'sources', 'out', 'force'],
};

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
    if (name !== 'debug' && !taken[command].includes(name as Flag))
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
    set.map((pair) => {
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

function list(): void {
  for (const task of tasks) {
    console.log(`${styleText('bold', task.name)}  ${task.title}, ${task.kind}. ${task.summary}`);
    for (const [tier, options] of Object.entries(task.tiers)) {
      const { length, classes, counts, distances } = task.shape(options);
      const grid = distances.length > 0 ? `, distances ${distances.join(' ')}` : '';
      console.log(
        `  ${tier.padEnd(5)}  ${length} tokens, ${classes} classes, ${counts.train} train, ${counts.val} val, ${counts.test} test${grid}`,
      );
      const parameters = Object.entries(options).map(([name, value]) => `${name}=${String(value)}`);
      console.log(`         ${parameters.join(' ')}`);
    }
  }
}

async function show(task: TaskDefinition, chosen: Values): Promise<void> {
  const { tier, seed, split, index } = chosen;
  const options = resolveOptions(task, tier, overrides(task, chosen.set));
  const total = task.shape(options).counts[split];
  if (index >= total)
    throw new UsageError(
      `--index cannot be ${index}: ${task.name} has ${total} ${split} examples at tier ${tier}, 0 to ${total - 1}.`,
    );
  const { example } = await task.open(options, seed, chosen.sources ?? defaultSources());
  const made = example(split, index);
  const distance = task.kind === 'controlled' ? `, distance ${made.distance}` : '';
  console.log(
    `${task.name}, tier ${tier}, seed ${seed}, ${split} example ${index} of ${total}: label ${made.label}, group ${made.group}${distance}`,
  );
  console.log(task.show(made, options));
}

async function make(task: TaskDefinition, chosen: Values): Promise<void> {
  const { tier, seed, out, force, sources } = chosen;
  if (out === undefined)
    throw new UsageError(`Say where to put the data set: generate ${task.name} --out DIR.`);
  const options = resolveOptions(task, tier, overrides(task, chosen.set));
  const reporters = new Map(
    splits.map((split) => [split, progressReporter(`${task.name} ${split}`)]),
  );
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interrupted.abort(new DataError('Interrupted.')));
  const started = performance.now();
  const outcome = await writeDataset({
    task,
    tier,
    options,
    seed,
    sources,
    out,
    force,
    signal: interrupted.signal,
    onProgress: ({ split, done, total }) => reporters.get(split)!(done, total),
  });
  const { counts } = task.shape(options);
  const what = `${task.name}, tier ${tier}, seed ${seed}: ${counts.train} train, ${counts.val} val, ${counts.test} test examples`;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (outcome === 'kept') console.log(`${out} holds this data set already, whole (${what}).`);
  else console.log(`Made ${out} in ${seconds} s (${what}).`);
}

async function verify(dir: string): Promise<void> {
  const findings = await verifyDataset(dir, progressReporter('read'));
  for (const { rule, holds, detail } of findings)
    if (holds) console.log(`${styleText('green', 'holds ')} ${rule.padEnd(9)}  ${detail}`);
  const broken = findings.find(({ holds }) => !holds);
  if (!broken) return console.log(`${dir}: every rule holds.`);
  const group = broken.group === undefined ? '' : `, group ${broken.group}`;
  throw new DataError(
    `${dir} breaks the rule '${broken.rule}' in ${broken.file ?? 'meta.json'}${group}: ${broken.detail}`,
  );
}

/** Does what the arguments say. @throws UsageError or DataError, one sentence each. */
export async function run(argv: string[]): Promise<void> {
  const { values: given, positionals } = parse(argv);
  const [command, ...rest] = positionals;
  if (given.help || command === undefined) {
    if (!given.help) throw new UsageError('Name a command or a task; see --help.');
    return console.log(help);
  }
  const operand = (what: string) => {
    if (rest.length === 1) return rest[0]!;
    throw new UsageError(`${command} takes one ${what}; see --help.`);
  };
  if (command === 'list') {
    check('list', given);
    if (rest.length > 0) throw new UsageError(`list takes no '${rest[0]}'; see --help.`);
    return list();
  }
  if (command === 'verify') {
    check('verify', given);
    return verify(operand('folder'));
  }
  if (command === 'show') return show(findTask(operand('task')), check('show', given));
  const task = findTask(command, ['list', 'show', 'verify']);
  if (rest.length > 0) throw new UsageError(`One task at a time: '${rest[0]}' is too much.`);
  return make(task, check('make', given));
}

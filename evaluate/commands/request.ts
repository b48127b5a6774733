/** The flags that say which runs are meant, for `plan` and `run`. */
import { regimeSchema, regimes, tierSchema } from '../../core/vocabulary.ts';
import { z } from 'zod';
import { UsageError, unknown } from '../../core/errors.ts';
import { tasks } from '../../generators/registry.ts';
import { mixers } from '../../models/registry.ts';
import { type RunSpec } from '../../leaderboards/records/schema.ts';
import type { ModelRequest } from '../plan/spec.ts';
import { specsOf } from '../plan/spec.ts';
import { suites } from '../plan/suites.ts';
import { parseCount, parseList, parseSettings, seedSchema } from './flags.ts';

export const requestFlags = {
  suite: { type: 'string' },
  task: { type: 'string' },
  model: { type: 'string' },
  regime: { type: 'string' },
  seed: { type: 'string' },
  tier: { type: 'string' },
  ruleset: { type: 'string' },
  'data-seed': { type: 'string' },
  'task-option': { type: 'string', multiple: true },
  'model-option': { type: 'string', multiple: true },
  protocol: { type: 'string', multiple: true },
  size: { type: 'string', multiple: true },
} as const;

export type RequestFlags = Partial<
  Record<keyof typeof requestFlags, string | string[] | undefined>
>;

/** What is run where nothing is named. */
const defaults = { task: 'recall', model: 'transformer,local,s4d', regime: 'scratch,spt' };

export const requestHelp = `  --suite NAME          a named set of runs, which the next five narrow or change:
${Object.entries(suites)
  .map(([name, { about }]) => `                          ${name.padEnd(6)} ${about}`)
  .join('\n')}
  --task NAMES          any of the tasks below, or all (default ${defaults.task})
  --model NAMES         any of the models below, or all (default ${defaults.model}); options
                        of one model stand behind it: transformer:positions=rotary,local:window=8
  --regime NAMES        ${regimes.join(', ')} (default ${defaults.regime})
  --seed NUMBERS        default 1
  --tier NAME           smoke, lite or lra (default lite)
  --ruleset NAME        fixed: the tier's learning rate; tuned: each model has its own, chosen on
                        validation in a tuning stage with the same grid for all (default fixed,
                        for the suites of boards tuned)
  --data-seed N         seed of the data (default 0)
  --task-option K=V     replaces a parameter of the task; may be repeated, as the next three
  --model-option K=V    an option of every model named, such as positions=rotary
  --protocol K=V        a training choice, such as steps=1200 or learningRate=0.001
  --size K=V            layers, width or parameters`;

/** Names after a title, in lines that fit a terminal. */
function wrap(title: string, named: readonly { name: string }[]): string {
  const lines = [`${title}:`];
  for (const { name } of named) {
    if (lines.at(-1)!.length + name.length > 90) lines.push(' ');
    lines[lines.length - 1] += ` ${name}`;
  }
  return lines.join('\n');
}

export const namesHelp = `${wrap('Tasks', tasks)}\n\n${wrap('Models', mixers)}`;

const name = z.string().min(1, 'expected a name');

/** The runs that the flags ask for. @throws UsageError */
export function requestedSpecs(flags: RequestFlags): RunSpec[] {
  const text = (flag: keyof RequestFlags) => flags[flag] as string | undefined;
  const texts = (flag: keyof RequestFlags) => (flags[flag] as string[] | undefined) ?? [];
  const suite = text('suite') === undefined ? undefined : findSuite(text('suite')!);
  const listed = (flag: 'task' | 'model' | 'regime', ofSuite: string[] | undefined) =>
    text(flag) ?? ofSuite?.join(',') ?? defaults[flag];
  const [tier] = parseList(text('tier') ?? suite?.tier ?? 'lite', '--tier', tierSchema);
  const [ruleset] = parseList(
    text('ruleset') ?? suite?.ruleset ?? 'fixed',
    '--ruleset',
    z.enum(['fixed', 'tuned']),
  );
  return specsOf({
    tasks: namesOf(listed('task', suite?.tasks), '--task', tasks),
    models: namesOf(listed('model', suite?.models), '--model', mixers).map(parseModel),
    regimes: parseList(listed('regime', suite?.regimes), '--regime', regimeSchema),
    seeds: parseList(text('seed') ?? '1', '--seed', seedSchema),
    tier: tier!,
    ruleset: ruleset!,
    dataSeed: parseCount(text('data-seed') ?? '0', '--data-seed', 0),
    taskOptions: parseSettings(texts('task-option'), '--task-option'),
    modelOptions: parseSettings(texts('model-option'), '--model-option'),
    protocol: parseSettings(texts('protocol'), '--protocol'),
    size: parseSettings(texts('size'), '--size'),
  });
}

function findSuite(wanted: string) {
  if (Object.hasOwn(suites, wanted)) return suites[wanted]!;
  throw new UsageError(unknown('suite', wanted, Object.keys(suites)));
}

/** The names of a list, or of everything there is. */
function namesOf(text: string, flag: string, named: readonly { name: string }[]): string[] {
  return text === 'all' ? named.map(({ name }) => name) : parseList(text, flag, name);
}

/** `local:window=8:positions=rotary` */
function parseModel(text: string): ModelRequest {
  const [name, ...settings] = text.split(':');
  return { name: name!, options: parseSettings(settings, `--model ${text}:`) };
}

/** The flags that say which runs are meant, for `plan`, `run` and `export --untrained`. */
import {
  flag,
  listOf,
  oneOf,
  repeated,
  setting,
  text,
  type Kind,
  type ValuesOf,
} from '../../core/cli/flags.ts';
import { UsageError } from '../../core/errors.ts';
import { regimes, rulesets } from '../../core/vocabulary.ts';
import { tasks } from '../../generators/registry.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { mixers } from '../../models/registry.ts';
import { specsOf, type ModelRequest } from '../plan/spec.ts';
import { suites } from '../plan/suites.ts';
import { dataSeedFlag, seedKind, settingsFrom, taskOptionsFlag, tierKind } from './flags.ts';

/** What is run if nothing is named. */
const defaults = { task: 'recall', model: 'transformer,local,s4d', regime: 'scratch,spt' } as const;

/** Names joined by commas, or `all`. */
const names: Kind<string[] | 'all'> = {
  word: 'NAMES',
  read: (given, name) => (given === 'all' ? 'all' : listOf(text).read(given, name)),
  write: (value) => (value === 'all' ? value : value.join(',')),
};

/** What the flags of a request leave open is decided by the suite, or else by the defaults. */
export const requestFlags = {
  suite: flag(oneOf('suite', Object.keys(suites)), {
    help: `a named set of runs, which the flags below narrow or change:\n${Object.entries(suites)
      .map(([name, { about }]) => `${name}: ${about}`)
      .join('\n')}`,
  }),
  task: flag(names, { help: 'any of the tasks below, or all', shown: defaults.task }),
  model: flag(names, {
    help: 'any of the models below, or all; options of one model follow its name, such as transformer:positions=rotary,local:window=8',
    shown: defaults.model,
  }),
  regime: flag(listOf(oneOf('regime', regimes)), {
    help: regimes.join(', '),
    shown: defaults.regime,
  }),
  seed: flag(listOf(seedKind, 'NUMBERS'), { help: 'seeds of the runs', shown: '1' }),
  tier: flag(tierKind, { help: 'smoke, lite or lra', shown: 'lite' }),
  ruleset: flag(oneOf('ruleset', rulesets), {
    help: "fixed: the tier's learning rate, at lra the published one of the model; tuned: each model has its own, chosen on validation in a tuning stage with the same grid for all",
    shown: 'fixed, for the suites of boards tuned',
  }),
  dataSeed: { ...flag(seedKind, { help: dataSeedFlag.help, shown: '0' }) },
  set: taskOptionsFlag,
  modelOption: repeated(setting, {
    help: 'an option of every model named, such as positions=rotary',
  }),
  protocol: repeated(setting, { help: 'a training choice, such as steps=1200 or batch=16' }),
  size: repeated(setting, { help: 'layers, width or parameters' }),
};

export type RequestValues = ValuesOf<typeof requestFlags>;

/** Names after a title, in lines that fit a terminal. */
function wrapNames(title: string, named: readonly { name: string }[]): string {
  const lines = [`${title}:`];
  for (const { name } of named) {
    if (lines.at(-1)!.length + name.length > 90) lines.push(' ');
    lines[lines.length - 1] += ` ${name}`;
  }
  return lines.join('\n');
}

export const namesHelp = `${wrapNames('Tasks', tasks)}\n\n${wrapNames('Models', mixers)}`;

/** The runs that the flags ask for. @throws UsageError */
export function requestedSpecs(values: RequestValues): RunSpec[] {
  const suite = values.suite === undefined ? undefined : suites[values.suite];
  const task = values.task ?? suite?.tasks ?? [defaults.task];
  const model = values.model ?? suite?.models ?? defaults.model.split(',');
  return specsOf({
    tasks: task === 'all' ? tasks.map(({ name }) => name) : task,
    models: (model === 'all' ? mixers.map(({ name }) => name) : model).map(parseModel),
    regimes: values.regime ?? suite?.regimes ?? ['scratch', 'spt'],
    seeds: values.seed ?? [1],
    tier: values.tier ?? suite?.tier ?? 'lite',
    ruleset: values.ruleset ?? suite?.ruleset ?? 'fixed',
    dataSeed: values.dataSeed ?? 0,
    taskOptions: settingsFrom(values.set),
    modelOptions: settingsFrom(values.modelOption),
    protocol: settingsFrom(values.protocol),
    size: settingsFrom(values.size),
  });
}

/** @throws UsageError if a flag of a request is given beside a manifest, which has the runs already */
export function requireNoRequest(values: RequestValues): void {
  for (const [name, { write }] of Object.entries(requestFlags))
    if ((write as (value: unknown) => string[])(values[name as keyof RequestValues]).length > 0)
      throw new UsageError(`--${name} says nothing beside --manifest, which has the runs.`);
}

/** `local:window=8:positions=rotary` */
function parseModel(given: string): ModelRequest {
  const [name, ...settings] = given.split(':');
  const pairs = settings.map((one) => setting.read(one, `--model ${given}`));
  return { name: name!, options: settingsFrom(pairs) };
}

/** The flags that choose a data set: a task's tier, parameters and seed, and real data. */
import { z } from 'zod';
import { flag, folder, oneOf, repeated, setting, toggle, whole } from '../../core/cli/flags.ts';
import { tiers, type Tier } from '../../core/vocabulary.ts';
import { findTask, resolveOptions } from '../registry.ts';
import type { TaskDefinition } from '../task.ts';

export const tierFlag = flag(oneOf('tier', tiers), {
  help: 'size of the task: smoke, lite or lra',
  shown: 'lite',
});

export const setFlag = repeated(setting, { help: 'replaces a parameter of the tier' });

export const sourcesFlag = flag(folder, {
  help: 'real data',
  shown: '../shared/data if it exists, else data/sources',
});

export const forceFlag = toggle('replaces another data set, or export, in that folder');

export const choiceFlags = {
  tier: tierFlag,
  dataSeed: flag(whole(0, 999_999_999_999_999), {
    help: 'seed of the data; 0 is that of the leaderboard',
    default: 0,
    aliases: ['seed'],
  }),
  set: setFlag,
  sources: sourcesFlag,
};

/** What names a data set: a task, its resolved parameters, a seed. */
export interface Choice {
  task: TaskDefinition;
  tier: Tier;
  options: Record<string, unknown>;
  seed: number;
  sources: string | undefined;
}

interface ChoiceValues {
  tier: Tier | undefined;
  dataSeed?: number;
  set: [name: string, value: string][];
  sources?: string | undefined;
}

/** @throws UsageError for an unknown task or parameter, OptionError for a value that it cannot take */
export function choose(
  name: string,
  { tier = 'lite', dataSeed = 0, set, sources }: ChoiceValues,
): Choice {
  const task = findTask(name);
  const options = resolveOptions(task, tier, overrides(task, set));
  return { task, tier, options, seed: dataSeed, sources };
}

/** Parameters from their texts, each read as what the task expects. */
function overrides(
  task: TaskDefinition,
  set: readonly [name: string, value: string][],
): Record<string, unknown> {
  const read = (text: string) => (text.trim() !== '' && !isNaN(Number(text)) ? Number(text) : text);
  return Object.fromEntries(
    set.map(([name, text]): [string, unknown] => {
      if (task.options.shape[name] instanceof z.ZodArray)
        return [name, text === '' ? [] : text.split(',').map(read)];
      if (task.options.shape[name] instanceof z.ZodBoolean && /^(true|false)$/.test(text))
        return [name, text === 'true'];
      return [name, read(text)];
    }),
  );
}

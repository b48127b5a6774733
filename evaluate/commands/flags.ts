/** Flags and values that several commands of `npm run evaluate` share. */
import { file, flag, oneOf, repeated, setting, whole } from '../../core/cli/flags.ts';
import { tiers } from '../../core/vocabulary.ts';

export const tierKind = oneOf('tier', tiers);

export const taskOptionsFlag = repeated(setting, {
  help: 'replaces a parameter of the task',
  aliases: ['task-option'],
});

/** Seeds of data and of runs. */
export const seedKind = whole(0, 999_999_999);

export const dataSeedFlag = flag(seedKind, {
  help: 'seed of the data; 0 is that of the leaderboard',
  default: 0,
});

export const manifestFlag = flag(file, {
  help: "the plan's manifest, or its folder",
  required: 'Name the plan: --manifest DIR.',
});

/** Values of settings: numbers and true or false are recognised, `1,2,3` is a list of numbers. */
export function settingsFrom(
  pairs: readonly (readonly [name: string, value: string])[],
): Record<string, unknown> {
  return Object.fromEntries(pairs.map(([name, text]) => [name, parseValue(text)]));
}

function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  const numbers = text.split(',').map(Number);
  if (text.trim() === '' || numbers.some(Number.isNaN)) return text;
  return numbers.length > 1 ? numbers : numbers[0];
}

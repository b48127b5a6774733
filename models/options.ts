/**
 * Checks a mixer's options. An error names the field, its value and the allowed values in one sentence.
 */
import { z } from 'zod';
import { OptionError } from '../core/errors.ts';
import type { MixerDefinition } from './mixer.ts';

/**
 * Options of a mixer with defaults for those that are missing.
 *
 * @throws OptionError for an unknown option or a value out of range.
 */
export function parseOptions<Options extends z.ZodObject>(
  { name: model, options: schema }: MixerDefinition<Options>,
  given: Record<string, unknown>,
): z.output<Options> {
  // A command line cannot tell a list of one from its entry.
  const listed = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      isList(schema.shape[name]) && !Array.isArray(value) ? [value] : value,
    ]),
  );
  const parsed = schema.safeParse(listed);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    throw new OptionError(
      `model ${model} has no option ${issue.keys.join(', ')}; ` +
        `its options are ${Object.keys(schema.shape).join(', ') || 'none'}`,
    );
  }
  const field = String(issue.path[0]);
  throw new OptionError(
    `model ${model}, option ${field}: ${JSON.stringify(given[field])} is not allowed; ` +
      `expected ${expectation(z.toJSONSchema(schema.shape[field] as z.ZodType, { io: 'input' }))}`,
  );
}

const isList = (option: unknown) =>
  option instanceof z.ZodArray ||
  (option instanceof z.ZodDefault && option.unwrap() instanceof z.ZodArray);

/** The allowed values of an option, in words. */
function expectation(option: z.core.JSONSchema.JSONSchema): string {
  if (option.enum) return `one of ${option.enum.join(', ')}`;
  if (option.type === 'boolean') return 'true or false';
  const items = option.items as z.core.JSONSchema.JSONSchema | undefined;
  if (items) return `a list, each entry ${expectation(items)}`;
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf } = option;
  const bounds = [
    multipleOf !== undefined && `a multiple of ${multipleOf}`,
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && `at least ${minimum}`,
    exclusiveMinimum !== undefined && `more than ${exclusiveMinimum}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `at most ${maximum}`,
    exclusiveMaximum !== undefined && `less than ${exclusiveMaximum}`,
  ].filter((bound) => bound !== false);
  return [
    option.type === 'integer' ? 'a whole number' : `a ${String(option.type)}`,
    bounds.join(', '),
  ]
    .filter(Boolean)
    .join(', ');
}

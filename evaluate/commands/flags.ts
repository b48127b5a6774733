/** Flags that several commands share, parsed and checked. */
import { z } from 'zod';
import { UsageError } from '../../core/errors.ts';

/** `a,b,c` -> [a, b, c], each checked; at least one, none twice. */
export function parseList<T extends z.ZodType>(text: string, flag: string, item: T): z.output<T>[] {
  const parts = text.split(',').map((part) => part.trim());
  const list = parts.map((part) => {
    const result = item.safeParse(part);
    if (result.success) return result.data;
    throw new UsageError(
      `${flag} cannot take '${part}': ${lowerFirst(result.error.issues[0]!.message)}.`,
    );
  });
  return [...new Set(list)];
}

/** A whole number from `minimum` on. */
export function parseCount(text: string, flag: string, minimum: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= minimum) return value;
  throw new UsageError(`${flag} is '${text}', expected a whole number from ${minimum} on.`);
}

/** Repeated `key=value` flags; numbers and true/false are recognised, `1,2,3` is a list of numbers. */
export function parseSettings(texts: string[], flag: string): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`${flag} is '${text}', expected name=value.`);
    settings[text.slice(0, at)] = parseValue(text.slice(at + 1));
  }
  return settings;
}

function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  const numbers = text.split(',').map(Number);
  if (text.trim() === '' || numbers.some(Number.isNaN)) return text;
  return numbers.length > 1 ? numbers : numbers[0];
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

export const seedSchema = z
  .string()
  .regex(/^\d{1,9}$/, 'expected a whole number')
  .transform(Number);

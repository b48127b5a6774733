/**
 * Flags of a command: how each is written, what it takes, its default and its help, in one
 * description from which reading, writing and the help text follow.
 */
import { UsageError, unknown } from '../errors.ts';

/** A kind of values: how one is read from the text that a user typed. */
export interface Kind<T> {
  /** Placeholder in the help, such as `N`. */
  word: string;
  /** @throws UsageError that names the flag, the text and what was expected */
  read(text: string, flag: string): T;
  /** The text of a value; `String` where absent. */
  write?(value: T): string;
}

export interface Flag<T> {
  /** Placeholder of the value; absent for a flag without a value. */
  word?: string;
  help: string;
  /** The default as the help shows it. */
  shown?: string;
  /** Whether it may be given several times; otherwise the last one counts. */
  repeatable: boolean;
  /** Older names, which are read but not shown. */
  aliases: readonly string[];
  /** Title of the part of the help in which it stands; the common part where absent. */
  section?: string;
  /** The value, from all texts that were given for it. */
  read(texts: readonly string[], flag: string): T;
  /** The texts that give this value; none for the default. */
  write(value: T): string[];
}

export type Flags = Record<string, Flag<unknown>>;
export type ValueOf<F> = F extends Flag<infer T> ? T : never;
export type ValuesOf<F> = { [K in keyof F]: ValueOf<F[K]> };

interface About {
  help: string;
  word?: string;
  shown?: string;
  aliases?: readonly string[];
}

/** A flag with a value: its default where absent, else `undefined`, else an error if required. */
export function flag<T>(kind: Kind<T>, about: About & { default: NoInfer<T> }): Flag<T>;
/** @param about.required the sentence that asks for it */
export function flag<T>(kind: Kind<T>, about: About & { required: string }): Flag<T>;
export function flag<T>(kind: Kind<T>, about: About): Flag<T | undefined>;
export function flag<T>(
  kind: Kind<T>,
  about: About & { default?: T; required?: string },
): Flag<T | undefined> {
  const write = kind.write ?? String;
  const shown = about.shown ?? (about.default === undefined ? undefined : write(about.default));
  return {
    word: about.word ?? kind.word,
    help: about.help,
    ...(shown !== undefined && { shown }),
    repeatable: false,
    aliases: about.aliases ?? [],
    read(texts, name) {
      const text = texts.at(-1);
      if (text !== undefined) return kind.read(text, name);
      if (about.required !== undefined) throw new UsageError(about.required);
      return about.default;
    },
    write: (value) => (value === undefined || value === about.default ? [] : [write(value)]),
  };
}

/** A flag that may be given several times. */
export function repeated<T>(kind: Kind<T>, about: About): Flag<T[]> {
  return {
    ...flag(kind, about),
    help: `${about.help}; may be repeated`,
    repeatable: true,
    read: (texts, name) => texts.map((text) => kind.read(text, name)),
    write: (values) => values.map(kind.write ?? String),
  };
}

/** A flag without a value. */
export function toggle(help: string): Flag<boolean> {
  return {
    help,
    repeatable: false,
    aliases: [],
    read: (texts) => texts.length > 0,
    write: (value) => (value ? [''] : []),
  };
}

/** Flags under a title of their own in the help. */
export function section<F extends Flags>(title: string, flags: F): F {
  const entries = Object.entries(flags).map(([name, one]) => [name, { ...one, section: title }]);
  return Object.fromEntries(entries) as F;
}

/** `dataSeed` -> `data-seed` */
export const flagName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The arguments that give these values; defaults are left out. */
export function argsOf<F extends Flags>(flags: F, values: Partial<ValuesOf<F>>): string[] {
  return Object.entries(flags).flatMap(([name, one]) => {
    const given = values[name];
    if (given === undefined) return [];
    return one.write(given).flatMap((text) => {
      const written = `--${flagName(name)}`;
      if (one.word === undefined) return [written];
      return text.startsWith('-') ? [`${written}=${text}`] : [written, text];
    });
  });
}

/** Any text but none at all. */
export const text: Kind<string> = {
  word: 'TEXT',
  read(given, name) {
    if (given !== '') return given;
    throw new UsageError(`${name} is empty, expected a value.`);
  },
};

export const file: Kind<string> = { ...text, word: 'FILE' };
export const folder: Kind<string> = { ...text, word: 'DIR' };

/** A whole number from `from` to `to`. */
export function whole(from = 0, to = Number.MAX_SAFE_INTEGER): Kind<number> {
  const range = to === Number.MAX_SAFE_INTEGER ? `from ${from} on` : `from ${from} to ${to}`;
  return {
    word: 'N',
    read(given, name) {
      const value = /^\d+$/.test(given.trim()) ? Number(given) : NaN;
      if (Number.isSafeInteger(value) && value >= from && value <= to) return value;
      throw new UsageError(`${name} is '${given}', expected a whole number ${range}.`);
    },
  };
}

/** A whole number from 1 on, or `auto`. */
export const wholeOrAuto: Kind<number | 'auto'> = {
  word: 'N',
  read(given, name) {
    if (given === 'auto') return given;
    if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
    throw new UsageError(`${name} is '${given}', expected a whole number from 1 on, or auto.`);
  },
};

/** One of some names; `noun` says in errors what they are names of. */
export function oneOf<const Name extends string>(noun: string, names: readonly Name[]): Kind<Name> {
  return {
    word: 'NAME',
    read(given) {
      const found = names.find((name) => name === given);
      if (found !== undefined) return found;
      throw new UsageError(unknown(noun, given, names));
    },
  };
}

/** Values joined by commas, each once. */
export function listOf<T>(kind: Kind<T>, word = `${kind.word}S`): Kind<T[]> {
  return {
    word,
    read: (given, name) => [
      ...new Set(given.split(',').map((part) => kind.read(part.trim(), name))),
    ],
    write: (values) => values.map(kind.write ?? String).join(','),
  };
}

/** `NAME=VALUE`, both as texts. */
export const setting: Kind<[name: string, value: string]> = {
  word: 'NAME=VALUE',
  read(given, name) {
    const at = given.indexOf('=');
    if (at > 0) return [given.slice(0, at), given.slice(at + 1)];
    throw new UsageError(`${name} is '${given}', expected name=value.`);
  },
  write: ([name, value]) => `${name}=${value}`,
};

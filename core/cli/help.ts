/** The text of --help, from the description of a command or of a program. */
import { flagName, type Flag } from './flags.ts';

/** Characters of a line, and of the column of flags. */
const width = 100;
const column = 24;

export interface Described {
  name: string;
  about: string;
  operands: Record<string, { word: string; help: string; isRest: boolean }>;
  flags: Record<string, Flag<unknown>>;
  notes?: string;
  examples: readonly string[];
}

export function helpText(described: Described): string {
  const { name, about, operands, flags, notes, examples } = described;
  const words = Object.values(operands).map(({ word, isRest }) =>
    isRest ? `[${word} ...]` : word,
  );
  const sections = Map.groupBy(Object.entries(flags), ([, { section }]) => section ?? 'Flags');
  return [
    wrap(about),
    `  ${[name, ...words, '[flags]'].join(' ')}`,
    ...(words.length === 0
      ? []
      : [
          Object.values(operands)
            .map(({ word, help }) => row(word, help))
            .join('\n'),
        ]),
    ...[...sections].map(([title, list]) =>
      [title, ...list.map(([key, flag]) => row(heading(key, flag), helpOf(flag)))].join('\n'),
    ),
    ...(notes === undefined ? [] : [notes]),
    ...(examples.length === 0
      ? []
      : [['Examples', ...examples.map((example) => `  ${name} ${example}`.trimEnd())].join('\n')]),
  ].join('\n\n');
}

const heading = (key: string, { word }: Flag<unknown>) =>
  word === undefined ? `--${flagName(key)}` : `--${flagName(key)} ${word}`;

const helpOf = ({ help, shown }: Flag<unknown>) =>
  shown === undefined || shown === '' ? help : `${help} (default ${shown})`;

/** A word or flag, and beside it its explanation in as many lines as it needs. */
export function row(left: string, right: string): string {
  const lines = wrap(right, width - column).split('\n');
  const start = `  ${left}`;
  const rest = lines.map((line) => ' '.repeat(column) + line);
  if (start.length + 2 > column) return [start, ...rest].join('\n');
  return [start.padEnd(column) + lines[0], ...rest.slice(1)].join('\n');
}

/** Lines of at most `columns` characters; line breaks of the text stay. */
export function wrap(text: string, columns = width): string {
  return text
    .split('\n')
    .map((paragraph) => {
      const lines = [''];
      for (const word of paragraph.split(' ')) {
        const last = lines.at(-1)!;
        if (last !== '' && last.length + 1 + word.length > columns) lines.push(word);
        else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
      }
      return lines.join('\n');
    })
    .join('\n');
}

/**
 * ListOps in the Long Range Arena's files, `basic_{train,val,test}.tsv`, read and written.
 *
 * A header `Source<TAB>Target`, then one expression and its value per line; lines end with CR LF. The
 * original nests pairs of "everything so far" and "the next argument", each in parentheses:
 * [MAX 4 8 ] is `( ( ( [MAX 4 ) 8 ) ] )`. The export writes the same bytes. The import also reads
 * lines that end with LF or lack parentheses, which LRA's loader drops. Every line must hold one whole
 * expression and its true value.
 */
import { createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DataError, reasonOf } from '../../../core/errors.ts';
import { linesOf } from '../../sources/lines.ts';
import {
  splits,
  type ImportedExample,
  type LraLayout,
  type SplitName,
  type StoredExample,
} from '../../task.ts';
import { end, firstOperator, symbols } from './expressions.ts';
import { Tree } from './tree.ts';

const header = 'Source\tTarget';
const nameOf = (split: SplitName) => `basic_${split}.tsv`;
const ids = new Map<string, number>(symbols.map((symbol, id) => [symbol, id]));
/** Folders below the release of the Long Range Arena in which the files stand. */
const folders = ['', 'listops-1000', 'lra_release/listops-1000'];
/**
 * Bytes of the longest line that is read: far more than LRA's longest expression, of 2,000 symbols with
 * parentheses and spaces, so that a line too long for the tier is refused for its symbols.
 */
const longestLine = 1 << 20;

/** @param factsOf computes the extra columns of an expression; undefined if the options keep none. */
export function listopsFiles<Options extends { maxLength: number }>(
  factsOf: (tokens: Uint8Array, options: Options) => ImportedExample['extras'],
): LraLayout<Options> {
  return {
    files: 'basic_{train,val,test}.tsv',

    async export(dir, examples) {
      for (const split of splits) {
        const path = join(dir, nameOf(split));
        const lines = Readable.from(linesFrom(examples(split)));
        await pipeline(lines, createWriteStream(path)).catch((error: unknown) => {
          throw new DataError(`Cannot write ${path}: ${reasonOf(error)}.`);
        });
      }
    },

    async list(dir) {
      const folder = await findFolder(dir);
      for (const split of splits) {
        const path = join(dir, folder, nameOf(split));
        await access(path).catch((error: unknown) => {
          throw new DataError(
            `Cannot read ${path}: ${reasonOf(error)}; expected LRA's files basic_train.tsv, basic_val.tsv and basic_test.tsv.`,
          );
        });
      }
      return splits.map((split) => join(folder, nameOf(split)));
    },

    async *import(dir, split, options) {
      const path = join(dir, await findFolder(dir), nameOf(split));
      for await (const { number, bytes } of linesOf(path, longestLine)) {
        const line = bytes.toString('utf8');
        if (number === 1) {
          if (line === header) continue;
          throw new DataError(
            `${path} does not begin with the header Source<TAB>Target but with ${JSON.stringify(line.slice(0, 40))}.`,
          );
        }
        const wrong = (what: string) => new DataError(`${path}, line ${number} ${what}.`);
        const { tokens, label } = exampleOf(line, wrong);
        if (tokens.length > options.maxLength)
          throw wrong(
            `has ${tokens.length} symbols, expected at most ${options.maxLength}; choose a tier with longer sequences or --set maxLength=N`,
          );
        const extras = factsOf(tokens, options);
        yield { tokens, label, ...(extras && { extras }) };
      }
    },
  };
}

/** Where below `dir` the files are: itself, or the place in LRA's release. */
async function findFolder(dir: string): Promise<string> {
  for (const folder of folders)
    if (
      await access(join(dir, folder, nameOf('train'))).then(
        () => true,
        () => false,
      )
    )
      return folder;
  return '';
}

async function* linesFrom(examples: AsyncIterable<StoredExample>): AsyncGenerator<string> {
  yield `${header}\r\n`;
  for await (const { tokens, label } of examples)
    yield `${nested(new Tree(tokens.subarray(0, lengthOf(tokens))))}\t${label}\r\n`;
}

/** Tokens before the padding. */
function lengthOf(tokens: ArrayLike<number>): number {
  let length = tokens.length;
  while (length > 0 && tokens[length - 1] === 0) length--;
  return length;
}

/** The expression with the original's parentheses. */
function nested(tree: Tree): string {
  const words: string[] = [];
  let level = 0;
  Array.from(tree.tokens).forEach((token, position) => {
    if (token >= firstOperator && token < end) {
      // One pair for each argument, and one for the end.
      for (let i = tree.argumentsOf(position).length; i >= 0; i--) words.push('(');
      words.push(symbols[token]!);
      level++;
      return;
    }
    words.push(symbols[token]!);
    if (token === end) {
      words.push(')');
      level--;
    }
    if (level > 0) words.push(')');
  });
  return words.join(' ');
}

function exampleOf(
  line: string,
  wrong: (what: string) => DataError,
): { tokens: Uint8Array; label: number } {
  const columns = line.split('\t');
  if (columns.length !== 2)
    throw wrong(`has ${columns.length} columns, expected Source and Target`);
  const [source, target] = columns as [string, string];
  if (!/^\d$/.test(target))
    throw wrong(`has the value ${JSON.stringify(target.slice(0, 20))}, expected 0 to 9`);
  const words = source.split(' ').filter((word) => word !== '');
  const tokens = words
    .filter((word) => word !== '(' && word !== ')')
    .map((word) => {
      const id = ids.get(word);
      if (id === undefined)
        throw wrong(
          `holds ${JSON.stringify(word.slice(0, 20))}, expected digits, [MIN, [MAX, [MED, [SM, ] and parentheses`,
        );
      return id;
    });
  const tree = treeOf(Uint8Array.from(tokens), wrong);
  if (words.length > tokens.length && words.join(' ') !== nested(tree))
    throw wrong("has other parentheses than LRA's generator writes");
  const label = Number(target);
  if (tree.value !== label)
    throw wrong(`says ${label}, but the expression's value is ${tree.value}`);
  return { tokens: Uint8Array.from(tokens), label };
}

function treeOf(tokens: Uint8Array, wrong: (what: string) => DataError): Tree {
  try {
    return new Tree(tokens);
  } catch (error) {
    throw error instanceof RangeError ? wrong(error.message) : error;
  }
}

/** What the writers of formats share: what they are given, and an example as a record of columns. */
import { askedOf, type Meta } from '../meta.ts';
import type { PartName, StoredExample, TaskDefinition } from '../../task.ts';

/** A finished data set, to be written in another format. */
export interface FormatSource {
  meta: Meta;
  task: TaskDefinition;
  /** Streams a part from its beginning. */
  examples(part: PartName): AsyncIterable<StoredExample>;
}

/** Writes all parts below `dir`, a new folder. @throws DataError naming the file. */
export type WriteFormat = (dir: string, source: FormatSource) => Promise<void>;

export interface Column {
  name: string;
  /** Whether a value is a list of numbers. */
  list: boolean;
  value(example: StoredExample): ArrayLike<number> | number;
}

/**
 * The columns of a data set: `tokens` (`tokens1` and `tokens2` of two documents) without the
 * padding, `label`, `group`, `member`, `distance`, `answers` where there are any, and the task's own
 * without their unused places.
 */
export function columnsOf(shape: Meta['shape']): Column[] {
  const { length, documents, extras } = shape;
  const columns: Column[] = [];
  for (let d = 0; d < documents; d++)
    columns.push({
      name: documents === 1 ? 'tokens' : `tokens${d + 1}`,
      list: true,
      value: ({ tokens }) => trimmed(tokens.subarray(d * length, (d + 1) * length), 0),
    });
  for (const name of ['label', 'group', 'member', 'distance'] as const)
    columns.push({ name, list: false, value: (example) => example[name] });
  if (askedOf(shape) > 0)
    columns.push({ name: 'answers', list: true, value: ({ answers }) => answers });
  for (const [name, width] of Object.entries(extras))
    columns.push({
      name,
      list: width > 1,
      value: (example) => {
        const row = example.extras[name]!;
        return width > 1 ? trimmed(row, -1) : row[0]!;
      },
    });
  return columns;
}

function trimmed<T extends Uint8Array | Uint16Array | Int32Array>(row: T, filler: number): T {
  let end = row.length;
  while (end > 0 && row[end - 1] === filler) end--;
  return row.subarray(0, end) as T;
}
